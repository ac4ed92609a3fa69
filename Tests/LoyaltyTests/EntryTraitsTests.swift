import Loyalty
import TestValues
import Testing

/// The table of entry types, held against what is booked: every entry that a `Shop` books is looked up in it.
@Suite(.timeLimit(.minutes(10))) struct EntryTraitsTests {
  @Test func aTypeThatMovesNothingRefusesOrTells() {
    for type in EntryType.allCases {
      let traits = type.traits
      #expect(traits.movesNothing == (traits.isRefusal || traits.tells != nil), "\(type.rawValue)")
      #expect(!(traits.isRefusal && traits.tells != nil), "\(type.rawValue)")
    }
  }

  @Test func refusalsAreNamedSo() {
    for type in EntryType.allCases {
      #expect(type.traits.isRefusal == type.rawValue.hasSuffix("refused"), "\(type.rawValue)")
    }
  }

  @Test func anEntryThatMovesOtherwiseIsFound() {
    #expect(entry(.pointsRedeemed, 5, from: .memberAvailable, to: .programRedeemed).problem == nil)
    #expect(entry(.pointsRedeemed, 5, from: .memberAvailable, to: .programExpired).problem != nil)
    #expect(entry(.pointsEarned, 5, from: .programReversed, to: .memberPending).problem != nil)
    #expect(entry(.pointsReleased, 5, from: .programIssued, to: .memberAvailable).problem != nil)
    #expect(entry(.memberFrozen, 0, from: .programIssued, to: .memberAvailable).problem != nil)
    #expect(entry(.returnRefused, 0, from: nil, to: nil).problem == nil)
  }

  private func entry(_ type: EntryType, _ points: Points, from debit: LedgerAccount?, to credit: LedgerAccount?)
    -> LedgerEntry
  {
    LedgerEntry(
      id: "E", type: type, memberId: "M-1", programId: "club", sequence: 1, points: points, debit: debit,
      credit: credit, cause: "C", occurredAt: time("2026-01-01"), bookedAt: time("2026-01-01"), programVersion: 1,
      balances: Balances())
  }
}

extension LedgerEntry {
  /// Where it moves otherwise than the table has its type do.
  var problem: String? {
    let name = "\(type.rawValue) from \(debit?.rawValue ?? "nothing") to \(credit?.rawValue ?? "nothing")"
    guard let debit, let credit else {
      return type.traits.movesNothing && self.debit == nil && self.credit == nil && points == 0 ? nil : name
    }
    return isInTheTable(debit, credit) ? nil : name
  }

  private func isInTheTable(_ debit: LedgerAccount, _ credit: LedgerAccount) -> Bool {
    let (gives, takes) = (type.traits.gives, type.traits.takes)
    switch (debit.isTheMembers, credit.isTheMembers) {
    case (true, true), (false, true):
      // A correction may lessen what returns took back.
      return debit == gives || type == .pointsCorrected && debit == .programReversed
    case (true, false): return credit == takes
    // What ran out before is taken back all the same; a transfer comes back to a member who is no more.
    case (false, false):
      return debit == .programExpired && credit == takes || type == .transferReturned && credit == .programExpired
    }
  }
}

extension LedgerAccount {
  fileprivate var isTheMembers: Bool { self == .memberPending || self == .memberAvailable }
}
