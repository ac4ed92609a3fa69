import Loyalty

/// What a member has gathered under a rule that converts, and what waits. The arithmetic is that of Bink's loyalty
/// platform: what a purchase gave and lost can be taken back exactly.
package struct ConversionAccount: Equatable, Sendable {
  /// Points that are not yet a reward.
  package private(set) var balance: Points
  /// In the order of purchases.
  package private(set) var pending: [PendingRewards]

  /// While so many purchases have rewards that wait, others gather balance alone.
  package static let pendingMax = 400

  package init(balance: Points = 0, pending: [PendingRewards] = []) {
    self.balance = balance
    self.pending = pending
  }

  /// A purchase gave points.
  ///
  /// - Returns: what is to be given at once.
  package mutating func earn(
    _ points: Points, by purchase: String, at now: Instant, under rule: ConversionRule, in calendar: ZoneCalendar
  ) -> PendingRewards? {
    guard points > 0 else { return nil }
    let sum = balance.addingBounded(points)
    var count = sum.value / rule.every.value
    guard count > 0, pending.count < Self.pendingMax else {
      balance = sum
      return nil
    }
    var cost = Points(count * rule.every.value)
    if let most = rule.perTransaction, count > most {
      // A purchase beyond its limit costs all that it gave, and the balance stays as it was.
      count = most
      cost = max(points, Points(most * rule.every.value))
    }
    balance = sum - cost
    let made = PendingRewards(
      id: purchase, reward: rule.reward, count: count, every: rule.every, cost: cost,
      dueAt: calendar.adding(days: rule.allocateAfterDays, to: now))
    guard rule.allocateAfterDays > 0 else { return made }
    pending.append(made)
    return nil
  }

  /// Points of a purchase were taken back: first from what purchases gave beyond their limits, the newest first; then
  /// from the balance; then rewards that wait, the newest first, and what is over of one is balance.
  ///
  /// - Returns: what could not be taken, for it has been given out.
  @discardableResult
  package mutating func takeBack(_ points: Points) -> Points {
    var rest = max(points, 0)
    for index in pending.indices.reversed() {
      let taken = min(rest, pending[index].surplus)
      pending[index].cost = pending[index].cost - taken
      rest = rest - taken
    }
    let fromBalance = min(rest, balance)
    balance = balance - fromBalance
    rest = rest - fromBalance
    while rest > 0, let last = pending.indices.last {
      let every = pending[last].every
      pending[last].count -= 1
      pending[last].cost = pending[last].cost - every
      if pending[last].count == 0 { pending.removeLast() }
      if rest < every { balance = balance.addingBounded(every - rest) }
      rest = max(0, rest - every)
    }
    return rest
  }

  /// Gives what has waited long enough.
  package mutating func settle(at now: Instant) -> [PendingRewards] {
    let due = pending.filter { $0.dueAt <= now }
    pending.removeAll { $0.dueAt <= now }
    return due
  }

  /// The rule has ended.
  ///
  /// - Returns: what is to be given. Nothing is left: whoever begins anew begins at 0.
  package mutating func end(_ end: ConversionRule.End) -> [PendingRewards] {
    let given = end == .issue ? pending : []
    self = ConversionAccount()
    return given
  }
}

/// Rewards of one purchase that may yet be taken back.
package struct PendingRewards: Equatable, Sendable {
  /// Names the purchase.
  package var id: String
  package var reward: String
  package var count: Int64
  /// Points that one of them took.
  package var every: Points
  /// All that the purchase cost the member in points, never less than count × every. What lies above came of a
  /// purchase beyond its limit, and is the first to go.
  package var cost: Points
  package var dueAt: Instant

  package init(id: String, reward: String, count: Int64, every: Points, cost: Points, dueAt: Instant) {
    self.id = id
    self.reward = reward
    self.count = count
    self.every = every
    self.cost = cost
    self.dueAt = dueAt
  }

  fileprivate var surplus: Points { max(0, cost - Points(count * every.value)) }
}
