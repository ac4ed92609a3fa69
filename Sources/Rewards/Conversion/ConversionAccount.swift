import Loyalty

/// What a member has gathered under a rule that converts, and what waits. The arithmetic is that of Bink's loyalty
/// platform: what a purchase gave and lost can be taken back exactly.
package struct ConversionAccount: Equatable, Sendable {
  /// Points that are not yet a reward.
  package private(set) var balance: Points
  /// In the order of purchases.
  package private(set) var pending: [PendingRewards]

  /// Rewards to give, with ids that name what they came of.
  package struct Given: Equatable, Sendable {
    package var id: String
    package var count: Int64
  }

  package init(balance: Points = 0, pending: [PendingRewards] = []) {
    self.balance = balance
    self.pending = pending
  }

  /// A purchase gave points.
  ///
  /// - Returns: what is to be given at once.
  package mutating func earn(
    _ points: Points, by purchase: String, at now: Instant, under rule: ConversionRule, in calendar: ZoneCalendar
  ) -> Given? {
    guard points > 0 else { return nil }
    let sum = balance.addingBounded(points)
    var count = sum.value / rule.every.value
    guard count > 0 else {
      balance = sum
      return nil
    }
    var cost = Points(count * rule.every.value)
    if let most = rule.perTransaction, count > most {
      // A purchase beyond its limit costs all that it gave, and the balance stays as it was.
      count = most
      cost = points
    }
    balance = sum - cost
    guard rule.allocateAfterDays > 0 else { return Given(id: purchase, count: count) }
    let due = calendar.adding(days: rule.allocateAfterDays, to: now)
    pending.append(PendingRewards(id: purchase, count: count, cost: cost, dueAt: due))
    return nil
  }

  /// Points of a purchase were taken back: first from what purchases gave beyond their limits, the newest first; then
  /// from the balance; then rewards that wait, the newest first, and what is over of one is balance.
  ///
  /// - Returns: what could not be taken, for it has been given out.
  package mutating func takeBack(_ points: Points, under rule: ConversionRule) -> Points {
    var rest = max(points, 0)
    for index in pending.indices.reversed() {
      let spare = pending[index].cost - Points(pending[index].count * rule.every.value)
      let taken = min(rest, max(spare, 0))
      pending[index].cost = pending[index].cost - taken
      rest = rest - taken
    }
    let fromBalance = min(rest, balance)
    balance = balance - fromBalance
    rest = rest - fromBalance
    while rest > 0, let last = pending.indices.last {
      pending[last].count -= 1
      pending[last].cost = pending[last].cost - rule.every
      if pending[last].count == 0 { pending.removeLast() }
      if rest < rule.every { balance = balance + rule.every - rest }
      rest = max(0, rest - rule.every)
    }
    return rest
  }

  /// Gives what has waited long enough.
  package mutating func settle(at now: Instant) -> [Given] {
    let due = pending.filter { $0.dueAt <= now }
    pending.removeAll { $0.dueAt <= now }
    return due.map { Given(id: $0.id, count: $0.count) }
  }

  /// What becomes of rewards that wait when a rule ends.
  package enum End: String, Sendable, CaseIterable {
    case delete, issue
  }

  /// - Returns: what is to be given. Nothing is left: whoever begins anew begins at 0.
  package mutating func end(_ end: End) -> [Given] {
    let given = end == .issue ? pending.map { Given(id: $0.id, count: $0.count) } : []
    self = ConversionAccount()
    return given
  }
}
