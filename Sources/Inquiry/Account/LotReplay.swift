import Loyalty

/// The open lots of one account, as its ledger entries make them.
struct LotReplay {
  struct Holding: Equatable {
    var pending: Points = 0
    var available: Points = 0
    var earnedAt: Instant
    /// Until when `pending` stays so; nil where nothing is known of it.
    var pendingUntil: Instant?
    /// nil: never expires.
    var expiresAt: Instant?
    var latestExpiry: Instant?

    var isEmpty: Bool { pending == 0 && available == 0 }
  }

  private(set) var lots: [String: Holding] = [:]
  /// What the entries say of all lots together.
  private(set) var terms = LotTerms()

  var pending: Points { lots.values.reduce(0) { $0.addingBounded($1.pending) } }
  var available: Points { lots.values.reduce(0) { $0.addingBounded($1.available) } }

  /// What the account's statement must say of them.
  var releases: [Due] {
    next(AccountStatement.releasesMax) { ($0.pending, terms.release(of: $0)) }
  }
  var expiries: [Due] {
    next(AccountStatement.expiriesMax) { ($0.pending + $0.available, terms.expiry(of: $0)) }
  }

  /// In the order debits take them, each with the expiry it has by now.
  var inOrder: [Lot] {
    asLots.sorted { $0.isTakenBefore($1, keptUntil: terms.keptUntil) }.map { lot in
      var lot = lot
      lot.expiresAt = terms.expiry(of: lot)
      return lot
    }
  }

  private var asLots: [Lot] {
    lots.map { id, holding in
      Lot(
        id: id, pending: holding.pending, available: holding.available, earnedAt: holding.earnedAt,
        pendingUntil: holding.pendingUntil, expiresAt: holding.expiresAt, latestExpiry: holding.latestExpiry)
    }
  }

  /// Moves an entry's points by the rules of `Account`: what becomes available repays a debt before it fills its lot.
  /// Says whether the lots held what the entry takes. Sums are bounded: anybody may have written the entries.
  ///
  /// - Parameter owed: what the member owed before the entry.
  mutating func book(_ entry: LedgerEntry, owed: Points) -> Bool {
    if entry.type.traits.sweepsLots {
      forfeit(entry.debit)
      return true
    }
    if let keptUntil = entry.keptUntil { terms.keptUntil = max(keptUntil, terms.keptUntil ?? keptUntil) }
    guard let id = entry.lotId else { return true }
    var lot = lots[id] ?? Holding(earnedAt: entry.earnedAt ?? entry.occurredAt)
    if entry.debit == .memberPending { lot.pending = lot.pending.addingBounded(-entry.points) }
    if entry.debit == .memberAvailable { lot.available = lot.available.addingBounded(-entry.points) }
    if entry.credit == .memberPending { lot.pending = lot.pending.addingBounded(entry.points) }
    if entry.credit == .memberAvailable {
      lot.available = lot.available.addingBounded(entry.points - min(entry.points, owed))
    }
    lot.pendingUntil = entry.pendingUntil ?? lot.pendingUntil
    lot.expiresAt = entry.expiresAt ?? lot.expiresAt
    lot.latestExpiry = entry.latestExpiry ?? lot.latestExpiry
    lots[id] = lot.isEmpty ? nil : lot
    return lot.pending >= 0 && lot.available >= 0
  }

  /// An entry that moves nothing may change how the account stands.
  mutating func note(_ entry: LedgerEntry) {
    switch entry.type.traits.tells {
    case .frozen: terms.standing = .frozen(since: entry.occurredAt)
    case .unfrozen: terms.standing = .active
    case .closed:
      terms.standing = .closed(since: entry.occurredAt, endsAt: entry.expiresAt ?? entry.occurredAt)
    case .lotsMerged: merge(entry)
    case .proposed, nil: break
    }
  }

  private mutating func merge(_ entry: LedgerEntry) {
    guard let id = entry.lotId, let part = lots.removeValue(forKey: entry.cause) else { return }
    var whole = lots[id] ?? Holding(earnedAt: part.earnedAt)
    whole.pending = whole.pending.addingBounded(part.pending)
    whole.available = whole.available.addingBounded(part.available)
    whole.earnedAt = entry.earnedAt ?? whole.earnedAt
    whole.pendingUntil = entry.pendingUntil
    whole.expiresAt = entry.expiresAt
    whole.latestExpiry = entry.latestExpiry
    lots[id] = whole
  }

  private mutating func forfeit(_ debit: LedgerAccount?) {
    for (id, lot) in lots {
      var left = lot
      if debit == .memberPending { left.pending = 0 }
      if debit == .memberAvailable { left.available = 0 }
      lots[id] = left.isEmpty ? nil : left
    }
  }

  private func next(_ countMax: Int, _ due: (Lot) -> (Points, Instant?)) -> [Due] {
    var next = DueList(countMax: countMax)
    for lot in asLots {
      let (points, at) = due(lot)
      next.add(points, at: at)
    }
    return next.dues
  }
}
