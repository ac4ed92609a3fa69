import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the desks of one partition share: the stores, and the ways out.
final class IngestBook {
  let context: ProcessorContext
  let settings: IngestSettings
  let programs: ProgramShelf
  let forwardings: MemberForwardings
  let contactForms: ContactForms
  let erased: ErasedMembers
  let seen: Store<String, SeenPurchase>
  let contacts: Store<ContactDigest, ContactRow>
  let waiting: Store<String, WaitingRow>
  let receipts: Store<String, ReceiptRow>
  let profiles: Store<String, ProfileRow>
  let claimants: Store<String, ClaimantRow>
  let erasures: Store<String, ErasureRow>
  /// Of the record at hand; passed on to what it causes.
  var traceparent: UnsafeRawBufferPointer?
  private var writer = JSONWriter()

  private static let source: StaticString = "transaction-ingest"

  init(_ context: ProcessorContext, _ settings: IngestSettings) throws {
    self.context = context
    self.settings = settings
    programs = ProgramShelf(context)
    forwardings = MemberForwardings(context)
    contactForms = ContactForms(secret: settings.lookupSecret)
    seen = try context.store(IngestTopology.Stores.seen)
    contacts = try context.store(IngestTopology.Stores.contacts)
    waiting = try context.store(IngestTopology.Stores.waiting)
    receipts = try context.store(IngestTopology.Stores.receipts)
    profiles = try context.store(IngestTopology.Stores.profiles)
    claimants = try context.store(IngestTopology.Stores.claimants)
    erasures = try context.store(IngestTopology.Stores.erasures)
    erased = try ErasedMembers(context)
  }

  var nowMs: Int64 { context.clock.nowMs }

  /// On stream time the order of partitions would decide about times, so they are judged on wall time only.
  func checkRules(_ transaction: Transaction) throws(ContractViolation) {
    try PurchaseRules.check(transaction, programs.catalog)
    guard context.clock.mode == .wall else { return }
    try PurchaseRules.checkTime(
      transaction, inForce: programs.inForce(at: transaction.occurredAt), nowMs: nowMs,
      futureToleranceMs: settings.futureToleranceMs)
  }

  /// The programmes that a purchase counts for.
  func programs(for purchase: Transaction) -> [Program] {
    programs.inForce(at: purchase.occurredAt).filter { $0.takes(purchase) }
  }

  /// By which rule an e-mail names the member: the strictest of the programmes that the event counts for, since it is one
  /// member's for all of them. A cancellation may leave the currency out: then each of them could be meant.
  func emailMatching(of event: Transaction) -> EmailMatching {
    let programs = programs.inForce(at: event.occurredAt).filter { program in
      program.takes(event) || event.currency == .unspecified && event.programId ?? program.id == program.id
    }
    return programs.map(\.intake.emailMatching).min() ?? .anyCase
  }

  /// In whose name the member is told of a claim: of the programme that the claim names, else of the first that the
  /// purchase counts for, else of the first in force; nil where there is none.
  func teller(named programId: String?, _ purchase: Transaction?, at instant: Instant) -> String? {
    programId ?? purchase.flatMap { programs(for: $0).first?.id } ?? programs.inForce(at: instant).first?.id
  }

  /// Passes a transaction on to the member that `memberId` has become; false where its forwardings go round in a circle.
  func passOn(_ transaction: Transaction, to memberId: String) -> Bool {
    guard let memberId = forwardings.resolve(memberId) else { return false }
    var transaction = transaction
    transaction.memberId = memberId
    write(transaction)
    sendWritten(transaction)
    return true
  }

  /// The same to the member that the transaction names, right after ``digest(of:)`` has written it.
  func passOnWritten(_ transaction: Transaction) -> Bool {
    guard let memberId = forwardings.resolve(transaction.memberId) else { return false }
    guard memberId == transaction.memberId else { return passOn(transaction, to: memberId) }
    sendWritten(transaction)
    return true
  }

  /// A digest of what a shop sent, the member included: tells a retry from another event under the same id.
  func digest(of transaction: Transaction) -> UInt64 {
    write(transaction)
    return writer.withBytes { SeenPurchase.digest(of: $0) }
  }

