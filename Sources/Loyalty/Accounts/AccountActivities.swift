/// Earning by what is no purchase.
extension Account {
  /// Rates an activity under the version in force when it occurred and books what it earns into a lot of its own. The
  /// caller has made sure that this activity was not booked before.
  package mutating func book(
    _ activity: Activity, under program: Program, traits: MemberTraits?, rooms: inout CampaignRooms, bookedAt: Instant,
    into journal: inout Journal
  ) -> ActivityRecord {
    let cause = Cause(activity: activity, programId: programId, programVersion: program.version)
    var record = operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      var record = ActivityRecord(of: activity, programVersion: program.version, after: account)
      record.pendingUntil = program.pendingUntil(earnedAt: activity.occurredAt)
      record.expiresAt = program.expiresAt(earnedAt: activity.occurredAt)
      if account.terms.standing.isClosed(at: activity.occurredAt) {
        account.refuse(.earningRefused, .accountClosed, in: &booking)
      } else if account.totals.issued.isBeyondTotal {
        account.refuse(.earningRefused, .amountOutOfRange, in: &booking)
      } else {
        account.award(activity, &record, under: program, traits: traits, rooms: &rooms, in: &booking)
      }
      return record
    }
    record.expired += journal.takeExpiry(of: record.lotId)
    return record
  }

  private mutating func award(
    _ activity: Activity, _ record: inout ActivityRecord, under program: Program, traits: MemberTraits?,
    rooms: inout CampaignRooms, in booking: inout Booking
  ) {
    let facts = ActivityFacts(of: activity, under: program, traits: traits)
    let award = program.rate(
      facts, level: tierLevel(at: activity.occurredAt), counters: &counters, rooms: &rooms)
    counters.bound(at: facts.day)
    record.awards = award.lines.map(\.award)
    record.timesRules = award.timesRules + award.counts.map(\.scope)
    if program.asksForActivitiesAgain {
      record.numbers = activity.numbers
      record.answers = facts.answers(under: program)
    }
    post(award, lot: record.emptyLot(under: program), under: program, in: &booking)
  }
}

extension ActivityRecord {
  /// Of one that no rule is about, and that came after all that `account` has booked.
  package init(of activity: Activity, programVersion: Int, after account: Account) {
    self.init(
      activityId: activity.id, source: activity.source, name: activity.name, occurredAt: activity.occurredAt,
      programVersion: programVersion, afterPurchases: account.counters.purchases, afterEntries: account.sequence)
  }
}
