/// How many lots an account may hold.
///
/// An account is one row, written whole whenever it changes, and each purchase may open a lot. So beyond ``lotsMax``,
/// or ``lotIdsBytesMax`` of ids, lots that lie close together become one, which is released at the earlier and runs out
/// at the later of their times: no member loses by it. Lots that run out at one instant, or never, lie closest of all;
/// merging them changes nothing that a member could see.
extension Account {
  package static let lotsMax = 1_000
  /// So few are left by a merge, so that not every purchase brings the next one.
  static let lotsAfterMerge = 900
  /// Nor may their ids take more bytes than this together.
  package static let lotIdsBytesMax = 256 * 1024
  /// The ids of so many lots cannot, however long each is: most accounts are not weighed.
  package static let lotsLightMax = 127

  var hasTooManyLots: Bool {
    guard lots.count > Account.lotsLightMax else { return false }
    return lots.count > Account.lotsMax || lots.reduce(0) { $0 + $1.id.utf8.count } > Account.lotIdsBytesMax
  }

  mutating func mergeLots(bookedAt: Instant, into journal: inout Journal) {
    while hasTooManyLots {
      let wanted = max(lots.count - Account.lotsAfterMerge, lots.count / 10)
      var pairs = cheapestPairs(wanted)
      let isMixed = pairs.isEmpty
      if isMixed {
        // None is like the next one: the like are gathered, and stand in their order again afterwards.
        lots =
          lots.filter { $0.pending > 0 && $0.available == 0 } + lots.filter { $0.pending > 0 && $0.available > 0 }
          + lots.filter { $0.pending == 0 }
        pairs = cheapestPairs(wanted)
      }
      guard !pairs.isEmpty else { break }
      var merged: [Lot] = []
      merged.reserveCapacity(lots.count - pairs.count)
      var index = 0
      while index < lots.count {
        if pairs.contains(index) {
          merged.append(merge(index...index + 1, bookedAt: bookedAt, into: &journal))
          index += 2
        } else {
          merged.append(lots[index])
          index += 1
        }
      }
      lots = merged
      if isMixed { lots.sort { [terms] in $0.isTakenBefore($1, keptUntil: terms.keptUntil) } }
    }
    close()
  }

  /// Of lots that stand side by side the pairs whose merge moves their dates least, no lot in two of them: the first
  /// lot of each.
  private func cheapestPairs(_ count: Int) -> Set<Int> {
    var candidates: [(cost: Int64, index: Int)] = []
    for index in lots.indices.dropLast() {
      guard let cost = cost(ofMerging: lots[index], lots[index + 1]) else { continue }
      candidates.append((cost, index))
    }
    candidates.sort { ($0.cost, $0.index) < ($1.cost, $1.index) }
    var pairs: Set<Int> = []
    for (_, index) in candidates where pairs.count < count {
      if !pairs.contains(index - 1), !pairs.contains(index + 1) { pairs.insert(index) }
    }
    return pairs
  }

  /// How long the oldest of their points would live, or how short the youngest of them wait: a lot that was merged
  /// before costs more, so that no lot is stretched for ever. nil: they cannot be merged, since one has waiting points
  /// and the other has not.
  private func cost(ofMerging left: Lot, _ right: Lot) -> Int64? {
    guard (left.pending > 0) == (right.pending > 0), (left.available > 0) == (right.available > 0) else { return nil }
    let (leftEnd, rightEnd) = (terms.postponedExpiry(of: left), terms.postponedExpiry(of: right))
    if left.pending > 0 {
      let releaseAt = min(left.pendingUntil ?? left.earnedAt, right.pendingUntil ?? right.earnedAt)
      guard let leftEnd, let rightEnd else {
        return max(left.earnedAt, right.earnedAt).milliseconds - releaseAt.milliseconds
      }
      return max(leftEnd, rightEnd).milliseconds - min(left.earnedAt, right.earnedAt).milliseconds
    }
    if leftEnd == rightEnd { return .min }
    return max(leftEnd ?? .distantFuture, rightEnd ?? .distantFuture).milliseconds
      - min(left.earnedAt, right.earnedAt).milliseconds
  }

  /// One lot out of several that stand side by side, told by an entry for each that gives its points away.
  private mutating func merge(_ range: ClosedRange<Int>, bookedAt: Instant, into journal: inout Journal) -> Lot {
    var whole = lots[range.upperBound]
    if !whole.isMerged { whole.id = Lot.mergedPrefix + whole.id }
    whole.pending = 0
    whole.available = 0
    for lot in lots[range] {
      whole.pending += lot.pending
      whole.available += lot.available
      // By this the next merge sees how far the dates have been moved.
      if whole.expiresAt != nil { whole.earnedAt = min(whole.earnedAt, lot.earnedAt) }
      whole.pendingUntil = lot.pendingUntil.flatMap { own in whole.pendingUntil.map { min(own, $0) } }
      whole.expiresAt = lot.expiresAt.flatMap { own in whole.expiresAt.map { max(own, $0) } }
      whole.latestExpiry = lot.latestExpiry.flatMap { own in whole.latestExpiry.map { max(own, $0) } }
    }
    for lot in lots[range] where lot.id != whole.id {
      let cause = Cause(
        idPrefix: Cause.idPrefix(programId, "merge", memberId, String(sequence + 1)), id: lot.id, occurredAt: clock,
        programVersion: whole.programVersion)
      withBooking(cause, bookedAt: bookedAt, into: &journal) { $0.tellMerge(into: whole, in: &$1) }
    }
    return whole
  }

  /// The lot that holds what is left of an award: its own, or the one that its own was merged into.
  func ownLot(of record: some AwardHolder) -> Int? {
    let lotId = record.lotId
    if let own = lots.firstIndex(where: { $0.id == lotId }) { return own }
    return lots.firstIndex { lot in
      guard lot.isMerged else { return false }
      guard let expiresAt = lot.expiresAt else { return true }
      return record.expiresAt.map { $0 <= expiresAt } ?? false
    }
  }
}

extension Lot {
  fileprivate static let mergedPrefix = ":merged:"

  /// Whether it holds what several lots held before.
  var isMerged: Bool { id.hasPrefix(Lot.mergedPrefix) }
}
