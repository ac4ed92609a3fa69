import Contracts
import JSON
import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct PreferenceTests {
  func request(_ changes: [Preference], _ day: String, source: String = "web-page") -> PreferenceRequest {
    PreferenceRequest(
      id: "R-\(day)", subject: .member("M-1"), changes: changes, source: source, occurredAt: time(day))
  }

  private let nothing = MemberPreferences(memberId: "M-1", requestId: "-", occurredAt: .epoch)

  @Test func whatWasSaidLastCountsWhicheverCameFirst() {
    let off = request([Preference(.email, .points, isWanted: false)], "2026-03-02")
    let on = request([Preference(.email, .points, isWanted: true)], "2026-03-01")
    for order in [[off, on], [on, off]] {
      var preferences = nothing
      for request in order { _ = preferences.apply(request) }
      #expect(preferences.isWanted(.points, by: .email) == false)
      #expect(preferences.settings.map(\.since) == [time("2026-03-02")])
    }
  }

  /// Whoever says off, on the next day off again, and whose "on" of between comes late.
  @Test func sayingItAgainCountsFromThen() {
    var preferences = nothing
    for day in ["2026-03-01", "2026-03-03"] {
      let again = preferences.apply(request([Preference(.sms, .tier, isWanted: false)], day))
      #expect(again)
    }
    let late = preferences.apply(request([Preference(.sms, .tier, isWanted: true)], "2026-03-02"))
    #expect(!late && preferences.isWanted(.tier, by: .sms) == false)
  }

  @Test func theSameRequestAgainChangesNothing() {
    var preferences = nothing
    let both = request(
      [Preference(.sms, .tier, isWanted: true), Preference(.sms, .tier, isWanted: false)], "2026-03-01")
    let first = preferences.apply(both)
    let before = preferences
    let second = preferences.apply(both)
    #expect(first && !second && preferences == before)
    #expect(preferences.settings.count == 1 && preferences.isWanted(.tier, by: .sms) == false)
  }

  @Test func settingsStandInOneOrder() {
    var one = nothing
    var other = nothing
    let all = Preference.all(isWanted: false)
    for change in all { _ = one.apply(request([change], "2026-03-01")) }
    for change in all.reversed() { _ = other.apply(request([change], "2026-03-01")) }
    #expect(one == other && one.settings.count == 12)
  }

  @Test(arguments: [
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","memberId":"M","source":"s","changes":[]}"#,
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","memberId":"M","source":"s"}"#,
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","memberId":"M","changes":[{"channel":"email","topic":"points","wanted":true}]}"#,
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","source":"s","changes":[{"channel":"email","topic":"points","wanted":true}]}"#,
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","memberId":"M","source":"s","changes":[{"channel":"fax","topic":"points","wanted":true}]}"#,
    #"{"type":"preference.request","id":"R","occurredAt":"2026-03-01T00:00:00Z","memberId":"M","source":"s","changes":[{"channel":"email","topic":"points"}]}"#,
    #"{"type":"preference.contact-request","id":"R","occurredAt":"2026-03-01T00:00:00Z","digest":"00112233445566778899AABBCCDDEEFF","check":"00112233445566778899aabbccddeeff","source":"s","changes":[{"channel":"email","topic":"points","wanted":true}]}"#,
  ])
  func whatSaysNothingIsRefused(_ text: String) {
    #expect(throws: ContractViolation.self) {
      try Sample.withBytes(Array(text.utf8)) { bytes throws(ContractViolation) in
        try PreferenceRequest(decoding: EventEnvelope(data: bytes))
      }
    }
  }

  @Test func linksComeBackAsTheyWere() {
    for channel in Consent.Channel.allCases {
      for topic in MessageTopic.allCases {
        let link = PreferenceLink(memberId: "Ánh/1", channel: channel, topic: topic)
        #expect(PreferenceLink(bytes: link.bytes) == link)
      }
    }
  }

  /// They stand in mails of years ago.
  @Test func bytesOfLinksDoNotChange() {
    #expect(PreferenceLink(memberId: "M", channel: .email, topic: .points).bytes == [0x10, 0, 0x4D])
    #expect(PreferenceLink(memberId: "M", channel: .sms, topic: .offers).bytes == [0x11, 3, 0x4D])
    #expect(PreferenceLink(memberId: "M", channel: .push, topic: .tier).bytes == [0x12, 1, 0x4D])
  }

  @Test(arguments: [
    [], [0x10], [0x10, 0], [0x20, 0, 0x4D], [0x13, 0, 0x4D], [0x10, 9, 0x4D], [0x10, 0, 0xFF], [0x10, 0, 0x20],
  ])
  func otherBytesAreNoLink(_ bytes: [UInt8]) { #expect(PreferenceLink(bytes: bytes) == nil) }
}
