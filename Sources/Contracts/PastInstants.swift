import Loyalty

extension Instant {
  /// How far ahead of its reader's clock an event may be: what a sender's clock may be wrong by, and its time zone.
  private static let futureToleranceMs = dayMs

  /// Whether that is further ahead of its reader's clock than one may be wrong.
  package func isInTheFuture(at now: Instant) -> Bool {
    self > now.advanced(byMilliseconds: Self.futureToleranceMs)
  }
}

extension MemberProfile {
  /// What it says of that must have been, by field: no service takes one that is still to come.
  package var pastInstants: [(field: String, instant: Instant)] {
    [("occurredAt", occurredAt)] + (joinedAt.map { [("joinedAt", $0)] } ?? [])
  }
}
