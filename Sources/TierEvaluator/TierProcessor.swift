import Contracts
import Loyalty
import StreamRuntime

/// The business of one partition.
///
/// A member's tier is judged up to each event of that member. Beyond that it is judged as the wall clock passes, or on
/// stream time when a `clock.tick` comes: then the result does not depend on how the members of a partition take turns.
final class TierProcessor: Processor {
  private let context: ProcessorContext
  private let programs: ProgramShelf
  private let book: TierBook
  private let desk: ActivityDesk
  private let transactions = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext) throws {
    self.context = context
    programs = ProgramShelf(context)
    book = try TierBook(context)
    desk = ActivityDesk(book, programs)
  }

  func process(_ record: InputRecord) throws {
    guard let input = TierEvaluator.Input(rawValue: record.topic) else {
      preconditionFailure("a record of a topic that is no input")
    }
    guard let value = record.value else {
      throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "the record has no value")
    }
    programs.refresh()
    book.traceparent = record.headers.header("traceparent")
    defer { book.traceparent = nil }
    do {
      try process(input, value)
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  private func process(_ input: TierEvaluator.Input, _ value: UnsafeRawBufferPointer) throws {
    switch input {
    case .transactions: try desk.take(try transactions.decode(value))
    case .privacyTasks: try erase(try PrivacyTask(decoding: value))
    case .commands:
      // Commands to a member's account are the points engine's business.
      guard case .clockTick(_, let instant) = try Command(decoding: value) else { return }
      context.clock.advance(to: instant.milliseconds)
    }
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    programs.refresh()
    let judged = try judgeTiers(upTo: Instant(milliseconds: nowMs), limit: limit)
    return try judged + dropReturnsThatWaitedInVain(upToMs: nowMs, limit: limit - judged)
  }

  private func judgeTiers(upTo now: Instant, limit: Int) throws -> Int {
    let due = try book.tiers.due(upToMs: now.milliseconds, limit: limit)
    for (_, row) in due {
      var state = row
      guard let program = programs.catalog.version(of: state.programId, at: state.nextJudgement ?? now),
        program.tiers != nil
      else {
        // The programme or its tiers were withdrawn: nothing is left to judge by, until a purchase comes.
        state.nextJudgement = nil
        try book.keep(state, [])
        continue
      }
      let changes = state.judge(upTo: now, under: program)
      try book.keep(state, changes)
    }
    return due.count
  }

  private func dropReturnsThatWaitedInVain(upToMs nowMs: Int64, limit: Int) throws -> Int {
    guard limit > 0 else { return 0 }
    let due = try book.purchases.due(upToMs: nowMs, limit: limit)
    for (key, row) in due {
      var kept = row
      kept.waiting.removeAll { $0.deadline.milliseconds <= nowMs }
      if kept == PurchaseRow() {
        try book.purchases.remove(key)
      } else {
        try book.purchases.put(key, kept)
      }
    }
    return due.count
  }

  private func erase(_ task: PrivacyTask) throws {
    guard task.isFor(.tierEvaluator), task.kind == .erase else { return }
    let member = task.memberId + RecordKey.separator
    var rowsErased = 0
    for (key, _) in try book.purchases.scan(prefix: member) {
      try book.purchases.remove(key)
      rowsErased += 1
    }
    for (key, _) in try book.tiers.scan(prefix: member) {
      try book.end(key)
      rowsErased += 1
    }
    book.report(
      task.report(by: .tierEvaluator, partition: context.partition, rowsErased: rowsErased, at: task.occurredAt))
  }
}
