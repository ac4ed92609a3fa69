/// The entries that one or more operations on accounts booked, in order. The owner reads them and empties it.
package struct Journal: Sendable {
  package private(set) var entries: [LedgerEntry] = []
  /// Points that ran out unused, by lot. The owner adds each to the `PurchaseRecord.expired` of the lot's purchase, if
  /// the lot is a purchase's.
  package private(set) var expiries: [LotExpiry] = []
  /// What campaigns' budgets did not give at once. The owner claims it and books what is granted.
  package private(set) var deferrals: [Deferral] = []
  /// Bonuses of other purchases that a return took away. The owner has them taken back with `Account.takeBack`.
  package private(set) var lostBonuses: [LostBonus] = []

  package struct Deferral: Equatable, Sendable {
    package var campaign: String
    package var lotId: String
    package var rule: String
    package var points: Points
    /// When the purchase or activity occurred, and the version that rated it.
    package var earnedAt: Instant
    package var programVersion: Int
  }

  package struct LotExpiry: Equatable, Sendable {
    package var lotId: String
    package var points: Points
  }

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    expiries.removeAll(keepingCapacity: true)
    deferrals.removeAll(keepingCapacity: true)
    lostBonuses.removeAll(keepingCapacity: true)
  }

  mutating func append(_ entry: LedgerEntry) {
    entries.append(entry)
  }

  /// Tells of the entries from `start` on that they are one booking.
  mutating func join(from start: Int) {
    let count = entries.count - start
    guard count > 1 else { return }
    for index in start..<entries.count {
      entries[index].bookingEntry = index - start + 1
      entries[index].bookingOf = count
    }
  }

  mutating func noteExpiry(of lotId: String, points: Points) {
    expiries.append(LotExpiry(lotId: lotId, points: points))
  }

  mutating func noteDeferral(_ line: AwardLine, of lot: Lot) {
    guard let campaign = line.campaign else { return }
    deferrals.append(
      Deferral(
        campaign: campaign, lotId: lot.id, rule: line.award.rule, points: line.award.deferred, earnedAt: lot.earnedAt,
        programVersion: lot.programVersion))
  }

  mutating func noteLostBonus(_ bonus: LostBonus) {
    lostBonuses.append(bonus)
  }

  /// The next bonus to take back, which is then no longer noted.
  package mutating func takeLostBonus() -> LostBonus? {
    lostBonuses.isEmpty ? nil : lostBonuses.removeFirst()
  }

  /// Records points that should have been taken, on the last entry.
  mutating func noteShortfall(_ points: Points) {
    entries[entries.count - 1].shortfall += points
  }

  /// Records when a lot is released and expires, on the last entry.
  mutating func noteTerms(of lot: Lot) {
    entries[entries.count - 1].pendingUntil = lot.pending > 0 ? lot.pendingUntil : nil
    entries[entries.count - 1].expiresAt = lot.expiresAt
    entries[entries.count - 1].latestExpiry = lot.latestExpiry
    entries[entries.count - 1].earnedAt = lot.earnedAt
  }

  /// Records when what is left in a closed account expires, on the last entry.
  mutating func noteEnd(_ endsAt: Instant) {
    entries[entries.count - 1].expiresAt = endsAt
  }

  /// For an operation that has the lot's `PurchaseRecord` in hand and counts the expiry there itself.
  package mutating func takeExpiry(of lotId: @autoclosure () -> String) -> Points {
    guard !expiries.isEmpty else { return 0 }
    let lotId = lotId()
    let points = expiries.reduce(Points.zero) { $1.lotId == lotId ? $0 + $1.points : $0 }
    expiries.removeAll { $0.lotId == lotId }
    return points
  }
}
