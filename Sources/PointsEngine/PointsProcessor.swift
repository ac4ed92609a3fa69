import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it.
///
/// A member's releases and expiries run before each event of that member, up to the event's time. Beyond that they run
/// as the wall clock passes, or on stream time when a `clock.tick` comes: then the result does not depend on how the
/// members of a partition take turns.
final class PointsProcessor: Processor {
  private let context: ProcessorContext
  private let inputs = Service.pointsEngine.inputTopics
  private let programs: ProgramShelf
  private let budgets: BudgetBook
  private let book: AccountBook
  private let purchaseDesk: PurchaseDesk
  private let commandDesk: CommandDesk
  private let transferDesk: TransferDesk
  private let tierDesk: TierDesk
  private let activityDesk: ActivityDesk
  private let traitsDesk: TraitsDesk
  private let budgetDesk: BudgetDesk
  private let erasureDesk: ErasureDesk
  private let memory: PurchaseMemory
  private let tiers: PointsTiers
  private let erased: ErasedMembers
  private let transactions = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ settings: PointsSettings) throws {
    self.context = context
    programs = ProgramShelf(context)
    budgets = try BudgetBook(context, programs)
    book = try AccountBook(context, budgets)
    erased = try ErasedMembers(context)
    memory = PurchaseMemory(book, programs, settings)
    tiers = try PointsTiers(context, book, programs)
    purchaseDesk = PurchaseDesk(book, budgets, programs, memory, tiers)
    commandDesk = CommandDesk(book, programs, settings)
    transferDesk = TransferDesk(book, programs, erased, settings)
    tierDesk = TierDesk(book, tiers, programs)
    activityDesk = ActivityDesk(book, budgets, programs, tiers, settings)
    traitsDesk = TraitsDesk(book)
    budgetDesk = BudgetDesk(budgets, book, programs, tiers)
    erasureDesk = ErasureDesk(book, budgets, tiers, erased, partition: context.partition)
  }

  func process(_ record: InputRecord) throws {
    let topic = inputs[record.topic]
    guard let value = record.value else {
      // A tier's tombstone says that the member was erased, which this service was told by a task of its own.
      if topic == .tiers { return }
      if topic == .members { return try traitsDesk.forget(key: record.key) }
      throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "the record has no value")
    }
    programs.refresh()
    book.traceparent = record.headers.header("traceparent")
    tiers.traceparent = book.traceparent
    defer {
      book.traceparent = nil
      tiers.traceparent = nil
    }
    do {
      try process(topic, value, record.headers)
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  private func process(
    _ topic: Topic, _ value: UnsafeRawBufferPointer, _ headers: any HeaderSource
  ) throws {
    switch topic {
    case .transactions:
      let transaction = try transactions.decode(value)
      guard try !erased.passOver(transaction.memberId, occurredAt: transaction.occurredAt) else { return }
      try purchaseDesk.take(transaction)
    case .tiers:
      let change = try TierChange(decoding: value)
      guard try !erased.passOver(change) else { return }
      try tierDesk.take(change)
    case .activities:
      let activity = try Activity(decoding: EventEnvelope(value: value) { headers.header($0) })
      try context.clock.checkNotInTheFuture(activity.occurredAt)
      guard try !erased.passOver(activity.memberId, occurredAt: activity.occurredAt) else { return }
      try activityDesk.take(activity)
    case .members:
      let profile = try MemberProfile(decoding: EventEnvelope(value: value) { headers.header($0) })
      guard try !erased.passOver(profile.id, occurredAt: profile.occurredAt) else { return }
      try traitsDesk.take(profile)
    case .transfers: try transferDesk.take(try Transfer(decoding: value))
    case .budgets: try budgetDesk.take(try BudgetMessage(decoding: value))
    case .privacyTasks: try erasureDesk.take(try PrivacyTask(decoding: value))
    case .commands:
      switch try Command(decoding: EventEnvelope(value: value) { headers.header($0) }) {
      case .member(let command):
        try context.clock.checkNotInTheFuture(command.occurredAt)
        guard try !erased.passOver(command.memberId, occurredAt: command.occurredAt) else { return }
        try commandDesk.take(command)
      case .tier(let command):
        guard let program = tiers.target(of: command) else { return }
        try context.clock.checkNotInTheFuture(command.occurredAt)
        guard try !erased.passOver(command.memberId, occurredAt: command.occurredAt) else { return }
        try tiers.take(command, under: program)
      case .clockTick(_, let instant): context.clock.advance(to: instant.milliseconds)
      }
    default: preconditionFailure("a record of a topic that the points engine does not read")
    }
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    programs.refresh()
    let now = Instant(milliseconds: nowMs)
    let due = try book.accounts.due(upToMs: nowMs, limit: limit)
    for (_, row) in due {
      var account = row
      account.settle(upTo: now, bookedAt: book.bookedAt(account, now), into: &book.journal)
      try memory.review(&account, at: now)
      try book.keep(account)
    }
    guard due.count < limit else { return limit }
    let activities = try book.activities.due(upToMs: nowMs, limit: limit - due.count)
    for (key, _) in activities { try book.activities.remove(key) }
    var done = due.count + activities.count
    guard done < limit else { return limit }
    let commands = try book.commands.due(upToMs: nowMs, limit: limit - done)
    for (key, _) in commands { try book.commands.remove(key) }
    done += commands.count
    guard done < limit else { return limit }
    done += try tiers.runTimers(upToMs: nowMs, limit: limit - done)
    guard done < limit else { return limit }
    return done + (try erased.forget(upToMs: nowMs, limit: limit - done))
  }

  func cycleEnding() throws {
    try budgetDesk.cycleEnding()
    try tiers.cycleEnding()
    try book.publishAccounts()
  }
}
