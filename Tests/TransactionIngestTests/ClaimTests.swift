import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct ClaimTests {
  private static let stranger = "{\"phone\":\"0901234567\"}"

  /// An ingest with a member, M-1, and one purchase of a stranger, P-1.
  private func ingest(_ settings: IngestSettings = IngestSettings()) throws -> IngestFixture {
    let ingest = try IngestFixture(settings, partitionCount: 3)
    ingest.enrol("M-1")
    ingest.send(IngestFixture.purchase(member: Self.stranger))
    try ingest.driver.run()
    #expect(try ingest.transactions().isEmpty && ingest.codes().isEmpty)
    return ingest
  }

  @Test(arguments: ["null", stranger])
  func keptPurchaseIsBookedOnceForWhoClaimsIt(member: String) throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.enrol("M-2")
    ingest.send(IngestFixture.purchase(member: member))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    ingest.claim("C-2", by: "M-1")
    ingest.claim("C-3", by: "M-2")
    try ingest.driver.run()
    let booked = try #require(try ingest.transactions().first)
    #expect(try ingest.transactions().count == 1)
    #expect(booked.memberId == "M-1" && booked.id == "P-1")
    #expect(booked.occurredAt == Instant(rfc3339: "2026-11-22T13:04:41+07:00"))
    let statuses = try ingest.claimStatuses().sorted()
    #expect(
      statuses == [
        "C-1 M-1 accepted", "C-1 M-1 accepted", "C-2 M-1 already-claimed", "C-3 M-2 already-claimed",
      ])
  }

  @Test(arguments: [("P-9", "90000", "2026-11-22"), ("P-1", "90001", "2026-11-22"), ("P-1", "90000", "2026-11-23")])
  func wrongClaimIsRefusedWithItsReason(receipt: String, total: String, date: String) throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    ingest.claim("C-1", by: "M-1", receipt: receipt, total: total, date: date)
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 receipt-not-found"])
    #expect(try ingest.transactions().isEmpty)
    ingest.claim("C-2", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.transactions().count == 1)
  }

  @Test func tooManyWrongClaimsLockThatMemberForAWhile() throws {
    var settings = IngestSettings()
    settings.claims.wrongMax = 3
    let ingest = try ingest(settings)
    defer { ingest.driver.close() }
    ingest.enrol("M-2")
    try ingest.driver.run()
    for number in 0..<3 {
      ingest.claim("C-\(number)", by: "M-1", total: "1")
      try ingest.driver.run()
    }
    ingest.claim("C-3", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses().contains("C-3 M-1 claims-locked"))
    #expect(try ingest.transactions().isEmpty)
    // Another member is not locked, and this one only for a day.
    ingest.claim("C-4", by: "M-2", total: "1")
    ingest.claim("C-5", by: "M-1", at: "2026-11-24T09:00:01Z")
    try ingest.driver.run()
    #expect(try Set(ingest.claimStatuses()).isSuperset(of: ["C-4 M-2 receipt-not-found", "C-5 M-1 accepted"]))
  }

  @Test func wrongClaimsOfLongAgoLockNothing() throws {
    var settings = IngestSettings()
    settings.claims.wrongMax = 3
    let ingest = try ingest(settings)
    defer { ingest.driver.close() }
    for (number, at) in ["2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z", "2026-11-24T09:00:01Z"].enumerated() {
      ingest.claim("C-\(number)", by: "M-1", total: "1", at: at)
      try ingest.driver.run()
    }
    ingest.claim("C-3", by: "M-1", at: "2026-11-24T09:00:02Z")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses().last == "C-3 M-1 accepted")
  }

  @Test(arguments: ["2026-11-20T09:00:00Z", "2026-11-24T08:00:00Z"])
  func lockFollowsTheClockOfTheMachineNotThatOfTheClaim(at: String) throws {
    var settings = IngestSettings()
    settings.claims.wrongMax = 1
    let now = try #require(Instant(rfc3339: "2026-11-23T09:00:00Z"))
    let ingest = try IngestFixture(settings, clock: .wall, wallNowMs: now.milliseconds)
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.send(IngestFixture.purchase(member: Self.stranger))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1", total: "1")
    try ingest.driver.run()
    ingest.claim("C-2", by: "M-1", at: at)
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 receipt-not-found", "C-2 M-1 claims-locked"])
  }

  @Test func aBurstOfGuessesIsNotLookedAtWhole() throws {
    var settings = IngestSettings()
    settings.claims.wrongMax = 3
    let ingest = try ingest(settings)
    defer { ingest.driver.close() }
    for number in 0..<10 { ingest.claim("C-\(number)", by: "M-1", total: "\(89_995 + number)") }
    try ingest.driver.run()
    let statuses = try ingest.claimStatuses()
    #expect(statuses.count == 10)
    #expect(statuses.filter { $0.hasSuffix("receipt-not-found") }.count == 3)
    #expect(try ingest.transactions().isEmpty)
  }

  @Test func returnOfAKeptPurchaseFollowsItWhenItIsClaimed() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    func returned(_ id: String) -> String {
      """
      {"type":"purchase.returned","id":"\(id)","occurredAt":"2026-11-23T00:00:00Z","source":"pos",\
      "member":\(Self.stranger),"currency":"VND","purchaseId":"P-1","refund":"5"}
      """
    }
    ingest.send(returned("R-1"))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    ingest.send(returned("R-2"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1", "R-1", "R-2"])
    #expect(try ingest.transactions().allSatisfy { $0.memberId == "M-1" })
  }

  @Test func unknownAndClosedMembersClaimNothing() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    ingest.enrol("M-2", status: "closed")
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-9")
    ingest.claim("C-2", by: "M-2")
    try ingest.driver.run()
    #expect(try Set(ingest.claimStatuses()) == ["C-1 M-9 unknown-member", "C-2 M-2 account-closed"])
  }

  @Test func keptPurchaseIsForgottenAfterItsTime() throws {
    var settings = IngestSettings()
    settings.unmatchedMs = 10 * 86_400_000
    let ingest = try ingest(settings)
    defer { ingest.driver.close() }
    // Time passes in each partition on its own.
    for number in 0..<30 {
      ingest.send(IngestFixture.purchase(id: "later-\(number)", at: "2026-12-25T00:00:00Z"), key: "k\(number)")
    }
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1", at: "2026-12-25T00:00:00Z")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 receipt-not-found"])
  }

  @Test(arguments: ["null", stranger])
  func returnOfAPurchaseThatFoundItsMemberIsRefusedWhenItsTimeIsOver(member: String) throws {
    var settings = IngestSettings()
    settings.unmatchedMs = 10 * 86_400_000
    let ingest = try IngestFixture(settings, partitionCount: 3)
    defer { ingest.driver.close() }
    let cancelled = """
      {"type":"purchase.cancelled","id":"X-1","occurredAt":"2026-11-23T00:00:00Z","source":"pos","member":\(member),\
      "purchaseId":"P-1"}
      """
    ingest.send(IngestFixture.purchase())
    ingest.send(cancelled)
    try ingest.driver.run()
    #expect(try ingest.codes().isEmpty)
    for number in 0..<30 {
      ingest.send(IngestFixture.purchase(id: "later-\(number)", at: "2026-12-25T00:00:00Z"), key: "k\(number)")
      ingest.send(
        IngestFixture.purchase(id: "lost-\(number)", at: "2026-12-25T00:00:00Z", member: "null"), key: "k\(number)")
    }
    try ingest.driver.run()
    #expect(try ingest.codes() == ["purchase-not-found"])
    let rejection = try #require(try ingest.rejections().first)
    #expect(rejection["originalId"]?.string == "X-1" && rejection["offset"]?.integer == 1)
    // It may come again with its member, under the same id.
    ingest.send(cancelled.replacing(member + ",", with: "{\"id\":\"M-1\"},"))
    try ingest.driver.run()
    #expect(try ingest.transactions().contains { $0.id == "X-1" && $0.memberId == "M-1" })
  }

  @Test(arguments: [(101, 1), (3, 1_000)])
  func returnsBeyondWhatIsKeptAreRefused(count: Int, lineCount: Int) throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    let sku = String(repeating: "s", count: 120)
    let lines = (0..<lineCount).map { "{\"sku\":\"\(sku)\($0)\",\"quantity\":1}" }
    for number in 0..<count {
      ingest.send(
        """
        {"type":"purchase.returned","id":"R-\(number)","occurredAt":"2026-11-23T00:00:00Z","source":"pos",\
        "member":null,"currency":"VND","purchaseId":"P-1","refund":"5","lines":[\(lines.joined(separator: ","))]}
        """)
    }
    try ingest.driver.run()
    #expect(try ingest.codes() == ["too-many-returns"])
    #expect(try ingest.rejections().first?["originalId"]?.string == "R-\(count - 1)")
  }

  @Test(arguments: [(0, false), (30, true), (5, false)])
  func whoEnrolsGetsThePurchasesOfTheDaysThatTheProgrammeSays(days: Int, isBooked: Bool) throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme(intake: "{\"enrolmentDays\":\(days)}")
    ingest.send(IngestFixture.purchase(member: Self.stranger))
    try ingest.driver.run()
    ingest.enrol("M-7", phone: "+84901234567", at: "2026-12-02T00:00:00Z")
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == (isBooked ? ["M-7"] : []))
    #expect(try ingest.claimStatuses() == (isBooked ? ["enrolment:pos:P-1 M-7 accepted"] : []))
  }

  @Test func purchaseThatOvertookItsMembersEnrolmentIsBooked() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(member: Self.stranger))
    try ingest.driver.run()
    ingest.enrol("M-7", phone: "+84901234567", at: "2026-11-22T00:00:00Z")
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == ["M-7"])
  }

  @Test func claimsSurviveALostDisk() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    try ingest.driver.restart(losingDisk: true)
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    try ingest.driver.restart(losingDisk: true)
    ingest.claim("C-2", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.transactions().count == 1)
    #expect(try ingest.claimStatuses() == ["C-1 M-1 accepted", "C-2 M-1 already-claimed"])
  }
}
