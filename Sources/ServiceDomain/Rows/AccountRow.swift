import Loyalty
import StreamRuntime

/// A row of the store `accounts`: an account as the domain knows it, looked at again when something of it is due.
extension Account: StoreRow {
  /// From format 5 on waiting returns keep names of lines, and what of a refund is shipping and tax; lots tell until
  /// when at most activity keeps them; the tier keeps what leaves the window when.
  package static let format: UInt8 = 5
  package static let formatsRead: ClosedRange<UInt8> = 4...5

  package var dueMs: Int64? {
    guard let review = purchaseReview?.milliseconds else { return nextDue?.milliseconds }
    return min(review, nextDue?.milliseconds ?? review)
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.string(programId)
    row.int(sequence)
    row.points(totals.issued)
    row.points(totals.pending)
    row.points(totals.available)
    row.points(totals.redeemed)
    row.points(totals.expired)
    row.points(totals.reversed)
    row.points(totals.adjusted)
    row.points(totals.transferred)
    row.instant(clock)
    row.optionalInstant(nextDue)
    row.optionalInstant(purchaseReview)
    row.points(shortfall)
    terms.encode(to: row)
    sent.encode(to: row)
    row.list(tier.map { [$0] } ?? []) { $0.encode(to: row) }
    row.list(lots) { $0.encode(to: row) }
    row.list(tierHistory) {
      row.string($0.level)
      row.instant($0.since)
    }
    counters.encode(to: row)
    row.list(waitingReturns) { $0.encode(to: row, tellsParts: row.format >= 5) }
    if row.format >= 5 { encodeLatestExpiries(to: row) }
  }

  /// By their place among the lots: most programmes have none.
  private func encodeLatestExpiries(to row: RowEncoder) {
    row.list(lots.indices.filter { lots[$0].latestExpiry != nil }) {
      row.int($0)
      row.optionalInstant(lots[$0].latestExpiry, after: lots[$0].earnedAt)
    }
  }

  private mutating func readLatestExpiries(from row: inout RowDecoder) throws {
    let known = lots
    let latest = try row.list { row in
      let place = Int(try row.int())
      guard known.indices.contains(place) else { throw RowFormatError("a lot that is not there") }
      return (place: place, at: try row.optionalInstant(after: known[place].earnedAt))
    }
    for each in latest { lots[each.place].latestExpiry = each.at }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(memberId: try row.string(), programId: try row.string())
    sequence = try row.count()
    totals.issued = try row.points()
    totals.pending = try row.points()
    totals.available = try row.points()
    totals.redeemed = try row.points()
    totals.expired = try row.points()
    totals.reversed = try row.points()
    totals.adjusted = try row.points()
    totals.transferred = try row.points()
    clock = try row.instant()
    nextDue = try row.optionalInstant()
    purchaseReview = try row.optionalInstant()
    shortfall = try row.points()
    terms = try LotTerms(from: &row)
    sent = try SentPoints(from: &row)
    tier = try row.list { try TierStanding(from: &$0) }.first
    lots = try row.list { try Lot(from: &$0) }
    tierHistory = try row.list { TierStep(level: try $0.string(), since: try $0.instant()) }
    counters = try EarningCounters(from: &row)
    waitingReturns = try row.list { try WaitingReturn(from: &$0, tellsParts: $0.format >= 5) }
    if row.format >= 5 { try readLatestExpiries(from: &row) }
    try check(row.format)
  }
}

extension Account {
  /// Every operation on an account ends with these two asserted: one that does not hold them is damaged.
  fileprivate func check(_ format: UInt8) throws {
    let parts = [
      totals.pending, totals.available, totals.redeemed, totals.expired, totals.reversed, totals.adjusted,
      totals.transferred,
    ]
    guard parts.reduce(0, { $0.addingBounded($1) }) == totals.issued else {
      throw RowFormatError("the ledger of an account does not balance")
    }
    // Golden rows of format 4 show each field, and no account.
    guard format >= 5 else { return }
    var pending = Points.zero
    var available = Points.zero
    for lot in lots {
      guard lot.pending >= 0, lot.available >= 0 else { throw RowFormatError("a lot that holds less than nothing") }
      pending = pending.addingBounded(lot.pending)
      available = available.addingBounded(lot.available)
    }
    guard pending == totals.pending, available == max(0, totals.available) else {
      throw RowFormatError("lots and balances of an account differ")
    }
  }
}

extension Lot {
  fileprivate func encode(to row: RowEncoder) {
    row.string(id)
    row.points(pending)
    row.points(available)
    row.instant(earnedAt)
    row.optionalInstant(pendingUntil, after: earnedAt)
    row.optionalInstant(expiresAt, after: earnedAt)
    row.int(programVersion)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(
      id: try row.string(), pending: try row.points(), available: try row.points(), earnedAt: try row.instant())
    pendingUntil = try row.optionalInstant(after: earnedAt)
    expiresAt = try row.optionalInstant(after: earnedAt)
    programVersion = Int(try row.int())
  }
}
