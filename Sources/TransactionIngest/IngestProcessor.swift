import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// Checks what shops send, passes each event on once, and says of the rest why not.
final class IngestProcessor: Processor {
  private let context: ProcessorContext
  private let inputs = Service.transactionIngest.inputTopics
  private let settings: IngestSettings
  private let seen: Store<String, SeenPurchase>
  private let decoder = TransactionDecoder(.commerce)
  private var writer = JSONWriter()

  private static let source: StaticString = "transaction-ingest"
  /// More than a purchase of `Transaction.linesMax` ordinary lines takes, and no more than a rejection can give back whole.
  static let eventBytesMax = Rejection.originalBytesMax

  init(_ context: ProcessorContext, _ settings: IngestSettings) throws {
    self.context = context
    self.settings = settings
    seen = try context.store(IngestTopology.seenStore)
  }

  func process(_ record: InputRecord) throws {
    switch inputs[record.topic] {
    case .purchases: try processPurchase(record)
    case .privacyTasks: try processPrivacyTask(record)
    default: preconditionFailure("a record of a topic that ingest does not read")
    }
  }

  /// Forgets purchases whose time is over.
  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    let due = try seen.due(upToMs: nowMs, limit: limit)
    for (key, _) in due { try seen.remove(key) }
    return due.count
  }

  // MARK: Purchases

  private func processPurchase(_ record: InputRecord) throws {
    let transaction: Transaction
    do throws(ContractViolation) {
      transaction = try accept(record)
    } catch {
      return reject(record, error)
    }
    context.clock.observe(transaction.occurredAt.milliseconds)
    writer.reset()
    transaction.encode(to: &writer)
    let digest = writer.withBytes { SeenPurchase.digest(of: $0) }
    let key = SeenPurchase.key(of: transaction)
    if let earlier = try seen.get(key) {
      guard earlier.digest == digest else {
        return reject(
          record,
          ContractViolation(
            .conflictingDuplicate, at: "$.id",
            "$.id was used by this source for another event, which stands; send this one under an id of its own."))
      }
      return context.metrics.rejected("duplicate")
    }
    try seen.put(key, SeenPurchase(digest: digest, forgetAtMs: context.clock.nowMs + settings.memoryMs))
    context.outbox.send(
      EventAttributes(
        id: "\(transaction.source):\(transaction.id)",
        type: "\(TransactionForm.accepted.type(of: transaction.event))", source: Self.source,
        occurredAt: transaction.occurredAt),
      topic: IngestTopology.Output.transactions.rawValue, key: transaction.memberId,
      traceparent: record.headers.header("traceparent"), value: writer)
  }

  private func accept(_ record: InputRecord) throws(ContractViolation) -> Transaction {
    guard let value = record.value, !value.isEmpty else {
      throw ContractViolation(.emptyValue, at: "$", "The record has no value; send the event as JSON.")
    }
    guard value.count <= Self.eventBytesMax else {
      throw ContractViolation(
        .tooLarge, at: "$", "The value is larger than \(Self.eventBytesMax) bytes; split the purchase.")
    }
    let transaction = try decoder.decode(EventEnvelope(value: value) { record.headers.header($0) })
    let latestMs = context.clock.nowMs + settings.futureToleranceMs
    if context.clock.mode == .wall, transaction.occurredAt.milliseconds > latestMs {
      throw ContractViolation(
        .inTheFuture, at: "$.occurredAt", "$.occurredAt lies in the future; check the clock of the till.")
    }
    return transaction
  }

  private func reject(_ record: InputRecord, _ violation: ContractViolation) {
    let rejection = Rejection(
      violation: violation,
      place: Rejection.Place(topic: Topic.purchases.name, partition: record.partition, offset: record.offset),
      original: record.value, occurredAt: Instant(milliseconds: max(0, record.timestampMs)))
    writer.reset()
    rejection.encode(to: &writer, original: record.value)
    context.outbox.send(
      EventAttributes(
        id: rejection.id, type: "\(Rejection.type)", source: Self.source, occurredAt: rejection.occurredAt),
      topic: IngestTopology.Output.rejections.rawValue, key: record.key,
      traceparent: record.headers.header("traceparent"), value: writer)
    context.metrics.rejected(violation.code.rawValue)
  }

  // MARK: Privacy

  /// The memory against duplicates holds no member: there is nothing to erase, and ingest says so.
  private func processPrivacyTask(_ record: InputRecord) throws {
    guard let value = record.value, !value.isEmpty else {
      throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "The task has no value.")
    }
    let task: PrivacyTask
    do throws(ContractViolation) {
      task = try PrivacyTask(decoding: value)
    } catch {
      throw PoisonRecord(code: error.code.rawValue, error.message)
    }
    guard task.isFor(.transactionIngest) else { return }
    let now = Instant.max(task.occurredAt, Instant(milliseconds: context.clock.nowMs))
    let report = task.report(by: .transactionIngest, partition: context.partition, rowsErased: 0, at: now)
    writer.reset()
    report.encode(to: &writer)
    context.outbox.send(
      EventAttributes(
        id: report.id, type: "\(PrivacyReport.type)", source: Self.source, occurredAt: report.occurredAt),
      topic: IngestTopology.Output.privacyReports.rawValue, key: task.memberId,
      traceparent: record.headers.header("traceparent"), value: writer)
  }
}
