import Loyalty
import ServiceDomain
import StreamRuntime

/// The account right after a booking, as its last entry tells.
package struct AccountAfter: Equatable, Sendable {
  /// What could be spent; below 0 while the member owes.
  package var available: Points
  /// Of an account that is not active nothing can be spent, whatever is there.
  package var status: Standing.Name

  package init(available: Points, status: Standing.Name = .active) {
    self.available = available
    self.status = status
  }

  init(_ entry: LedgerEntry) {
    self.init(available: entry.balances.available, status: entry.accountStatus ?? .active)
  }
}

/// What one booking gave, as its entries tell.
package struct EarnedPoints: Equatable, Sendable {
  /// Below 0 where a factor took off more than the rules gave.
  package var points: Points
  package var after: AccountAfter
  /// Else by an activity, such as joining.
  package var byPurchase: Bool
  /// nil: a release that did not keep them has begun the message.
  package var terms: Terms?

  /// Of the lot that they lie in.
  package struct Terms: Equatable, Sendable {
    package var arePending: Bool
    /// When they can be used; nil for pending ones while a freeze holds them back.
    package var pendingUntil: Instant?
    /// When they are gone; nil: never.
    package var expiresAt: Instant?

    package init(arePending: Bool, pendingUntil: Instant? = nil, expiresAt: Instant? = nil) {
      self.arePending = arePending
      self.pendingUntil = pendingUntil
      self.expiresAt = expiresAt
    }
  }

  package init(points: Points, after: AccountAfter, byPurchase: Bool, terms: Terms?) {
    self.points = points
    self.after = after
    self.byPurchase = byPurchase
    self.terms = terms
  }

  /// An entry `points.earned` or `points.reduced`. What a factor took off says nothing of the lot's terms.
  init(_ entry: LedgerEntry) {
    points = entry.type == .pointsReduced ? -entry.points : entry.points
    after = AccountAfter(entry)
    byPurchase = entry.lotId.flatMap(Lot.purchase(of:)) != nil
    guard entry.type == .pointsEarned else { return }
    let arePending = entry.credit == .memberPending
    // Points never expire before they are released.
    let expiresAt = entry.expiresAt.map { max($0, entry.pendingUntil ?? $0) }
    terms = Terms(arePending: arePending, pendingUntil: entry.pendingUntil, expiresAt: expiresAt)
    // A release that did not tell the account's status told this of a frozen one alone.
    if arePending, entry.pendingUntil == nil, entry.accountStatus == nil { after.status = .frozen }
  }

  /// Takes in a later entry of the same booking, which lies in the same lot.
  mutating func add(_ entry: LedgerEntry) {
    let more = EarnedPoints(entry)
    points = points.addingBounded(more.points)
    after = more.after
    terms = more.terms ?? terms
  }

  /// How many of them made up for what the member owed before.
  package var repaid: Points {
    guard let terms, !terms.arePending else { return 0 }
    return max(0, min(points, points - after.available))
  }
}

// MARK: Rows

extension AccountAfter {
  func encode(to row: RowEncoder) {
    row.int(available.value)
    row.string(status.rawValue)
  }

  /// Before format 2 the account's status was not kept.
  init(from row: inout RowDecoder) throws {
    available = try row.points()
    guard row.format >= 2 else {
      status = .active
      return
    }
    let word = try row.string()
    guard let known = Standing.Name(rawValue: word) else { throw RowFormatError("an account that is \(word)") }
    status = known
  }
}

extension EarnedPoints {
  func encode(to row: RowEncoder) {
    row.int(points.value)
    after.encode(to: row)
    row.bool(byPurchase)
    row.bool(terms != nil)
    guard let terms else { return }
    row.bool(terms.arePending)
    row.optionalInstant(terms.pendingUntil)
    row.optionalInstant(terms.expiresAt)
  }

  /// Before format 2 it was kept whether they are pending, and not until when.
  init(from row: inout RowDecoder) throws {
    points = try row.points()
    after = try AccountAfter(from: &row)
    let flag = try row.bool()
    guard row.format >= 2 else {
      byPurchase = false
      return
    }
    byPurchase = flag
    guard try row.bool() else { return }
    terms = Terms(
      arePending: try row.bool(), pendingUntil: try row.optionalInstant(), expiresAt: try row.optionalInstant())
  }
}
