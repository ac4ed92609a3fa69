/// Tier changes, which may become known long after the purchases they concern.
///
/// What a purchase is granted in the end, under each rule and in all, does not depend on when the change became known.
/// How the points left are spread over lots may: a redemption that came in between took later lots for points that the
/// corrected one was going to have, and their sum alone is the same as if the change had been known, or less where the
/// corrected lot has run out since. It is not taken apart again, for two reasons. The ledger has told the member which
/// points it took and when the rest expires, and a correction that moves expiries is worse to explain than one that
/// adds points. And no rule could make the books equal whatever the order: a redemption that was refused for points not
/// known yet stays refused. So an answer once given stands, and a correction touches the purchase's own points alone.
extension Account {
  /// Notes a tier change and books, for every purchase and activity that occurred while the level was held, the
  /// difference between what it was given and what it should have been.
  ///
  /// `records` are the purchases and activities remembered of this account, or at least those from `change.since` on;
  /// `version` finds the programme's version that rated them. Says which of them changed. Applying the same change
  /// again books nothing.
  package mutating func note(
    _ change: TierChange, records: inout RatedRecords, version: (Int) -> Program?, bookedAt: Instant,
    into journal: inout Journal
  ) -> RatedRecords.Changed {
    let next = insertTierStep(TierStep(level: change.level, since: change.since))
    let again = RatingAgain(records, from: change.since, until: next, version: version)
    again.unwind(&counters, records)
    var changed = RatedRecords.Changed()
    for (item, program) in again.order {
      // What a rule counts may change where its points do not.
      switch item {
      case .purchase(let index):
        let before = records.purchases[index]
        let level = tierLevel(at: before.occurredAt)
        guard let award = again.rate(before, under: program, level: level, counters: &counters) else { continue }
        correct(&records.purchases[index], to: award, change, under: program, bookedAt: bookedAt, into: &journal)
        if records.purchases[index] != before { changed.purchases.append(index) }
      case .activity(let index):
        let before = records.activities[index]
        let level = tierLevel(at: before.occurredAt)
        let award = again.rate(before, under: program, level: level, counters: &counters)
        correct(&records.activities[index], to: award, change, under: program, bookedAt: bookedAt, into: &journal)
        if records.activities[index] != before { changed.activities.append(index) }
      }
    }
    return changed
  }

  /// Whether this very change is known already, so that noting it again would book nothing.
  package func knows(_ change: TierChange) -> Bool {
    tierHistory.contains { $0.since == change.since && $0.level == change.level }
  }

  /// The instant from which the next known level holds, if there is one.
  private mutating func insertTierStep(_ step: TierStep) -> Instant? {
    let position = tierHistory.firstIndex { $0.since >= step.since } ?? tierHistory.count
    if position < tierHistory.count, tierHistory[position].since == step.since {
      tierHistory[position] = step
    } else {
      tierHistory.insert(step, at: position)
    }
    let next = position + 1 < tierHistory.count ? tierHistory[position + 1].since : nil
    if tierHistory.count > Account.tierStepsMax { forgetTierSteps(tierHistory.count - Account.tierStepsMax + 1) }
    return next
  }

  /// Books the difference between what a purchase was granted and what it is granted now, rule by rule.
  private mutating func correct(
    _ record: inout PurchaseRecord, to award: Award, _ change: TierChange, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) {
    let differences = record.awards.takeOver(award)
    record.visitRules = award.visitRules
    record.thresholds = award.thresholds
    record.counts = award.counts
    rejudgeBonuses(of: &record, after: .init(change, of: record), under: program, into: &journal)
    let reversedMore = record.reversalDue(under: program) - record.reversed
    guard !differences.isEmpty || reversedMore != 0 else { return }
    record.reversed += reversedMore
    let idPrefix = Cause.idPrefix(
      programId, "tier", String(change.since.milliseconds), change.level, record.source, record.purchaseId)
    amend(Cause(idPrefix: idPrefix, of: record), bookedAt: bookedAt, into: &journal) {
      $0.correct(&record, by: differences, reversing: reversedMore, under: program, in: &$1)
    }
  }

  /// The same for an activity, which nothing takes back.
  private mutating func correct(
    _ record: inout ActivityRecord, to award: Award, _ change: TierChange, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    let differences = record.awards.takeOver(award)
    record.timesRules = award.timesRules + award.counts.map(\.scope)
    guard !differences.isEmpty else { return }
    let idPrefix = Cause.idPrefix(
      programId, "tier", String(change.since.milliseconds), change.level, "activity",
      String(joining: memberId, record.source, record.activityId, by: "/"))
    amend(Cause(idPrefix: idPrefix, of: record), bookedAt: bookedAt, into: &journal) {
      $0.correct(&record, by: differences, under: program, in: &$1)
    }
  }
}

extension LostBonus.Event {
  fileprivate init(_ change: TierChange, of record: PurchaseRecord) {
    self.init(
      source: record.source, id: "\(record.purchaseId)@\(change.level)@\(change.since.milliseconds)",
      occurredAt: record.occurredAt)
  }
}
