import Contracts
import GDPRWorker
import Loyalty
import StreamTesting
import Testing

/// A request from the year 9999 would black a member out until then.
@Suite(.timeLimit(.minutes(10))) struct FutureRequestTests {
  private static let now = Instant(milliseconds: 1_700_000_000_000)
  private static let letters = "gdpr-worker.dead-letters"

  @Test func requestOfTheFutureIsDeadLetteredAndItsIdIsFree() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    privacy.request("PR-1", at: Instant.distantFuture)
    privacy.request("PR-2", .access, at: Self.now.advanced(byMilliseconds: Instant.dayMs + 1))
    try privacy.driver.run()
    #expect(privacy.driver.outputs(Self.letters).map { $0.headers["dl_error"] } == ["in-the-future", "in-the-future"])
    #expect(try privacy.tasks().isEmpty && privacy.certificates().isEmpty)
    privacy.request("PR-1", at: Self.now)
    try privacy.driver.run()
    #expect(try privacy.tasks().count == PrivacyFixture.taskCount)
  }

  /// A clock may be wrong by a day; what is erased by it lies behind us all the same.
  @Test func requestThatCameBeforeItsTimeErasesUpToNow() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    privacy.request("PR-1", at: Self.now.advanced(byMilliseconds: Instant.dayMs))
    try privacy.driver.run()
    #expect(privacy.driver.outputs(Self.letters).isEmpty)
    #expect(try privacy.tasks().allSatisfy { $0.occurredAt == Self.now })
  }

  @Test func requestOfThePastKeepsItsInstant() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    let asked = Self.now.advanced(byMilliseconds: -90 * Instant.dayMs)
    privacy.request("PR-1", at: asked)
    try privacy.driver.run()
    #expect(try privacy.tasks().allSatisfy { $0.occurredAt == asked })
  }

  @Test func reportOfTheFutureClosesNothing() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    for (service, partition) in privacy.expected() {
      privacy.report("PR-1", service, partition, at: .distantFuture)
    }
    try privacy.driver.run()
    #expect(privacy.driver.outputs(Self.letters).allSatisfy { $0.headers["dl_error"] == "in-the-future" })
    #expect(try privacy.certificates().isEmpty)
    for (service, partition) in privacy.expected() { privacy.report("PR-1", service, partition) }
    try privacy.driver.run()
    #expect(try privacy.certificates().map(\.occurredAt) == [Self.now])
  }

  @Test func streamTimeIsWhatRequestsSay() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1", at: Instant.distantFuture)
    try privacy.driver.run()
    #expect(try privacy.tasks().allSatisfy { $0.occurredAt == .distantFuture })
    #expect(privacy.driver.outputs(Self.letters).isEmpty)
  }
}
