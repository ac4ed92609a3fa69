/// Earning by what is no purchase.
extension Account {
  /// Rates an activity under the version in force when it occurred and books what it earns into a lot of its own; says
  /// how much that was. The caller has made sure that this activity was not booked before.
  package mutating func book(
    _ activity: Activity, under program: Program, traits: MemberTraits?, rooms: inout CampaignRooms, bookedAt: Instant,
    into journal: inout Journal
  ) -> Points {
    settle(upTo: activity.occurredAt, bookedAt: bookedAt, into: &journal)
    let cause = Cause(activity: activity, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    guard !terms.standing.isClosed(at: activity.occurredAt) else {
      refuse(.earningRefused, .accountClosed, cause: cause, into: &journal)
      return 0
    }
    let member = MemberFacts(level: tierLevel(at: activity.occurredAt), traits: traits)
    let award = program.rate(activity, member, counters: &counters, rooms: &rooms)
    let lot = Lot(
      id: activity.lotId, earnedAt: activity.occurredAt,
      pendingUntil: program.pendingUntil(earnedAt: activity.occurredAt),
      expiresAt: program.expiresAt(earnedAt: activity.occurredAt), programVersion: program.version)
    post(award, lot: lot, under: program, cause: cause, into: &journal)
    for line in award.lines where line.award.deferred > 0 { journal.noteDeferral(line, of: lot) }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    return award.points
  }
}
