import Loyalty

/// A member's tier, with progress as it is at an instant rather than at the member's last event.
package struct TierNow {
  package var standing: TierStanding
  package var at: Instant
  /// What counts at ``at``.
  package var counted: ExactDecimal
  /// What is missing at ``at`` to the level above; nil: there is none.
  package var missing: ExactDecimal?
  /// What leaves the window next, or ends with the running year; nil: nothing does, or it is not told.
  package var nextLeave: TierProgress.Leave?

  /// Nothing is told of the time before the tier was: then it is as of that.
  package init(_ standing: TierStanding, at instant: Instant) {
    self.standing = standing
    at = max(instant, standing.asOf)
    let (now, counted) = (at, standing.counted(at: at))
    self.counted = counted
    missing = standing.next.map { standing.progress == nil ? $0.missing : $0.missing(counting: counted) }
    nextLeave = standing.progress?.leaves.first { $0.at > now }
  }

  /// Whether ``counted`` is as of the member's last event, since the statement is of a release that told no more.
  package var isAsOfLastEvent: Bool { standing.progress == nil }
}

extension AccountReading.Part {
  package var tellsTier: Bool { statement?.tier != nil || tier != nil }

  /// nil: nothing is known of a tier. Of the two topics that tell it the one that was told last counts: an account
  /// follows the tier, and a member without one may have a tier.
  package func progress(at instant: Instant) -> TierNow? {
    let told = [statement?.tier, tier?.standing].compactMap { $0 }
    return told.max { $0.asOf < $1.asOf }.map { TierNow($0, at: instant) }
  }
}
