import Contracts
import Loyalty
import StreamTesting
import Testing
import TransactionIngest

/// What an answer to a claim tells beside its outcome.
@Suite(.timeLimit(.minutes(10))) struct ClaimAnswerTests {
  private func statuses(_ ingest: IngestFixture) throws -> [ClaimStatus] {
    try ingest.driver.run()
    return try ingest.driver.values(of: "loyalty.claims") { try ClaimStatus(decoding: $0) }
  }

  private func claim(
    _ ingest: IngestFixture, _ id: String, receipt: String = "P-1", total: String = "90000", in program: String?
  ) {
    ingest.driver.publish(
      "commerce.claims", key: "M-1",
      value: """
        {"type":"purchase.claim","id":"\(id)","occurredAt":"2026-11-23T09:00:00Z","memberId":"M-1","receipt":"\(receipt)",\
        "total":"\(total)","date":"2026-11-22"\(program.map { ",\"programId\":\"\($0)\"" } ?? "")}
        """)
  }

  @Test func memberIsToldInTheNameOfTheProgrammeThatTheClaimOrThePurchaseNames() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.publishProgramme(id: "a", currencies: "[\"USD\"]")
    ingest.publishProgramme(id: "b")
    ingest.publishProgramme(id: "c")
    ingest.enrol("M-1")
    ingest.send(IngestFixture.purchase(member: "null"))
    try ingest.driver.run()
    claim(ingest, "C-1", total: "1", in: nil)
    claim(ingest, "C-2", total: "1", in: "c")
    claim(ingest, "C-3", in: "d")
    var answers = try statuses(ingest)
    #expect(answers.first { $0.id == "C-1" }?.programId == "a", "the first in force: no purchase was found")
    #expect(answers.first { $0.id == "C-2" }?.programId == "c")
    #expect(answers.first { $0.id == "C-3" }?.outcome == .refused(.unknownProgramme))
    claim(ingest, "C-4", in: nil)
    answers = try statuses(ingest)
    #expect(answers.last?.outcome == .accepted && answers.last?.programId == "b", "the first that takes the purchase")
    claim(ingest, "C-4", in: nil)
    claim(ingest, "C-5", in: nil)
    answers = try statuses(ingest)
    #expect(answers.suffix(2).allSatisfy { $0.programId == "b" })
    #expect(answers.allSatisfy { $0.lockedUntil == nil })
  }

  @Test func wrongClaimThatLocksAndThoseAfterItSayUntilWhen() throws {
    var settings = IngestSettings()
    settings.claims.wrongMax = 2
    let ingest = try IngestFixture(settings)
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    for number in 1...3 {
      claim(ingest, "C-\(number)", total: "1", in: nil)
      try ingest.driver.run()
    }
    let answers = try statuses(ingest)
    #expect(
      answers.map(\.outcome) == [.refused(.receiptNotFound), .refused(.receiptNotFound), .refused(.claimsLocked)])
    let until = Instant(rfc3339: "2026-11-24T09:00:00Z")
    #expect(answers.map(\.lockedUntil) == [nil, until, until])
  }
}
