/// What a purchase or activity was awarded, as a tier measured in points remembers it: a return lowers the metric on the
/// day on which the points were earned.
package struct CountedAward: Equatable, Sendable {
  package var earnedAt: Instant
  /// All points given, less those that a factor below 1 took off.
  package var granted: Int64
  /// Those of them that rules gave, before multipliers and the tier's factor.
  package var base: Int64
  /// What returns took back, whether the points were still there or not.
  package var reversed: Int64
  /// What the tier has been told of ``counts``.
  package var told: TierAmounts

  package init(
    earnedAt: Instant, granted: Int64 = 0, base: Int64 = 0, reversed: Int64 = 0, told: TierAmounts = TierAmounts()
  ) {
    self.earnedAt = earnedAt
    self.granted = granted
    self.base = base
    self.reversed = reversed
    self.told = told
  }

  /// What stands of it: of the base the share that stands of the whole, nothing once all is reversed.
  package var counts: TierAmounts {
    guard granted > 0, reversed < granted else { return TierAmounts() }
    let taken = Int64(Int128(base) * Int128(max(0, reversed)) / Int128(granted))
    return TierAmounts(points: granted - max(0, reversed), basePoints: base - taken)
  }

  /// Takes an entry of the award in and says what the booking changes once its last entry is in: of what one booking
  /// gives and takes, only the sum may lift a tier. nil where nothing changes.
  ///
  /// - Parameter isBase: whether the entry's rule is an earning rule rather than a factor.
  package mutating func apply(_ entry: LedgerEntry, isBase: Bool) -> TierActivity? {
    // A correction or reversal concerns the points that were no longer there as well.
    let amount = entry.points.value + entry.shortfall.value
    switch (entry.type, entry.debit, entry.credit) {
    case (.pointsEarned, _, _), (.pointsCorrected, .programIssued?, _):
      granted += amount
      base += isBase ? amount : 0
    case (.pointsReduced, _, _), (.pointsCorrected, _, .programIssued?):
      granted -= amount
      base -= isBase ? amount : 0
    case (.pointsReversed, _, _): reversed += amount
    case (.pointsCorrected, .programReversed?, _): reversed -= amount
    default: break
    }
    guard entry.bookingEntry == entry.bookingOf else { return nil }
    var difference = counts
    difference.points -= told.points
    difference.basePoints -= told.basePoints
    told = counts
    return difference.isZero ? nil : TierActivity(purchasedAt: earnedAt, amounts: difference)
  }
}

extension LedgerEntry {
  /// The award that the entry is about, as `<source>:<id>` of its purchase or activity; nil for entries that count
  /// towards no tier.
  package var award: String? {
    switch type {
    case .pointsEarned, .pointsReduced, .pointsCorrected: source.map { Lot.id(source: $0, purchaseId: cause) }
    case .pointsReversed: purchase
    // It may be the last of a booking that corrected the award.
    case .pointsExpired: lotId
    default: nil
    }
  }
}
