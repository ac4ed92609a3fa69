import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Books what activities earn, each (source, id) once a programme.
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
    for program in programs.inForce(at: activity.occurredAt) where program.rewards(activity) {
      try award(activity, under: program)
    }
  }

  private func award(_ activity: Activity, under program: Program) throws {
    let key = ActivityKey.of(id: activity.id, source: activity.source, activity.memberId, program.id)
    guard try book.activities.get(key) == nil else { return }
    var account = try book.takeAccount(activity.memberId, program.id)
    try tiers.judge(&account, upTo: activity.occurredAt)
    let before = try budgets.rooms(of: program)
    var rooms = before
    let record = account.book(
      activity, under: program, traits: try book.traits(of: activity.memberId, under: program), rooms: &rooms,
      bookedAt: book.bookedAt(account, activity.occurredAt), into: &book.journal)
    try budgets.settle(rooms, after: before, of: program, at: activity.occurredAt)
    let forgetAt = max(activity.occurredAt, account.clock).advanced(byMilliseconds: memoryMs)
    try book.activities.put(key, ActivityRow(record: record, forgetAt: forgetAt))
    try tiers.count(record.granted, earnedAt: activity.occurredAt, cause: activity.id, of: &account)
    try book.keep(account)
  }
}

extension Program {
  fileprivate func rewards(_ activity: Activity) -> Bool {
    status == .active && (activity.programId ?? id) == id && hasRules(for: activity)
  }
}
