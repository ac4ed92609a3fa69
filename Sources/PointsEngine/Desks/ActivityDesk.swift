import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Books what activities earn, and counts those that tiers are measured by; each (source, id) once a programme.
struct ActivityDesk {
  private let book: AccountBook
  private let budgets: BudgetBook
  private let programs: ProgramShelf
  private let tiers: PointsTiers
  private let memoryMs: Int64

  init(
    _ book: AccountBook, _ budgets: BudgetBook, _ programs: ProgramShelf, _ tiers: PointsTiers,
    _ settings: PointsSettings
  ) {
    self.tiers = tiers
    self.book = book
    self.budgets = budgets
    self.programs = programs
    memoryMs = settings.purchaseMemoryMs
  }

  func process(_ activity: Activity) throws {
    if let id = activity.programId, programs.catalog.version(of: id, at: activity.occurredAt) == nil {
      throw PoisonRecord(code: "unknown-program", "the activity names a programme that was not in force at its time")
    }
    for program in programs.inForce(at: activity.occurredAt) where program.concerns(activity) {
      try take(activity, under: program)
    }
  }

  private func take(_ activity: Activity, under program: Program) throws {
    let key = ActivityKey.of(id: activity.id, source: activity.source, activity.memberId, program.id)
    guard try book.activities.get(key) == nil else { return }
    var account = try book.takeAccount(activity.memberId, program.id)
    try tiers.judge(&account, upTo: activity.occurredAt)
    let record =
      program.hasRules(for: activity)
      ? try award(activity, &account, under: program)
      : ActivityRecord(of: activity, programVersion: program.version, after: account)
    let forgetAt = max(activity.occurredAt, account.clock).advanced(byMilliseconds: memoryMs)
    try book.activities.put(key, ActivityRow(record: record, forgetAt: forgetAt))
    try tiers.count(record.granted, activity, under: program, of: &account)
    try book.keep(account)
  }

  private func award(_ activity: Activity, _ account: inout Account, under program: Program) throws -> ActivityRecord {
    let before = try budgets.rooms(of: program)
    var rooms = before
    let record = account.book(
      activity, under: program, traits: try book.traits(of: activity.memberId, under: program), rooms: &rooms,
      bookedAt: book.bookedAt(account, activity.occurredAt), into: &book.journal)
    try budgets.settle(rooms, after: before, of: program, at: activity.occurredAt)
    return record
  }
}

extension Program {
  fileprivate func concerns(_ activity: Activity) -> Bool {
    status == .active && (activity.programId ?? id) == id
      && (hasRules(for: activity) || tiers?.activities?.names.contains(activity.name) == true)
  }
}