  private func write(_ transaction: Transaction) {
    writer.reset()
    transaction.encode(to: &writer)
  }

  private func sendWritten(_ transaction: Transaction) {
    context.outbox.send(
      EventAttributes(
        id: transaction.source + ":" + transaction.id, type: TransactionForm.accepted.type(of: transaction.event),
        source: Self.source, occurredAt: transaction.occurredAt),
      topic: IngestTopology.Output.transactions.rawValue, key: transaction.memberId, traceparent: traceparent,
      value: writer)
  }

  /// Under the event's own id: a record's key may be a member's phone.
  func reject(_ rejection: Rejection, original: UnsafeRawBufferPointer?) {
    writer.reset()
    rejection.encode(to: &writer, original: original)
    let attributes = EventAttributes(
      id: rejection.id, type: Rejection.type, source: Self.source, occurredAt: rejection.occurredAt)
    let topic = IngestTopology.Output.rejections.rawValue
    if let id = rejection.originalId {
      context.outbox.send(attributes, topic: topic, key: id, traceparent: traceparent, value: writer)
    } else {
      context.outbox.send(attributes, topic: topic, key: nil, traceparent: traceparent, value: writer)
    }
    context.metrics.rejected(rejection.violation.code.rawValue)
  }

  /// Refuses a purchase that was taken where it arrived. That partition writes the rejection in the cycle in which it
  /// forgets the event, so that whoever reads it may send the event again, mended, under its id.
  func refuse(_ transaction: Transaction, _ refusal: LateRefusal, arrived arrival: Arrival) {
    var message = LookupMessage(.purchaseRefused)
    message.receipt = transaction.id
    message.source = transaction.source
    message.refusal = refusal
    message.seen = arrival.seen
    message.partition = arrival.partition
    message.offset = arrival.offset
    message.at = arrival.at
    send(message, key: transaction.id, partition: arrival.partition)
  }

  /// To the partition that the key belongs to, or to one that is named.
  func send(_ message: LookupMessage, key: String, partition: Int32? = nil) {
    writer.reset()
    message.encode(to: &writer)
    var key = key
    key.withUTF8 { key in
      context.outbox.begin(
        topic: IngestTopology.Output.lookups.rawValue, partition: partition, key: UnsafeRawBufferPointer(key))
    }
    if let traceparent { context.outbox.header("traceparent", traceparent) }
    writer.withBytes { context.outbox.end(value: $0) }
  }

  func tell(_ status: ClaimStatus) {
    writer.reset()
    status.encode(to: &writer)
    context.outbox.send(
      EventAttributes(id: status.id, type: status.type, source: Self.source, occurredAt: status.occurredAt),
      topic: IngestTopology.Output.claims.rawValue, key: status.memberId, traceparent: traceparent, value: writer)
    if case .refused(let refusal) = status.outcome { context.metrics.rejected(refusal.rawValue) }
  }

  /// Publishes that a member was merged into another one, or takes it back.
  func forward(_ memberId: String, to target: String?, at instant: Instant) {
    guard let target else {
      return context.outbox.sendTombstone(topic: IngestTopology.Output.forwardings.rawValue, key: memberId)
    }
    let forwarding = MemberForwarding(id: memberId, to: target, occurredAt: instant)
    writer.reset()
    forwarding.encode(to: &writer)
    context.outbox.send(
      EventAttributes(
        id: memberId, type: MemberForwarding.type, source: Self.source, occurredAt: instant),
      topic: IngestTopology.Output.forwardings.rawValue, key: memberId, traceparent: traceparent, value: writer)
  }

  func report(_ requestId: String, memberId: String, rowsErased: Int, at instant: Instant) {
    let report = PrivacyReport(
      requestId: requestId, memberId: memberId, service: .transactionIngest, partition: context.partition,
      rowsErased: rowsErased, occurredAt: instant)
    writer.reset()
    report.encode(to: &writer)
    context.outbox.send(
      EventAttributes(
        id: report.id, type: PrivacyReport.type, source: Self.source, occurredAt: report.occurredAt),
      topic: IngestTopology.Output.privacyReports.rawValue, key: memberId, traceparent: traceparent, value: writer)
  }
}
