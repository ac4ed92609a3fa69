import Contracts
import Loyalty
import NotifierWeb
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct PreferenceViewTests {
  private let view = PreferenceView(membersMax: 2)
  private let now = ContinuousClock.now

  func tell(_ member: String, _ changes: [Preference]?) throws {
    guard let changes else { return try view.take(member, nil) }
    let settings = changes.map { MemberPreferences.Setting($0, since: .epoch, source: "s") }
    let preferences = MemberPreferences(memberId: member, settings: settings, requestId: "R", occurredAt: .epoch)
    try Array(json { preferences.encode(to: &$0) }.utf8).withUnsafeBytes { try view.take(member, $0) }
  }

  @Test func itAnswersOnceItHasReadAll() throws {
    let all = Preference.all(isWanted: true).enumerated().map { place, each in
      Preference(each.channel, each.topic, isWanted: place % 3 == 0)
    }
    try tell("M-1", all)
    #expect(view.said(by: "M-1", now: now) == .unknown && !view.wasCurrent)
    view.isCurrent(asOf: now)
    #expect(view.said(by: "M-1", now: now) == .said(all) && view.said(by: "M-2", now: now) == .said([]))
    try tell("M-1", [Preference(.sms, .tier, isWanted: false)])
    #expect(view.said(by: "M-1", now: now) == .said([Preference(.sms, .tier, isWanted: false)]))
    try tell("M-1", nil)
    #expect(view.said(by: "M-1", now: now) == .said([]) && view.memberCount == 0)
  }

  @Test func itSaysWhenItIsBehind() throws {
    view.isCurrent(asOf: now)
    #expect(!view.isBehind(now: now + .seconds(29)) && view.isBehind(now: now + .seconds(30)))
    #expect(view.said(by: "M-1", now: now + .seconds(30)) == .unknown)
    view.forget()
    #expect(view.isBehind(now: now))
  }

  /// Of those that it has no room for it does not say that they have said nothing.
  @Test func itKeepsNoMoreThanItIsTold() throws {
    for member in ["M-1", "M-2", "M-3"] { try tell(member, [Preference(.email, .points, isWanted: false)]) }
    view.isCurrent(asOf: now)
    #expect(view.memberCount == 2 && view.isFull)
    #expect(view.said(by: "M-1", now: now) == .said([Preference(.email, .points, isWanted: false)]))
    #expect(view.said(by: "M-3", now: now) == .unknown)
  }

  @Test func whatIsNoStateIsRefused() {
    #expect(throws: ContractViolation.self) { try Array("{}".utf8).withUnsafeBytes { try view.take("M-1", $0) } }
  }
}
