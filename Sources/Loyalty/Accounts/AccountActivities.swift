/// Earning by what is no purchase.
extension Account {
  /// Rates an activity under the version in force when it occurred and books what it earns into a lot of its own. The caller has made sure that this activity was not booked before.
  package mutating func book(
    _ activity: Activity, under program: Program, traits: MemberTraits?, rooms: inout CampaignRooms, bookedAt: Instant,
    into journal: inout Journal
  ) -> ActivityRecord {
    settle(upTo: activity.occurredAt, bookedAt: bookedAt, into: &journal)
    var record = ActivityRecord(
      activityId: activity.id, source: activity.source, name: activity.name, occurredAt: activity.occurredAt,
      programVersion: program.version, afterPurchases: counters.purchases, afterEntries: sequence,
      pendingUntil: program.pendingUntil(earnedAt: activity.occurredAt),
      expiresAt: program.expiresAt(earnedAt: activity.occurredAt))
    let cause = Cause(activity: activity, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    guard !terms.standing.isClosed(at: activity.occurredAt) else {
      refuse(.earningRefused, .accountClosed, cause: cause, into: &journal)
      return record
    }
    let facts = ActivityFacts(of: activity, under: program, traits: traits)
    let award = program.rate(
      facts, level: tierLevel(at: activity.occurredAt), counters: &counters, rooms: &rooms)
    record.awards = award.lines.map(\.award)
    record.timesRules = award.timesRules
    if program.asksForActivitiesAgain {
      record.numbers = activity.numbers
      record.answers = facts.answers(under: program)
    }
    post(award, lot: record.emptyLot, under: program, cause: cause, into: &journal)
    for line in award.lines where line.award.deferred > 0 { journal.noteDeferral(line, of: record.emptyLot) }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    record.expired += journal.takeExpiry(of: record.lotId)
    return record
  }
}
