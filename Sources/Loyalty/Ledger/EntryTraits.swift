/// What there is to know of a type of entries: one row of the table below.
package struct EntryTraits: Equatable, Sendable {
  /// The account that points come from which it gives to the member; nil: it gives none.
  package var gives: LedgerAccount?
  /// The account that points go to which it takes from the member; nil: it takes none.
  package var takes: LedgerAccount?
  /// What it tells of the account as a whole.
  package var tells: Change?
  /// Told on the ledger topic because something asked for was not done.
  package var isRefusal = false
  /// A rule or factor decided it, and arithmetic explains it; of refusals those that name a limit.
  package var isAward = false
  /// Where points expire by inactivity, it postpones all lots.
  package var postponesLots = false
  /// It may open a lot that was earned at another time than the entry's own.
  package var reopensLots = false
  /// It takes what all lots together hold, and names none.
  package var sweepsLots = false
  package var transfer: TransferSide?

  package enum Change: Sendable {
    case frozen, unfrozen, closed
    /// An adjustment waits for another person.
    case proposed
    /// What the lot `cause` held lies in `lotId` now.
    case lotsMerged
  }

  /// What it is to the transfer that `cause` names.
  package enum TransferSide: Sendable {
    /// By its sender, to its recipient, and to the sender again.
    case given, received, returned
  }

  package var movesNothing: Bool { gives == nil && takes == nil }
}

extension EntryType {
  /// The table of all types. Whoever books, audits or explains entries asks it and not for the types one by one.
  package var traits: EntryTraits {
    switch self {
    case .pointsEarned: EntryTraits(gives: .programIssued, isAward: true, postponesLots: true)
    case .pointsReduced: EntryTraits(takes: .programIssued, isAward: true)
    case .pointsReleased: EntryTraits(gives: .memberPending)
    case .pointsExpired: EntryTraits(takes: .programExpired)
    case .pointsReversed: EntryTraits(takes: .programReversed)
    case .pointsRedeemed: EntryTraits(takes: .programRedeemed, postponesLots: true)
    case .redemptionCancelled: EntryTraits(gives: .programRedeemed, reopensLots: true)
    case .pointsAdjusted: EntryTraits(gives: .programIssued, takes: .programAdjusted)
    case .pointsCorrected: EntryTraits(gives: .programIssued, takes: .programIssued, isAward: true)
    case .pointsForfeited: EntryTraits(gives: .programExpired, takes: .programExpired, sweepsLots: true)
    case .transferredOut: EntryTraits(takes: .programTransfer, transfer: .given)
    case .transferredIn: EntryTraits(gives: .programTransfer, reopensLots: true, transfer: .received)
    case .transferReturned: EntryTraits(gives: .programTransfer, reopensLots: true, transfer: .returned)
    case .adjustmentProposed: EntryTraits(tells: .proposed)
    case .lotsMerged: EntryTraits(tells: .lotsMerged)
    case .memberFrozen: EntryTraits(tells: .frozen)
    case .memberUnfrozen: EntryTraits(tells: .unfrozen)
    case .memberClosed: EntryTraits(tells: .closed)
    case .redemptionRefused, .redemptionCancelRefused, .adjustmentRefused, .approvalRefused, .declineRefused,
      .transferRefused:
      EntryTraits(isRefusal: true)
    case .earningRefused: EntryTraits(isRefusal: true, isAward: true)
    case .standingRefused, .returnRefused: EntryTraits(isRefusal: true)
    }
  }
}
