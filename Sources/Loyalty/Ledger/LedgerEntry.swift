/// The accounts of the points ledger; every entry moves points from one to another, so that at all times
/// `issued = pending + available + redeemed + expired + reversed + adjusted + in transfer`.
package enum LedgerAccount: String, Sendable, CaseIterable {
  case programIssued = "program:issued"
  case memberPending = "member:pending"
  case memberAvailable = "member:available"
  case programRedeemed = "program:redeemed"
  case programExpired = "program:expired"
  case programReversed = "program:reversed"
  case programAdjusted = "program:adjusted"
  case programTransfer = "program:transfer"
}

package enum EntryType: String, Sendable, CaseIterable {
  case pointsEarned = "points.earned"
  /// A factor below 1 took off some of what a purchase earned.
  case pointsReduced = "points.reduced"
  case pointsReleased = "points.released"
  case pointsExpired = "points.expired"
  case pointsReversed = "points.reversed"
  case pointsRedeemed = "points.redeemed"
  case redemptionCancelled = "points.redemption-cancelled"
  case pointsAdjusted = "points.adjusted"
  /// A tier change that became known late changed what a purchase earns.
  case pointsCorrected = "points.corrected"
  /// What was left when the member asked to be forgotten.
  case pointsForfeited = "points.forfeited"
  /// Given to another member; on their side received; or come back from one who cannot have them.
  case transferredOut = "points.transferred-out"
  case transferredIn = "points.transferred-in"
  case transferReturned = "points.transfer-returned"
  /// An account had too many lots: what the lot `cause` held lies in `lotId` now. Moves nothing between accounts.
  case lotsMerged = "lots.merged"
  /// Of the account as a whole; they move nothing.
  case memberFrozen = "member.frozen"
  case memberUnfrozen = "member.unfrozen"
  case memberClosed = "member.closed"
  case redemptionRefused = "points.redemption-refused"
  case redemptionCancelRefused = "points.redemption-cancel-refused"
  case adjustmentRefused = "points.adjustment-refused"
  case transferRefused = "points.transfer-refused"
  /// A purchase at an account that was closed; or, with `rule` and `capped`, what a limit left nothing of.
  case earningRefused = "points.earning-refused"
  /// A freeze, unfreeze or close that cannot be.
  case standingRefused = "member.standing-refused"
  case returnRefused = "return.refused"

  /// Refusals are told on the ledger topic but move nothing.
  package var isRefusal: Bool {
    switch self {
    case .redemptionRefused, .redemptionCancelRefused, .adjustmentRefused, .returnRefused, .transferRefused,
      .earningRefused, .standingRefused:
      true
    default: false
    }
  }

  /// Refusals, and what happens to an account as a whole.
  package var movesNothing: Bool {
    switch self {
    case .memberFrozen, .memberUnfrozen, .memberClosed, .lotsMerged: true
    default: isRefusal
    }
  }

  /// Whether it postpones all lots where points expire by inactivity.
  var isActivity: Bool { self == .pointsEarned || self == .pointsRedeemed }

  /// Whether it may open a lot that was earned at another time than the entry's own.
  var reopensLots: Bool { self == .redemptionCancelled || self == .transferredIn || self == .transferReturned }
}

/// What a member holds: points still pending, and points to spend (negative while the member owes).
package struct Balances: Hashable, Sendable {
  package var pending: Points
  package var available: Points

  package init(pending: Points = 0, available: Points = 0) {
    self.pending = pending
    self.available = available
  }
}

/// One movement of points from `debit` to `credit`, or a refusal that moves none.
package struct LedgerEntry: Equatable, Sendable {
  /// Derived from the cause, so that the same input gives the same id.
  package var id: String
  package var type: EntryType
  package var memberId: String
  package var programId: String
  /// 1, 2, 3 … per member and programme.
  package var sequence: Int64
  /// Positive; 0 for refusals, and for a reversal that found nothing to take (all of it is `shortfall`).
  package var points: Points
  /// nil for refusals, as is `credit`.
  package var debit: LedgerAccount?
  package var credit: LedgerAccount?
  package var lotId: String?
  /// On entries that put points into a lot: until when those of it that are pending stay so.
  package var pendingUntil: Instant?
  /// On entries that put points into a lot: when it expires. When an account was closed: when what is left does.
  package var expiresAt: Instant?
  /// On entries that put points back into a lot, or into another member's: when they were earned.
  package var earnedAt: Instant?
  /// Where points expire by inactivity, on earning and redeeming: from here on no lot that expires does so before.
  package var keptUntil: Instant?
  /// The other member of a transfer.
  package var counterparty: String?
  /// The id of the purchase, return, command or timer that made this entry.
  package var cause: String
  /// The cause's source, where it has one.
  package var source: String?
  /// On what a return reverses: the purchase that had earned it, as `<source>:<id>`, whatever lot gives the points.
  package var purchase: String?
  package var rule: String?
  /// On entries that a rule or factor gave: what it worked on.
  package var basis: Basis?
  /// The member's level where the tier's factor or a condition on the tier decided.
  package var tier: String?
  /// The limit that cut these points.
  package var capped: Cap?
  package var actor: String?
  /// For refusals a stable code; for commands what the actor wrote.
  package var reason: String?
  /// Points that should have been taken but were not there.
  package var shortfall: Points
  package var occurredAt: Instant
  package var bookedAt: Instant
  package var programVersion: Int
  package var balances: Balances
  /// This is entry `bookingEntry` (from 1) of the `bookingOf` entries that its cause made at once.
  package var bookingEntry: Int
  package var bookingOf: Int

  package init(
    id: String, type: EntryType, memberId: String, programId: String, sequence: Int64, points: Points,
    debit: LedgerAccount? = nil, credit: LedgerAccount? = nil, lotId: String? = nil,
    pendingUntil: Instant? = nil, expiresAt: Instant? = nil, earnedAt: Instant? = nil, keptUntil: Instant? = nil,
    counterparty: String? = nil, cause: String,
    source: String? = nil, purchase: String? = nil, rule: String? = nil, basis: Basis? = nil, tier: String? = nil,
    capped: Cap? = nil, actor: String? = nil, reason: String? = nil, shortfall: Points = 0,
    occurredAt: Instant, bookedAt: Instant, programVersion: Int, balances: Balances, bookingEntry: Int = 1,
    bookingOf: Int = 1
  ) {
    self.id = id
    self.type = type
    self.memberId = memberId
    self.programId = programId
    self.sequence = sequence
    self.points = points
    self.debit = debit
    self.credit = credit
    self.lotId = lotId
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
    self.earnedAt = earnedAt
    self.keptUntil = keptUntil
    self.counterparty = counterparty
    self.cause = cause
    self.source = source
    self.purchase = purchase
    self.rule = rule
    self.basis = basis
    self.tier = tier
    self.capped = capped
    self.actor = actor
    self.reason = reason
    self.shortfall = shortfall
    self.occurredAt = occurredAt
    self.bookedAt = bookedAt
    self.programVersion = programVersion
    self.balances = balances
    self.bookingEntry = bookingEntry
    self.bookingOf = bookingOf
  }
}
