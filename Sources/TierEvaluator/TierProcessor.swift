import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Gives each record of one partition to the desk that answers it, and runs what is due.
///
/// A member is judged up to each event of that member. Beyond that judgements come as the wall clock passes, or on
/// stream time when a `clock.tick` comes: then the result does not depend on how the members of a partition take turns.
final class TierProcessor: ServiceProcessor {
  private let context: ProcessorContext
  private let publisher: EventPublisher
  private let programs: ProgramShelf
  private let book: EvaluatorBook
  private let countingDesk: CountingDesk
  private let levelDesk: LevelDesk
  private let erased: ErasedMembers
  private let signatures: CommandSignatures
  private let transactions = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: TierSettings) throws {
    self.context = context
    self.publisher = publisher
    programs = ProgramShelf(context)
    book = try EvaluatorBook(context, programs, publisher)
    erased = try ErasedMembers(context)
    countingDesk = CountingDesk(book, programs, settings)
    let clearances = Clearances(.tierEvaluator, context, publisher)
    levelDesk = LevelDesk(book, programs, LevelAsking(clearances, dayMax: settings.tierSetsDayMax))
    signatures = CommandSignatures(context, areRequired: settings.requiresSignedCommands)
  }

  var shelves: [any Shelf] { [programs, signatures] }

  var inputs: [ServiceInput] {
    [
      .events(.transactions, transactions.decode, toldBy: context.clock, unless: erased) { [self] in
        try countingDesk.process($0, now: now)
      },
      ServiceInput(.commands, owner: owner) { [self] in try processCommand($0) },
      .events(.clearances, Clearance.init(decoding:)) { [self] in try settle($0) },
      .erasures(by: .tierEvaluator, context, erased, publisher) { [book] in
        try book.erase(memberId: $0.memberId)
      },
    ]
  }

  private var now: Instant { Instant(milliseconds: context.clock.nowMs) }

  /// `tier.set` and `clock.tick` concern tiers. The points engine reads the same topic whole: it answers all other
  /// commands and dead-letters what is none, so a second dead letter from here would only tell the operator the same
  /// thing twice.
  private func processCommand(_ record: InputRecord) throws {
    guard let command = self.command(in: record) else { return }
    switch command {
    case .clockTick(_, let instant):
      // The engine says what is wrong with the signature of one.
      guard (try? signatures.check(command, record)) != nil else { return }
      context.clock.advance(to: instant.milliseconds)
    case .tier(let level):
      guard let program = try levelDesk.target(of: level) else { return }
      try signatures.check(command, record)
      try context.clock.checkNotInTheFuture(level.occurredAt)
      guard try !erased.passOver(level) else { return }
      try levelDesk.process(level, under: program, now: now)
    case .member: break
    }
  }

  /// Of what the engine dead-letters, nobody.
  private func owner(of record: InputRecord) -> ServiceInput.Owner {
    command(in: record)?.keyMember.map { .member($0, isErased: false) } ?? .partition
  }

  /// nil: none, or under a key that is not its member's.
  private func command(in record: InputRecord) -> Command? {
    guard let command = try? signatures.command(in: record) else { return nil }
    return command.keyMember.map(record.hasKey) ?? true ? command : nil
  }

  /// What became of asking whether an actor may set another level today.
  private func settle(_ clearance: Clearance) throws {
    guard clearance.service == .tierEvaluator, case .answered(let isGranted) = clearance.stage,
      case .tier(let command) = clearance.command, try !erased.passOver(command)
    else { return }
    try clearance.checkTold(on: context.clock)
    try levelDesk.settle(command, isGranted: isGranted, now: now)
  }

  func cycleEnding() throws {
    try book.tiers.tellProgress()
  }

  var sweeps: [Sweep] {
    [
      .each(book.tiers.states) { [book] _, row, nowMs in
        var state = row
        let changes = book.tiers.wake(&state, upTo: Instant(milliseconds: nowMs))
        try book.tiers.keep(state, changes)
      },
      .each(book.purchases) { [book] key, row, nowMs in
        var kept = row
        kept.forget(upTo: Instant(milliseconds: nowMs))
        if kept.isEmpty {
          try book.purchases.remove(key)
        } else {
          try book.purchases.put(key, kept)
        }
      },
      erased.sweep,
    ]
  }
}
