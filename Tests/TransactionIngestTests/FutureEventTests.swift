import Contracts
import JSON
import Loyalty
import StreamTesting
import TestValues
import Testing
import TransactionIngest

/// On wall time nothing has happened that is still to come, whoever says so.
@Suite(.timeLimit(.minutes(10))) struct FutureEventTests {
  private static let now = "2026-11-22T12:00:00Z"
  private static let letters = "transaction-ingest.dead-letters"

  private func ingest(at instant: String = FutureEventTests.now) throws -> IngestFixture {
    try IngestFixture(clock: .wall, wallNowMs: try #require(Instant(rfc3339: instant)).milliseconds)
  }

  private func erase(_ ingest: IngestFixture, at instant: String, request: String = "PR-1") throws {
    var writer = JSONWriter()
    PrivacyTask(
      id: "t-\(request)", kind: .erase, requestId: request, memberId: "M-1", services: [.transactionIngest],
      occurredAt: try #require(Instant(rfc3339: instant))
    ).encode(to: &writer)
    ingest.driver.publish("privacy.tasks", key: "M-1", value: writer.string)
  }

  private func codes(_ ingest: IngestFixture) -> [String?] {
    ingest.driver.outputs(Self.letters).map { $0.headers["dl_error"] }
  }

  @Test func profileOfTheFutureIsDeadLettered() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567", at: "9999-01-01T00:00:00Z")
    ingest.driver.publish(
      "loyalty.members", key: "M-2",
      value: """
        {"type":"member.profile","id":"M-2","occurredAt":"2026-11-01T00:00:00Z","joinedAt":"2026-11-23T12:00:01Z"}
        """)
    // What a clock may be wrong by.
    ingest.enrol("M-3", phone: "+84901234568", at: "2026-11-23T12:00:00Z")
    try ingest.driver.run()
    #expect(codes(ingest) == ["in-the-future", "in-the-future"])
    #expect(
      ingest.driver.outputs(Self.letters).map { $0.headers["dl_message"]?.contains("$.joinedAt") } == [false, true])
    #expect(ingest.liveRows("profiles") == ["M-3", "\u{1F}secret"])
  }

  @Test func claimOfTheFutureIsDeadLettered() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.claim("C-1", by: "M-1", at: "9999-01-01T00:00:00Z")
    try ingest.driver.run()
    #expect(codes(ingest) == ["in-the-future"])
    #expect(try ingest.claimStatuses().isEmpty)
  }

  /// As a neighbour on the internal topic could write it.
  @Test func erasureOfTheFutureErasesNothing() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    try erase(ingest, at: "9999-01-01T00:00:00Z")
    try ingest.driver.run()
    #expect(codes(ingest) == ["in-the-future"])
    #expect(ingest.driver.outputs("privacy.reports").isEmpty)
    #expect(ingest.liveRows("profiles").contains("M-1"))
  }

  @Test func memberErasedByAClockThatWasFastBeginsANewLifeAtOnce() throws {
    let ingest = try ingest()
    defer { ingest.driver.close() }
    try erase(ingest, at: "2026-11-23T11:00:00Z")
    try ingest.driver.run()
    #expect(ingest.driver.outputs("privacy.reports").count == 1)
    ingest.enrol("M-1", phone: "+84901234567", at: Self.now)
    try ingest.driver.run()
    #expect(!ingest.liveRows("profiles").contains("M-1"), "of the life that was erased")
    ingest.enrol("M-1", phone: "+84901234567", at: "2026-11-22T12:00:01Z")
    try ingest.driver.run()
    #expect(ingest.liveRows("profiles").contains("M-1"))
  }

  /// Rows of earlier releases, or of a machine whose clock ran ahead.
  @Test func erasureThatIsRememberedFromTheFutureHoldsUpToNowAndNoFurther() throws {
    let ingest = try ingest(at: "9998-01-01T00:00:00Z")
    defer { ingest.driver.close() }
    try erase(ingest, at: "9998-01-01T00:00:00Z")
    try ingest.driver.run()
    ingest.driver.wall.nowMs = try #require(Instant(rfc3339: Self.now)).milliseconds
    try ingest.driver.restart()
    ingest.enrol("M-1", phone: "+84901234567", at: "2026-11-22T11:00:00Z")
    try ingest.driver.run()
    #expect(!ingest.liveRows("profiles").contains("M-1"))
    ingest.driver.wall.nowMs += 1_000
    ingest.enrol("M-1", phone: "+84901234567", at: "2026-11-22T12:00:01Z")
    try ingest.driver.run()
    #expect(ingest.liveRows("profiles").contains("M-1"))
  }
}
