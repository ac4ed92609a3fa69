/// What becomes known late of an award that was booked: a tier's level, or what a campaign's budget gave.
extension Account {
  /// Books by how much an award is another than it was, a line for each rule, and what refunds take back of it beyond
  /// what they took: `reversedMore`, or less where that is below 0.
  mutating func correct(
    _ record: inout some AwardHolder, by differences: [AwardLine], reversing reversedMore: Points = 0,
    under program: Program, in booking: inout Booking
  ) {
    let lot = record.emptyLot(under: program)
    for line in differences where line.award.points > 0 { give(line, to: lot, in: &booking) }
    if reversedMore < 0 {
      let back = AwardLine(award: RuleAward(rule: Account.returnRule, points: -reversedMore))
      give(back, to: lot, from: .programReversed, in: &booking)
    }
    for line in differences where line.award.points < 0 {
      takeBack(
        -line.award.points, from: &record, as: .pointsCorrected, line: line, under: program, in: &booking)
    }
    reverse(reversedMore, of: &record, under: program, in: &booking)
    expireWhatRanOut(of: &record, lot, in: &booking)
    for line in differences where line.award.deferred > 0 {
      booking.journal.noteDeferral(line, of: lot)
    }
  }

  /// Puts corrected points where the award's own stand: pending while they are.
  private mutating func give(
    _ line: AwardLine, to lot: Lot, from debit: LedgerAccount? = nil, in booking: inout Booking
  ) {
    let isPending = terms.standing.isFrozen || lot.pendingUntil.map { $0 > clock } ?? false
    give(
      line.award.points, to: lot, isPending ? .pending : .available, as: .pointsCorrected, from: debit,
      line: line, in: &booking)
  }

  /// Points that are booked late into a lot whose time is over are over as well.
  private mutating func expireWhatRanOut(of record: inout some AwardHolder, _ lot: Lot, in booking: inout Booking) {
    if let expiresAt = terms.postponedExpiry(of: lot), expiresAt <= clock,
      let index = lots.firstIndex(where: { $0.id == lot.id }), lots[index].pending == 0
    {
      record.expired += expire(lotAt: index, in: &booking)
    }
  }
}
