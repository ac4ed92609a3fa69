/// What one partition may award of a campaign's budget without asking anybody, and what it waits for.
///
/// ```
///            an award does not fit, or little is left          the owner's grant
///   at rest ───────────────────────────────────────▶ claiming ─────────────────────▶ at rest
///                                                                                     └▶ exhausted: nothing remains
/// ```
/// At most one claim is under way. Exhausted ends when a version of the programme has a larger budget.
package struct CampaignAllotment: Equatable, Sendable {
  /// Granted and not awarded yet.
  package var left: Points
  /// What the last grant gave ahead: with half of it used up the partition asks again.
  package var lastAhead: Points
  /// The number of the last claim, and of the last claim answered.
  package var claimed: Int64
  package var answered: Int64
  /// Points that awards wait for, and the number of the last one that was made to wait.
  package var deferred: Points
  package var lastDeferral: Int64
  /// The budget of which nothing remains to claim.
  package var exhausted: Points?

  package init(
    left: Points = 0, lastAhead: Points = 0, claimed: Int64 = 0, answered: Int64 = 0, deferred: Points = 0,
    lastDeferral: Int64 = 0, exhausted: Points? = nil
  ) {
    self.left = left
    self.lastAhead = lastAhead
    self.claimed = claimed
    self.answered = answered
    self.deferred = deferred
    self.lastDeferral = lastDeferral
    self.exhausted = exhausted
  }

  /// An award lacks `points`, under a version of that budget. Says under which number it waits; nil: nothing is left to
  /// wait for, it stays capped.
  package mutating func makeWait(_ points: Points, budget: Points) -> Int64? {
    if let exhausted, exhausted >= budget { return nil }
    exhausted = nil
    deferred = deferred.addingBounded(points)
    lastDeferral += 1
    return lastDeferral
  }

  /// The number and points of the claim to send now, if any.
  package mutating func claim() -> (number: Int64, points: Points)? {
    guard claimed == answered, exhausted == nil else { return nil }
    // 0 ahead: the owner had too little left to share out, each award asks for its own.
    guard deferred > 0 || left.value < lastAhead.value / 2 else { return nil }
    claimed += 1
    return (claimed, deferred)
  }

  /// Takes a grant in; false for one that was taken before. The owner of this value awards what waits out of
  /// ``left`` then.
  package mutating func take(_ grant: BudgetGrant) -> Bool {
    guard grant.number == claimed, grant.number > answered else { return false }
    answered = grant.number
    left = left.addingBounded(grant.points)
    lastAhead = grant.ahead
    if grant.remaining == 0 { exhausted = grant.budget }
    return true
  }
}
