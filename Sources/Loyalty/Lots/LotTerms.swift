/// What an account as a whole says of when its lots are released and when they expire.
///
/// Where points expire by inactivity, an earning or redeeming activity postpones every lot: that is this one instant,
/// and no lot is written again.
package struct LotTerms: Equatable, Sendable {
  /// No lot that expires does so before; it never goes back. nil: each at its own instant.
  package var keptUntil: Instant?
  package var standing: Standing

  package init(keptUntil: Instant? = nil, standing: Standing = .active) {
    self.keptUntil = keptUntil
    self.standing = standing
  }

  /// When what a lot holds expires, as far as is known now; nil: never.
  package func expiry(of lot: Lot) -> Instant? { expiry(of: lot.dates) }

  @inline(__always)
  func expiry(of lot: Lot.Dates) -> Instant? {
    var expiresAt = postponed(lot.expiresAt, atMost: lot.latestExpiry)
    if lot.pending > 0, !standing.isFrozen, let own = expiresAt { expiresAt = max(own, lot.pendingUntil ?? own) }
    guard case .closed(_, let endsAt) = standing else { return expiresAt }
    return min(expiresAt ?? endsAt, endsAt)
  }

  /// The expiry of a lot that would run out at `expiresAt` alone, and at `latest` whatever happens.
  package func postponed(_ expiresAt: Instant?, atMost latest: Instant?) -> Instant? {
    guard let expiresAt, let keptUntil else { return expiresAt }
    let kept = max(expiresAt, keptUntil)
    return latest.map { min(kept, $0) } ?? kept
  }

  /// That of a lot as it is.
  package func postponedExpiry(of lot: Lot) -> Instant? { postponed(lot.expiresAt, atMost: lot.latestExpiry) }

  /// When the pending points of a lot become available; nil: that is not known, as while the account is frozen.
  package func release(of lot: Lot) -> Instant? {
    lot.pendingUntil == nil ? nil : releaseDue(of: lot.dates)
  }

  /// The same; a lot that only a freeze has kept pending was due when it was earned.
  @inline(__always)
  func releaseDue(of lot: Lot.Dates) -> Instant? {
    guard lot.pending > 0 else { return nil }
    let releaseAt = lot.pendingUntil ?? lot.earnedAt
    switch standing {
    case .active: return releaseAt
    case .frozen: return nil
    case .closed(_, let endsAt): return releaseAt < endsAt ? releaseAt : nil
    }
  }

  /// When a lot is released, or expires if it is not pending. Points never expire before they are released, unless the
  /// account ends; but what a lot has available does not wait for what a freeze holds back.
  @inline(__always)
  func nextDue(of lot: Lot.Dates) -> Instant? {
    if lot.pending > 0, !standing.isFrozen {
      guard case .closed(_, let endsAt) = standing else { return releaseDue(of: lot) }
      return releaseDue(of: lot) ?? endsAt
    }
    return lot.available > 0 ? expiry(of: lot) : nil
  }
}

extension Lot {
  /// What decides when it is released and when it expires. A lot that is only looked at is not copied with its id: most
  /// lots are not due, and each operation looks at all of them.
  struct Dates {
    var pending: Points
    var available: Points
    var earnedAt: Instant
    var pendingUntil: Instant?
    var expiresAt: Instant?
    var latestExpiry: Instant?
  }

  @inline(__always)
  var dates: Dates {
    Dates(
      pending: pending, available: available, earnedAt: earnedAt, pendingUntil: pendingUntil, expiresAt: expiresAt,
      latestExpiry: latestExpiry)
  }
}
