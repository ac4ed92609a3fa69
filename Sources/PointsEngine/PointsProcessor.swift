import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it.
///
/// A member's releases and expiries run before each event of that member, up to the event's time. Beyond that they run
/// as the wall clock passes, or on stream time when a `clock.tick` comes: then the result does not depend on how the
/// members of a partition take turns.
final class PointsProcessor: ServiceProcessor {
  private let context: ProcessorContext
  private let publisher: EventPublisher
  private let programs: ProgramShelf
  private let book: AccountBook
  private let purchaseDesk: PurchaseDesk
  private let commandDesk: CommandDesk
  private let clearanceDesk: ClearanceDesk
  private let transferDesk: TransferDesk
  private let tierDesk: TierDesk
  private let activityDesk: ActivityDesk
  private let traitsDesk: TraitsDesk
  private let budgetDesk: BudgetDesk
  private let forfeitDesk: ForfeitDesk
  private let memory: PurchaseMemory
  private let tiers: PointsTiers
  private let erased: ErasedMembers
  private let signatures: CommandSignatures
  private let transactions = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: PointsSettings) throws {
    self.context = context
    self.publisher = publisher
    programs = ProgramShelf(context)
    let budgets = try BudgetBook(context, publisher, programs)
    book = try AccountBook(context, publisher, budgets)
    erased = try ErasedMembers(context)
    memory = PurchaseMemory(book, programs, settings)
    let clearances = Clearances(.pointsEngine, context, publisher)
    signatures = CommandSignatures(context, areRequired: settings.requiresSignedCommands)
    tiers = try PointsTiers(
      context, publisher, book, programs, LevelAsking(clearances, dayMax: settings.tierSetsDayMax))
    purchaseDesk = PurchaseDesk(book, budgets, programs, memory, tiers)
    commandDesk = CommandDesk(book, programs, clearances, settings)
    clearanceDesk = try ClearanceDesk(context, clearances, commandDesk, tiers, erased, settings)
    transferDesk = TransferDesk(book, programs, erased, settings)
    tierDesk = TierDesk(book, tiers, programs)
    activityDesk = ActivityDesk(book, budgets, programs, tiers, settings)
    traitsDesk = TraitsDesk(book)
    budgetDesk = BudgetDesk(budgets, book, programs, tiers)
    forfeitDesk = ForfeitDesk(book, budgets, tiers)
  }

  var shelves: [any Shelf] { [programs, signatures] }

  var inputs: [ServiceInput] {
    [
      .events(
        .transactions, transactions.decode, toldBy: context.clock, unless: erased, process: purchaseDesk.process),
      // A tier's tombstone says that the member was erased, which this service is told by a task of its own.
      .events(
        .tiers, TierChange.init(decoding:), tombstone: .ignored, toldBy: context.clock, unless: erased,
        process: tierDesk.process),
      .envelopes(.activities, Activity.init(decoding:), on: context.clock, unless: nil) { [self] activity in
        guard try !erased.passOver(activity) else { return }
        try activityDesk.process(activity)
      },
      .envelopes(
        .members, MemberProfile.init(decoding:),
        tombstone: .deletes(traitsDesk.forget, cleared: traitsDesk.forget), on: context.clock, unless: erased,
        process: traitsDesk.process),
      .events(.transfers, Transfer.init(decoding:)) { [self] transfer in
        try context.clock.checkTold(transfer.occurredAt)
        try transferDesk.process(transfer)
      },
      .events(.budgets, BudgetMessage.init(decoding:)) { [self] message in
        try context.clock.checkTold(message.occurredAt)
        try budgetDesk.process(message)
      },
      .events(.clearances, Clearance.init(decoding:)) { [self] clearance in
        try clearance.checkTold(on: context.clock)
        try clearanceDesk.process(clearance)
      },
      .commands(signatures) { [self] in try process($0, check: $1) },
      .erasures(by: .pointsEngine, context, erased, publisher, erase: forfeitDesk.erase),
    ]
  }

  /// - Parameter check: throws unless the command is signed as it must be.
  private func process(_ command: Command, check: () throws -> Void) throws {
    switch command {
    case .member(let command):
      try check()
      guard try admits(command) else { return }
      try commandDesk.process(command, now: Instant(milliseconds: context.clock.nowMs))
    case .tier(let command):
      // Of the others the tier evaluator says what is wrong with them.
      guard let program = tiers.target(of: command) else { return }
      try check()
      guard try admits(command) else { return }
      try tiers.set(command, under: program)
    case .clockTick(_, let instant):
      try check()
      context.clock.advance(to: instant.milliseconds)
    }
  }

  private func admits(_ event: some MemberEvent) throws -> Bool {
    try event.checkTimes(on: context.clock)
    return try !erased.passOver(event)
  }

  var sweeps: [Sweep] {
    [
      .each(book.accounts) { [book, memory] _, row, nowMs in
        let now = Instant(milliseconds: nowMs)
        var account = row
        account.settle(upTo: now, bookedAt: book.bookedAt(account, now), into: &book.journal)
        try memory.review(&account, at: now)
        try book.keep(account)
      },
      .forgetting(book.activities),
      .forgetting(book.commands),
      .forgetting(book.commandContents),
      .each(book.proposals) { [commandDesk] key, row, nowMs in
        try commandDesk.expire(row.proposal, key: key, at: Instant(milliseconds: nowMs))
      },
      clearanceDesk.sweep,
      tiers.sweep,
      erased.sweep,
    ]
  }

  func cycleEnding() throws {
    try budgetDesk.cycleEnding()
    try tiers.cycleEnding()
    try book.publishAccounts()
  }
}
