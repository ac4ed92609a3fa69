import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct MemberProfileTests {
  private func decode(_ text: String, importedAt: Instant? = nil) throws(ContractViolation) -> MemberProfile {
    try Sample.withBytes(Array(text.utf8)) { b throws(ContractViolation) in
      try MemberProfile(decoding: b, importedAt: importedAt)
    }
  }

  @Test func profileSurvivesTheRoundTrip() throws {
    let profile = MemberProfile(
      id: "M-1", name: "Nguyễn Thị Ánh", email: "anh@example.com", phone: "+84901234567", locale: "vi-VN",
      birthday: "--02-29", joinedAt: .epoch,
      consent: Consent(
        email: [.service, .marketing], sms: [.service], push: [.marketing], unconfirmed: [.email, .push]),
      status: .frozen,
      devices: [
        MemberDevice(token: "a:b_c-1", platform: .android, app: "shop"), MemberDevice(token: "d", platform: .web),
      ], occurredAt: Instant(milliseconds: 1))
    let bytes = Sample.encoded { profile.encode(to: &$0) }
    #expect(try decode(String(decoding: bytes, as: UTF8.self)) == profile)
  }

  @Test func importedProfileNeedsNoTypeAndNoTime() throws {
    let profile = try decode("{\"id\":\"M-1\",\"consent\":{\"email\":[\"service\"]}}", importedAt: .epoch)
    #expect(profile.consent.answer(to: .service, by: .email) == .agreed)
    #expect(profile.consent.answer(to: .service, by: .sms) == .notAgreed)
    #expect(profile.consent.answer(to: .marketing, by: .email) == .notAgreed)
    #expect(throws: ContractViolation.self) { try decode("{\"id\":\"M-1\"}") }
  }

  @Test func marketingToBeConfirmedIsNotAgreedTo() throws {
    let consent = #""consent":{"email":["service","marketing"],"sms":["marketing"],"unconfirmed":["email"]}"#
    let profile = try decode(#"{"id":"M-1",\#(consent)}"#, importedAt: .epoch)
    #expect(profile.consent.answer(to: .marketing, by: .email) == .unconfirmed)
    #expect(profile.consent.answer(to: .service, by: .email) == .agreed)
    #expect(profile.consent.answer(to: .marketing, by: .sms) == .agreed)
    let none = try decode(#"{"id":"M-1","consent":{"sms":[],"unconfirmed":null}}"#, importedAt: .epoch)
    #expect(none.consent == Consent())
  }

  @Test func devicesAreKeptOnceEachAndNoMoreThanFit() throws {
    func devices(_ tokens: [String], platform: String = "ios") throws -> [String] {
      let list = tokens.map { "{\"token\":\"\($0)\",\"platform\":\"\(platform)\",\"later\":1}" }
      return try decode("{\"id\":\"M-1\",\"devices\":[\(list.joined(separator: ","))]}", importedAt: .epoch)
        .devices.map(\.token)
    }
    #expect(try devices(["a", "b", "a"]) == ["a", "b"] && devices([]) == [])
    let most = (0..<MemberDevice.perMemberMax).map { "t\($0)" }
    #expect(try devices(most) == most)
    #expect(throws: ContractViolation.self) { try devices(most + ["one-more"]) }
    let long = String(repeating: "t", count: MemberDevice.tokenBytesMax)
    #expect(try devices([long]) == [long])
    for token in ["", "two words", "é", long + "t"] {
      let violation = #expect(throws: ContractViolation.self) { try devices([token]) }
      #expect(violation?.path == "$.devices[0].token")
    }
    #expect(throws: ContractViolation.self) { try devices(["a"], platform: "fridge") }
    #expect(throws: ContractViolation.self) {
      try decode(#"{"id":"M-1","devices":[{"platform":"ios"}]}"#, importedAt: .epoch)
    }
    // What nobody said is not written, for readers of earlier releases know no such field.
    let plain = Sample.encoded { MemberProfile(id: "M-1", occurredAt: .epoch).encode(to: &$0) }
    #expect(!String(decoding: plain, as: UTF8.self).contains("push"))
  }

  @Test func cardsAreKeptOnceEachAndNoMoreThanFit() throws {
    func cards(_ numbers: [String]) throws -> [String] {
      let list = numbers.map { "\"\($0)\"" }.joined(separator: ",")
      return try decode("{\"id\":\"M-1\",\"cards\":[\(list)]}", importedAt: .epoch).cards
    }
    #expect(try cards(["ab-12 34", "AB1234", "5678"]) == ["AB1234", "5678"])
    let most = (0..<MemberProfile.cardsMax).map { String(1_000 + $0) }
    #expect(try cards(most) == most)
    let violation = #expect(throws: ContractViolation.self) { try cards(most + ["999999"]) }
    #expect(violation?.path.hasPrefix("$.cards") == true)
  }

  @Test func cloudEventsAttributesStandInForTypeAndTimeButNotForTheMember() throws {
    func profile(_ text: String) throws -> MemberProfile {
      try Sample.withBytes(Array(text.utf8)) { data throws(ContractViolation) in
        var envelope = EventEnvelope(data: data)
        var attributes = EventEnvelope.Attributes()
        attributes.id = "event-1"
        attributes.type = "member.profile"
        attributes.time = "1970-01-01T00:00:00Z"
        envelope.attributes = attributes
        return try MemberProfile(decoding: envelope)
      }
    }
    let found = try profile("{\"id\":\"M-1\"}")
    #expect(found.id == "M-1" && found.occurredAt == .epoch)
    #expect(throws: ContractViolation.self) { try profile("{\"name\":\"Lan\"}") }
  }

  @Test(arguments: [
    "\"email\":\"no-at.example.com\"", "\"email\":\"a@b\"", "\"email\":\"a b@example.com\"", "\"email\":\"<a@b.c>\"",
    "\"phone\":\"0901234567\"", "\"phone\":\"+84 90\"", "\"phone\":\"+0123456789\"", "\"locale\":\"Vietnamese!\"",
    "\"birthday\":\"1990-02-30\"", "\"birthday\":\"30-12-1990\"", "\"consent\":{\"fax\":[]}",
    "\"consent\":{\"email\":[\"spam\"]}", "\"consent\":{\"unconfirmed\":[\"fax\"]}", "\"status\":\"gone\"",
  ])
  func brokenFieldIsRefusedWithoutRepeatingIt(field: String) {
    let error = #expect(throws: ContractViolation.self) { try decode("{\"id\":\"M-1\",\(field)}", importedAt: .epoch) }
    #expect(error?.message.contains("0901234567") == false && error?.message.contains("example.com") == false)
  }
}
