import Contracts
import Loyalty
import ServiceDomain
import StreamTesting
import Testing
import TransactionIngest

/// Which spellings of an e-mail are one mailbox is a programme's own choice.
@Suite(.timeLimit(.minutes(10))) struct EmailMatchingTests {
  @Test(arguments: [
    ("zoe\u{308}@example.com", "zo\u{EB}@example.com"), ("zo\u{EB}@example.com", "zoe\u{308}@example.com"),
    ("a@xn--bcher-kva.example", "a@B\u{DC}CHER.example"), ("a@b\u{FC}cher.example", "a@xn--bcher-kva.example"),
  ])
  func memberIsFoundByAnySpellingOfTheLetters(profile: String, purchase: String) throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme()
    ingest.enrol("M-1", email: profile)
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(member: Self.email(purchase)))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == ["M-1"])
  }

  /// Release 0.1.0 kept addresses as they were spelt, and their profiles are not read again.
  @Test func memberOfAnIndexThatTheLastReleaseMadeIsFoundAsBefore() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme()
    for (member, spelt) in [("M-1", "a@xn--bcher-kva.example"), ("M-2", "a@b\u{FC}rger.example")] {
      let digest = ContactDigester(secret: IngestSettings().lookupSecret).digest("email any-case", spelt).hexadecimal
      ingest.driver.publish(
        "loyalty.lookups", key: digest,
        value: """
          {"type":"contact.added","digest":"\(digest)","memberId":"\(member)","at":"2026-01-01T00:00:00Z",\
          "isActive":true,"isNew":true}
          """)
    }
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(id: "P-1", member: Self.email("A@xn--bcher-kva.example")))
    ingest.send(IngestFixture.purchase(id: "P-2", member: Self.email("a@xn--brger-kva.example")))
    ingest.send(IngestFixture.purchase(id: "P-3", member: Self.email("a@xn--nobody-xya.example")))
    try ingest.driver.run()
    #expect(Set(try ingest.transactions().map { "\($0.id) \($0.memberId)" }) == ["P-1 M-1", "P-2 M-2"])
    ingest.enrol("M-3", email: "a@xn--nobody-xya.example", at: "2026-11-01T00:00:00Z")
    try ingest.driver.run()
    #expect(try ingest.transactions().last.map { "\($0.id) \($0.memberId)" } == "P-3 M-3", "what waits is enrolled")
  }

  private static func email(_ text: String) -> String { "{\"email\":\"\(text)\"}" }

  private func isFound(_ spelling: String, under rules: [String?]) throws -> Bool {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    for (index, rule) in rules.enumerated() {
      ingest.publishProgramme(id: "p\(index)", intake: rule.map { "{\"emailMatch\":\"\($0)\"}" } ?? "{}")
    }
    ingest.enrol("M-1", email: "anh.nguyen@example.com")
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(member: Self.email(spelling)))
    try ingest.driver.run()
    #expect(try ingest.codes().isEmpty)
    return try ingest.transactions().map(\.memberId) == ["M-1"]
  }

  @Test(arguments: [
    ("exact", [true, false, false]), ("any-case", [true, true, false]), ("any-case-and-dots", [true, true, true]),
    (nil, [true, true, false]),
  ])
  func memberIsFoundByTheRuleOfTheProgramme(rule: String?, found: [Bool]) throws {
    for (spelling, isFound) in zip(
      ["anh.nguyen@Example.com", "Anh.Nguyen@example.com", "AnhNguyen+a@example.com"], found)
    {
      #expect(try self.isFound(spelling, under: [rule]) == isFound, "\(spelling)")
    }
  }

  @Test func strictestOfTheProgrammesThatAPurchaseCountsForHolds() throws {
    #expect(try !isFound("Anh.Nguyen@example.com", under: ["any-case-and-dots", "exact"]))
    #expect(try isFound("Anh.Nguyen@example.com", under: ["any-case-and-dots", "any-case"]))
  }

  @Test func purchaseOfOneProgrammeAndItsCancellationAreFoundByThatOnesRule() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme(id: "loose", intake: "{\"emailMatch\":\"any-case-and-dots\"}")
    ingest.publishProgramme(id: "strict", intake: "{\"emailMatch\":\"exact\"}")
    ingest.enrol("M-1", email: "anh.nguyen@example.com")
    try ingest.driver.run()
    let member = Self.email("AnhNguyen@example.com")
    ingest.send(
      IngestFixture.purchase(member: member).replacing("\"source\"", with: "\"programId\":\"loose\",\"source\""))
    ingest.send(
      """
      {"type":"purchase.cancelled","id":"X-1","occurredAt":"2026-11-23T00:00:00Z","source":"pos","member":\(member),\
      "purchaseId":"P-1","programId":"loose"}
      """)
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1", "X-1"])
  }

  /// No profile is read again: the index knows every form.
  @Test func rulePublishedLaterHoldsForMembersWhoAreThereAlready() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme()
    ingest.enrol("M-1", email: "anh.nguyen@example.com")
    let purchase = IngestFixture.purchase(member: Self.email("AnhNguyen@example.com"))
    ingest.send(purchase)
    try ingest.driver.run()
    #expect(try ingest.transactions().isEmpty)
    ingest.publishProgramme(intake: "{\"emailMatch\":\"any-case-and-dots\"}")
    ingest.send(IngestFixture.purchase(id: "P-2", member: Self.email("AnhNguyen@example.com")))
    // Sent again, the first one is still what it was: a duplicate, kept to be claimed.
    ingest.send(purchase)
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-2"])
    #expect(try ingest.codes().isEmpty)
  }

  @Test func enrolmentFindsAPurchaseByTheRuleUnderWhichItWasMade() throws {
    for (rule, isBooked) in [("any-case-and-dots", true), ("exact", false)] {
      let ingest = try IngestFixture(partitionCount: 3)
      defer { ingest.driver.close() }
      ingest.publishProgramme(intake: "{\"emailMatch\":\"\(rule)\",\"enrolmentDays\":30}")
      ingest.send(IngestFixture.purchase(member: Self.email("AnhNguyen@example.com")))
      try ingest.driver.run()
      ingest.enrol("M-7", email: "anh.nguyen@example.com", at: "2026-12-02T00:00:00Z")
      try ingest.driver.run()
      #expect(try ingest.transactions().map(\.memberId) == (isBooked ? ["M-7"] : []))
    }
  }

  @Test func membersWhoDifferByARuleOnlyAreTwoUnderAStricterOne() throws {
    for (rule, code) in [("exact", nil), ("any-case-and-dots", "several-members")] {
      let ingest = try IngestFixture(partitionCount: 3)
      defer { ingest.driver.close() }
      ingest.publishProgramme(intake: "{\"emailMatch\":\"\(rule)\"}")
      for number in 1...40 { ingest.enrol("M-\(number)", email: "test+\(number)@example.com") }
      try ingest.driver.run()
      ingest.send(IngestFixture.purchase(member: Self.email("test+7@example.com")))
      try ingest.driver.run()
      #expect(try ingest.codes().first == code)
      #expect(try ingest.transactions().map(\.memberId) == (code == nil ? ["M-7"] : []))
    }
  }
}
