import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it.
///
///     commerce.purchases ──▶ PurchaseDesk ──(member named by id)───────────────────────────▶ loyalty.transactions
///                                 │ named by contact                                              ▲   ▲
///                                 ▼                                                               │   │
///     loyalty.members ──▶ ProfileDesk ──loyalty.lookups──▶ ContactDesk ──(found)──────────────────┘   │
///                                                             │ not found                             │
///                                                             ▼                                       │
///     commerce.claims ──▶ ClaimDesk ──loyalty.lookups──▶ ReceiptDesk ──(claimed, or enrolled)─────────┘
final class IngestProcessor: Processor {
  private let inputs = Service.transactionIngest.inputTopics
  private let book: IngestBook
  private let purchases: PurchaseDesk
  private let profiles: ProfileDesk
  private let contacts: ContactDesk
  private let receipts: ReceiptDesk
  private let claims: ClaimDesk
  private let erasures: ErasureDesk
  private let lookups = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ settings: IngestSettings) throws {
    book = try IngestBook(context, settings)
    purchases = PurchaseDesk(book)
    profiles = try ProfileDesk(book)
    contacts = ContactDesk(book)
    receipts = ReceiptDesk(book)
    claims = ClaimDesk(book)
    erasures = ErasureDesk(book, profiles, claims)
  }

  func process(_ record: InputRecord) throws {
    book.programs.refresh()
    book.forwardings.refresh()
    book.traceparent = record.headers.header("traceparent")
    defer { book.traceparent = nil }
    let topic = inputs[record.topic]
    if topic == .purchases { return try purchases.take(record) }
    do {
      try process(topic, record)
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  private func process(_ topic: Topic, _ record: InputRecord) throws {
    guard let value = record.value, !value.isEmpty else {
      if topic == .members { return try profiles.forget(key: record.key) }
      throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "The record has no value.")
    }
    switch topic {
    case .members:
      let envelope = try EventEnvelope(value: value) { record.headers.header($0) }
      try profiles.take(try MemberProfile(decoding: envelope), key: record.key)
    case .claimRequests:
      let envelope = try EventEnvelope(value: value) { record.headers.header($0) }
      try claims.take(try PurchaseClaim(decoding: envelope), key: record.key)
    case .privacyTasks: try erasures.take(try PrivacyTask(decoding: value))
    case .lookups: try process(try LookupMessage(decoding: value, lookups))
    default: preconditionFailure("a record of a topic that ingest does not read")
    }
  }

  private func process(_ message: LookupMessage) throws {
    // Stream time is that of what happened, wherever it arrived.
    if let transaction = message.transaction { book.context.clock.observe(transaction.occurredAt.milliseconds) }
    if message.claimId != nil, let at = message.at { book.context.clock.observe(at.milliseconds) }
    switch message.kind {
    case .contactAdded: try contacts.add(message)
    case .contactRemoved: try contacts.remove(message)
    case .purchaseLookup: try contacts.find(message)
    case .purchaseKept: try receipts.keep(message)
    case .purchaseEnrolled: try receipts.enrol(message)
    case .receiptClaimed: try receipts.judge(message)
    case .receiptErased: try receipts.erase(message)
    case .claimJudged: try claims.conclude(message)
    case .purchaseRefused: try purchases.refuse(message)
    case .rowErased: try erasures.answered(message)
    }
  }

  /// Goes on with what is too much for one cycle, and forgets what has had its time.
  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    var count = try contacts.goOn(upToMs: nowMs, limit: limit)
    if count < limit { count += try Self.forget(book.seen, upToMs: nowMs, limit: limit - count) }
    if count < limit { count += try Self.forget(book.waiting, upToMs: nowMs, limit: limit - count) }
    if count < limit { count += try receipts.forget(upToMs: nowMs, limit: limit - count) }
    if count < limit { count += try Self.forget(book.claimants, upToMs: nowMs, limit: limit - count) }
    if count < limit { count += try book.erased.forget(upToMs: nowMs, limit: limit - count) }
    return count
  }

  private static func forget<Key, Row>(_ store: Store<Key, Row>, upToMs nowMs: Int64, limit: Int) throws -> Int {
    let due = try store.due(upToMs: nowMs, limit: limit)
    for (key, _) in due { try store.remove(key) }
    return due.count
  }
}
