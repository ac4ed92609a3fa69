import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it, and lets the sending desk work between
/// records.
///
/// Events become messages in the cycle that reads them. A message goes out after the cycle that marks it as being
/// attempted is committed, and its outcome is recorded by a later cycle, so no stream thread waits for a mail server.
final class NotifierProcessor: Processor {
  private let inputs = Service.notifier.inputTopics
  private let programs: ProgramShelf
  private let news: NewsDesk
  private let members: MemberDesk
  private let sending: [SendingDesk]
  private let book: MessageBook
  private let erased: ErasedMembers

  init(_ context: ProcessorContext, _ settings: NotifierSettings, _ pools: SenderPools) throws {
    let programs = ProgramShelf(context)
    self.programs = programs
    let book = try MessageBook(context, settings)
    self.book = book
    erased = try ErasedMembers(context)
    sending = Consent.Channel.allCases.map {
      SendingDesk(book, programs, settings, pools, $0, partition: context.partition)
    }
    news = NewsDesk(book, settings)
    members = MemberDesk(book, sending, erased, settings, partition: context.partition)
  }

  func process(_ record: InputRecord) throws {
    let traceparent = record.headers.header("traceparent")
    do {
      switch (inputs[record.topic], record.value) {
      case (.ledger, let value?):
        let entry = try LedgerEntry(decoding: value)
        guard try !erased.passOver(entry.memberId, occurredAt: entry.occurredAt) else { return }
        try news.take(entry, traceparent)
      case (.tiers, let value?):
        let change = try TierChange(decoding: value)
        guard try !erased.passOver(change) else { return }
        try news.take(change, traceparent)
      case (.members, let value?):
        let envelope = try EventEnvelope(value: value) { record.headers.header($0) }
        let profile = try MemberProfile(decoding: envelope)
        guard try !erased.passOver(profile.id, occurredAt: profile.occurredAt) else { return }
        try members.keep(profile, key: record.key)
      case (.claims, let value?):
        let status = try ClaimStatus(decoding: value)
        guard try !erased.passOver(status.memberId, occurredAt: status.occurredAt) else { return }
        try news.take(status, traceparent)
      case (.privacyTasks, let value?): try members.take(try PrivacyTask(decoding: value), traceparent)
      case (.members, nil): try members.forgetProfile(key: record.key)
      // A tier's tombstone says that the member was erased, which this service was told by a task of its own.
      case (.tiers, nil): break
      case (.ledger, nil), (.privacyTasks, nil), (.claims, nil):
        throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "the record has no value")
      default: preconditionFailure("a record of a topic that the notifier does not read")
      }
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  /// Erasures alone wait for the task's clock: messages go by the machine's.
  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    programs.refresh()
    for desk in sending { try desk.work() }
    try book.forgetTold(limit: limit)
    return try erased.forget(upToMs: nowMs, limit: limit)
  }

  func cycleCommitted() {
    for desk in sending { desk.cycleCommitted() }
  }

  var wakeUpMs: Int64? { (sending.map(\.wakeUpMs) + [book.firstToForgetMs]).compactMap { $0 }.min() }

  var gauges: [Gauge] {
    Consent.Channel.allCases.map { channel in
      Gauge(
        "stampede_messages_waiting", "Messages that have no outcome yet.", book.waiting(for: channel),
        label: .init("channel", channel.rawValue))
    }
  }
}
