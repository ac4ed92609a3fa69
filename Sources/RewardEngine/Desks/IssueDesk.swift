import Contracts
import Loyalty
import Rewards

/// Issues vouchers by the rules of programmes: of what comes about once a rule, member and period.
struct IssueDesk {
  private let book: RewardBook
  private let requests: RewardRequestDesk

  init(_ book: RewardBook, _ requests: RewardRequestDesk) {
    self.book = book
    self.requests = requests
  }

  /// The member rose to a level.
  func process(_ change: TierChange) throws {
    guard change.level != change.previous, change.reason != .downgrade else { return }
    let levels = book.program(change.programId, at: change.occurredAt)?.tiers
    if let levels, let before = levels.index(of: change.previous), let now = levels.index(of: change.level) {
      // An operator may set a lower one.
      guard now > before else { return }
    }
    try issue(.level(change.level), to: change.memberId, in: change.programId, at: change.occurredAt)
  }

  /// Points came that can be spent.
  func process(_ entry: LedgerEntry) throws {
    guard entry.credit == .memberAvailable, entry.points > 0 else { return }
    let after = entry.balances.available
    try issue(
      .balance(from: after - entry.points, to: after), to: entry.memberId, in: entry.programId, at: entry.occurredAt)
  }

  func issue(_ occasion: IssueRule.Occasion, to memberId: String, in programId: String, at instant: Instant) throws {
    guard let program = book.program(programId, at: instant), program.status == .active else { return }
    for rule in program.issues where rule.isCaused(by: occasion) {
      try issue(rule, because: occasion, of: program, to: memberId, at: instant)
    }
  }

  private func issue(
    _ rule: IssueRule, because occasion: IssueRule.Occasion, of program: Program, to memberId: String,
    at instant: Instant
  ) throws {
    let day = program.calendar.day(of: instant)
    let key = RecordKey.joined(memberId, program.id, rule.id)
    guard let period = rule.period(of: occasion, on: day, last: try book.grants.get(key)?.period) else { return }
    if let condition = rule.when {
      let moment = MemberMoment(
        at: instant, level: try book.levels.get(RecordKey.joined(memberId, program.id))?.level,
        traits: try book.traits.get(memberId), calendar: program.calendar)
      guard moment.satisfies(condition) else { return }
    }
    try book.grants.put(key, GrantRow(period))
    try requests.process(
      RewardRequest(
        id: rule.issueId(of: program.id, on: day), memberId: memberId, kind: .issue(pool: rule.pool, cause: rule.id),
        occurredAt: instant))
  }
}
