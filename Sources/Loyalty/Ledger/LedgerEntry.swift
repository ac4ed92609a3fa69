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
  /// On entries that put points into a lot that activity keeps, but not for ever: until when at most.
  package var latestExpiry: Instant?
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
  /// On refusals that have one: JSON path of what is at fault in the event.
  package var path: String?
  package var occurredAt: Instant
  package var bookedAt: Instant
  package var programVersion: Int
  package var balances: Balances
  /// Of the account as this was booked; nil: active, or told by a release that did not say.
  package var accountStatus: Standing.Name?
  /// This is entry `bookingEntry` (from 1) of the `bookingOf` entries that its cause made at once.
  package var bookingEntry: Int
  package var bookingOf: Int
  /// Of adjustments that take two people.
  package var approval: Approval?
}

extension LedgerEntry {
  /// By the compiler's own initializer: one that sets field after field copies the whole at its end, text by text.
  package init(
    id: String, type: EntryType, memberId: String, programId: String, sequence: Int64, points: Points,
    debit: LedgerAccount? = nil, credit: LedgerAccount? = nil, lotId: String? = nil,
    pendingUntil: Instant? = nil, expiresAt: Instant? = nil, latestExpiry: Instant? = nil, earnedAt: Instant? = nil,
    keptUntil: Instant? = nil, counterparty: String? = nil, cause: String,
    source: String? = nil, purchase: String? = nil, rule: String? = nil, basis: Basis? = nil, tier: String? = nil,
    capped: Cap? = nil, actor: String? = nil, reason: String? = nil, path: String? = nil,
    approval: Approval? = nil, shortfall: Points = 0,
    occurredAt: Instant, bookedAt: Instant, programVersion: Int, balances: Balances,
    accountStatus: Standing.Name? = nil, bookingEntry: Int = 1, bookingOf: Int = 1
  ) {
    self.init(
      id: id, type: type, memberId: memberId, programId: programId, sequence: sequence, points: points, debit: debit,
      credit: credit, lotId: lotId, pendingUntil: pendingUntil, expiresAt: expiresAt, latestExpiry: latestExpiry,
      earnedAt: earnedAt, keptUntil: keptUntil, counterparty: counterparty, cause: cause, source: source,
      purchase: purchase, rule: rule, basis: basis, tier: tier, capped: capped, actor: actor, reason: reason,
      shortfall: shortfall, path: path, occurredAt: occurredAt, bookedAt: bookedAt, programVersion: programVersion,
      balances: balances, accountStatus: accountStatus, bookingEntry: bookingEntry, bookingOf: bookingOf,
      approval: approval)
  }
}
