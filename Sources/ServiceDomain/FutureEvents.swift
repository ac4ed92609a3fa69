import Contracts
import Loyalty
import StreamRuntime

extension TaskClock {
  /// How far ahead of the worker's clock an event may be: what a sender's clock may be wrong by, and its time zone.
  private static let futureToleranceMs: Int64 = Instant.dayMs

  /// An event settles its member up to its own time, and a member's time never goes back: one from the year 2062 would
  /// run out every point. On wall time it is poison; stream time is what events say.
  package func checkNotInTheFuture(_ occurredAt: Instant) throws {
    guard mode == .wall, occurredAt.milliseconds > nowMs + Self.futureToleranceMs else { return }
    throw PoisonRecord(
      code: ContractViolation.Code.inTheFuture.rawValue,
      "$.occurredAt lies more than a day ahead of the worker's clock: send it again with the instant at which it occurred"
    )
  }
}
