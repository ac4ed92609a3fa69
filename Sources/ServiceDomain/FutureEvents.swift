import Contracts
import Loyalty
import StreamRuntime

/// On wall time nothing that comes from outside has happened in the future; stream time is what events say.
///
/// An event settles its member up to its own time, and a member's time never goes back: one from the year 2062 would
/// run out every point, and an erasure from then would pass over all that the member does until then.
extension TaskClock {
  /// How far ahead a purchase may be at most, where ingest is told to take it (`--future-tolerance-ms`).
  package static let purchaseToleranceMsMax: Int64 = 366 * Instant.dayMs
  /// What services tell each other comes of purchases too, and their clocks may differ.
  private static let toldToleranceMs: Int64 = purchaseToleranceMsMax + Instant.dayMs

  package func isInTheFuture(_ instant: Instant) -> Bool {
    mode == .wall && instant.isInTheFuture(at: Instant(milliseconds: nowMs))
  }

  /// - Parameter field: where the event says it.
  package func checkNotInTheFuture(_ instant: Instant, at field: String = "occurredAt") throws {
    guard isInTheFuture(instant) else { return }
    throw PoisonRecord(
      code: ContractViolation.Code.inTheFuture.rawValue,
      "$.\(field) lies more than a day ahead of the worker's clock: send it again with the instant at which it occurred"
    )
  }

  /// For what the platform's services tell each other: none of them says that something occurred later than this
  /// allows, so somebody else has written it.
  ///
  /// - Parameter field: where the event says it.
  package func checkTold(_ instant: Instant, at field: String = "occurredAt") throws {
    guard mode == .wall, instant.milliseconds > nowMs + Self.toldToleranceMs else { return }
    throw PoisonRecord(
      code: ContractViolation.Code.inTheFuture.rawValue,
      "$.\(field) lies more than a year ahead of the worker's clock, which no service tells: find who writes to the topic"
    )
  }

  /// `instant`, or now where that is earlier: what holds for all that came before must not hold for what is still to
  /// come.
  package func atMostNow(_ instant: Instant) -> Instant {
    mode == .wall ? min(instant, Instant(milliseconds: nowMs)) : instant
  }
}
