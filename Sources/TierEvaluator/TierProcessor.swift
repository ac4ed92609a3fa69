import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Gives each record of one partition to the desk that answers it, and runs what is due.
///
/// A member is judged up to each event of that member. Beyond that judgements come as the wall clock passes, or on
/// stream time when a `clock.tick` comes: then the result does not depend on how the members of a partition take turns.
final class TierProcessor: Processor {
  private let context: ProcessorContext
  private let inputs = TierTopology.service.inputTopics
  private let programs: ProgramShelf
  private let book: EvaluatorBook
  private let activityDesk: ActivityDesk
  private let setDesk: TierSetDesk
  private let erased: ErasedMembers
  private let transactions = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ settings: TierSettings) throws {
    self.context = context
    programs = ProgramShelf(context)
    book = try EvaluatorBook(context, programs)
    erased = try ErasedMembers(context)
    activityDesk = ActivityDesk(book, programs, settings)
    setDesk = TierSetDesk(book, programs)
  }

  func process(_ record: InputRecord) throws {
    programs.refresh()
    book.tiers.traceparent = record.headers.header("traceparent")
    defer { book.tiers.traceparent = nil }
    do {
      switch inputs[record.topic] {
      case .transactions:
        let transaction = try transactions.decode(try value(of: record))
        guard try !erased.passOver(transaction.memberId, occurredAt: transaction.occurredAt) else { return }
        try activityDesk.take(transaction, now: now)
      case .privacyTasks: try erase(try PrivacyTask(decoding: try value(of: record)))
      case .commands: try obey(record)
      default: preconditionFailure("a record of a topic that the tier evaluator does not read")
      }
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  private var now: Instant { Instant(milliseconds: context.clock.nowMs) }

  private func value(of record: InputRecord) throws(ContractViolation) -> UnsafeRawBufferPointer {
    guard let value = record.value, !value.isEmpty else {
      throw ContractViolation(.emptyValue, at: "$", "The record has no value.")
    }
    return value
  }

  /// `tier.set` and `clock.tick` concern tiers. The points engine reads the same topic whole: it answers all other
  /// commands and dead-letters what is none, so a second dead letter from here would only tell the operator the same
  /// thing twice.
  private func obey(_ record: InputRecord) throws {
    guard let value = record.value,
      let envelope = try? EventEnvelope(value: value, header: { record.headers.header($0) }),
      let command = try? Command(decoding: envelope)
    else { return }
    switch command {
    case .clockTick(_, let instant): context.clock.advance(to: instant.milliseconds)
    case .tier(let command):
      guard let program = try setDesk.target(of: command) else { return }
      try context.clock.checkNotInTheFuture(command.occurredAt)
      guard try !erased.passOver(command.memberId, occurredAt: command.occurredAt) else { return }
      try setDesk.take(command, under: program, now: now)
    case .member: break
    }
  }

  func cycleEnding() throws {
    try book.tiers.tellProgress()
  }

  // MARK: Timers

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    programs.refresh()
    let now = Instant(milliseconds: nowMs)
    let dueTiers = try book.tiers.states.due(upToMs: nowMs, limit: limit)
    for (_, row) in dueTiers {
      var state = row
      let changes = book.tiers.judge(&state, upTo: now)
      try book.tiers.keep(state, changes)
    }
    let left = limit - dueTiers.count
    guard left > 0 else { return limit }
    let duePurchases = try book.purchases.due(upToMs: nowMs, limit: left)
    for (key, row) in duePurchases {
      var kept = row
      kept.forget(upTo: now)
      if kept.isEmpty {
        try book.purchases.remove(key)
      } else {
        try book.purchases.put(key, kept)
      }
    }
    let count = dueTiers.count + duePurchases.count
    guard count < limit else { return limit }
    return count + (try erased.forget(upToMs: nowMs, limit: limit - count))
  }

  // MARK: Privacy

  private func erase(_ task: PrivacyTask) throws {
    guard task.kind == .erase, task.isFor(TierTopology.service) else { return }
    let rowsErased = try book.erase(memberId: task.memberId)
    try erased.remember(task)
    book.report(
      task.report(
        by: TierTopology.service, partition: context.partition, rowsErased: rowsErased, at: max(task.occurredAt, now)))
  }
}
