/// How activity, time and operators move a member between tiers.
extension TierState {
  /// Judges the tier at every instant up to `instant` at which it may fall, and says what changed.
  package mutating func judge(upTo instant: Instant, under program: Program) -> [TierChange] {
    guard let scheme = program.tiers else { return [] }
    var changes: [TierChange] = []
    while let due = nextJudgement, due <= instant {
      clock = max(clock, due)
      prune(scheme, program.calendar)
      if let change = judgeOnce(at: due, under: program, scheme) {
        changes.append(change)
        noteTold(asOf: clock, program, scheme)
      }
    }
    return changes
  }

  /// nil when nothing changed that anyone could see.
  private mutating func judgeOnce(at due: Instant, under program: Program, _ scheme: TierScheme) -> TierChange? {
    let current = levelIndex(in: scheme)
    let earned = scheme.earnedIndex(by: judgedMetric(scheme, program.calendar))
    let wasPinned = pinnedUntil != nil
    pinnedUntil = nil
    let judged = earned < current && scheme.downgrade == .oneLevel && !wasPinned ? current - 1 : earned
    let reason: TierChange.Reason = judged == current ? .kept : judged > current ? .upgrade : .downgrade
    let since = judged == current ? since : due
    let previous = move(to: judged, since: since, scheme)
    if wasPinned { beginValidity(scheme, program.calendar) } else { renewValidity(scheme, program.calendar) }
    nextJudgement =
      wasPinned
      ? judgementAfterUpgrade(under: program, scheme) : judgementAfterJudgement(under: program, scheme)
    let told = change(
      reason, previous: previous, cause: "judgement/" + due.rfc3339, occurredAt: due, under: program, scheme)
    return reason == .kept && told.until == nil && !wasPinned ? nil : told
  }

  /// Counts what a purchase, an award or a return brought and says what changed, judgements due before it included. An
  /// upgrade holds from the millisecond after the event on, so the purchase that causes it earns at the old level. A
  /// return lowers the metric; whether that takes a level away before the next judgement is the programme's choice.
  package mutating func count(
    _ activity: TierActivity, occurredAt: Instant, cause: String, under program: Program
  ) -> [TierChange] {
    guard let scheme = program.tiers else { return [] }
    var changes = judge(upTo: occurredAt, under: program)
    clock = max(clock, occurredAt)
    let firstDayBefore = firstDay
    add(activity, scheme, program.calendar)
    prune(scheme, program.calendar)
    defer { noteTold(asOf: clock, program, scheme) }
    guard pinnedUntil == nil else { return changes }
    let current = levelIndex(in: scheme)
    let earned = scheme.earnedIndex(by: judgedMetric(scheme, program.calendar))
    let falls = earned < current && activity.amounts[scheme.metric] < 0 && scheme.onReversal == .rejudge
    if earned > current || falls {
      let previous = move(to: earned, since: clock.advanced(byMilliseconds: 1), scheme)
      beginValidity(scheme, program.calendar)
      nextJudgement = judgementAfterUpgrade(under: program, scheme)
      changes.append(
        change(
          falls ? .downgrade : .upgrade, previous: previous, cause: cause, occurredAt: since, under: program, scheme))
    } else if case .rolling = scheme.window {
      nextJudgement = judgementOfRollingWindow(after: clock, under: program, scheme)
    } else if case .validity = scheme.window, validFrom == nil {
      // Reached under a version with another window.
      beginValidity(scheme, program.calendar)
      nextJudgement = judgementAfterUpgrade(under: program, scheme)
    } else if scheme.window == .anniversary, firstDay != firstDayBefore, nextJudgement != nil {
      nextJudgement = judgementAfterUpgrade(under: program, scheme)
    }
    return changes
  }

  func progress(cause: String, occurredAt: Instant, under program: Program) -> TierChange? {
    guard let scheme = program.tiers else { return nil }
    let level = scheme.levels[levelIndex(in: scheme)].id
    return change(.progress, previous: level, cause: cause, occurredAt: occurredAt, under: program, scheme)
  }

  /// Sets the level by hand. It holds from the command on, or from just after the last change where that was later, and
  /// exactly until `command.until`; then what is earned is judged. The same command again changes nothing.
  package mutating func set(
    _ command: TierCommand, under program: Program
  ) -> Result<[TierChange], TierRefusal> {
    guard let scheme = program.tiers else { return .failure(.noTiers) }
    if conflicts(command, takenAs: command.id) { return .failure(.conflictingCommand) }
    guard !knows(command.id) else { return .success([]) }
    guard let index = scheme.index(of: command.level) else { return .failure(.unknownLevel) }
    guard command.until > max(command.occurredAt, clock) else { return .failure(.untilHasPassed) }
    var changes = judge(upTo: command.occurredAt, under: program)
    clock = max(clock, command.occurredAt)
    remember(command, as: command.id)
    let isSame = index == levelIndex(in: scheme)
    let since = isSame ? since : max(command.occurredAt, since.advanced(byMilliseconds: 1))
    let previous = move(to: index, since: since, scheme)
    pinnedUntil = command.until
    nextJudgement = command.until
    changes.append(
      change(
        .manual, previous: previous, cause: command.id, occurredAt: max(command.occurredAt, since), under: program,
        scheme))
    noteTold(asOf: clock, program, scheme)
    return .success(changes)
  }

  /// Gives the level before.
  private mutating func move(to index: Int, since instant: Instant, _ scheme: TierScheme) -> String {
    let previous = level ?? scheme.levels[0].id
    level = scheme.levels[index].id
    since = instant
    return previous
  }

  private func change(
    _ reason: TierChange.Reason, previous: String, cause: String, occurredAt: Instant, under program: Program,
    _ scheme: TierScheme
  ) -> TierChange {
    let index = levelIndex(in: scheme)
    let asOf = max(clock, toldAsOf)
    let window = window(at: asOf, scheme, program.calendar)
    let metric = reason == .progress ? window.counted : judgedMetric(scheme, program.calendar)
    return TierChange(
      memberId: memberId, programId: programId, level: scheme.levels[index].id, previous: previous, since: since,
      until: pinnedUntil ?? scheme.until(nextJudgement), reason: reason, measures: scheme.metric,
      metric: scheme.decimal(metric, program), next: scheme.next(after: index, running: window.counted, program),
      progress: scheme.progress(window, asOf: asOf, program), cause: cause, occurredAt: occurredAt)
  }
}

/// Why a level is not set: stable codes.
package enum TierRefusal: String, Error, Sendable, CaseIterable {
  /// The programme had no tiers at the command's time.
  case noTiers = "no-tiers"
  case unknownLevel = "unknown-level"
  /// `until` is not after the command, or the member's own time has passed it.
  case untilHasPassed = "until-has-passed"
  /// The command's id stands for another one.
  case conflictingCommand = "conflicting-command"
}

extension TierScheme {
  /// Each purchase moves the next judgement of a rolling window, so it is no end to tell a member.
  fileprivate func until(_ nextJudgement: Instant?) -> Instant? {
    if case .rolling = window { nil } else { nextJudgement }
  }
}
