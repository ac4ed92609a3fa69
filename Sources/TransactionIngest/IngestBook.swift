import Contracts
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
  let profiles: Store<String, MemberContactsRow>
  let claimants: Store<String, ClaimantRow>
  let erasures: Store<String, PendingErasureRow>
  private let publisher: EventPublisher
  private let transactions: EventPublisher.Output
  private let rejections: EventPublisher.Output
  private let lookups: EventPublisher.Output
  private let claims: EventPublisher.Output
  private let mergers: EventPublisher.Output
  private let preferenceRequests: EventPublisher.Output
  private let reports: EventPublisher.Output

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: IngestSettings) throws {
    self.context = context
    self.publisher = publisher
    transactions = publisher.output(.transactions)
    rejections = publisher.output(.rejections)
    lookups = publisher.output(.lookups)
    claims = publisher.output(.claims)
    mergers = publisher.output(.forwardings)
    preferenceRequests = publisher.output(.preferenceRequests)
    reports = publisher.output(.privacyReports)
    self.settings = settings
    programs = ProgramShelf(context)
    forwardings = MemberForwardings(context)
    contactForms = ContactForms(secret: settings.lookupSecret)
    seen = try context.store(IngestTopology.seen)
    contacts = try context.store(IngestTopology.contacts)
    waiting = try context.store(IngestTopology.waiting)
    receipts = try context.store(IngestTopology.receipts)
    profiles = try context.store(IngestTopology.profiles)
    claimants = try context.store(IngestTopology.claimants)
    erasures = try context.store(IngestTopology.erasures)
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

  /// By which rule an e-mail names the member: the strictest of the programmes that the event counts for, since it is
  /// one member's for all of them. A cancellation may leave the currency out: then each of them could be meant.
  func emailMatching(of event: Transaction) -> EmailMatching {
    let programs = programs.inForce(at: event.occurredAt).filter { $0.takes(event) }
    return programs.map(\.intake.emailMatching).min() ?? .anyCase
  }

  /// In whose name the member is told of a claim: of the programme that the claim names, else of the first that the
  /// purchase counts for, else of the first in force; nil where there is none.
  func teller(named programId: String?, _ purchase: Transaction?, at instant: Instant) -> String? {
    programId ?? purchase.flatMap { programs(for: $0).first?.id } ?? programs.inForce(at: instant).first?.id
  }

  /// Passes a transaction on to the member that `memberId` has become; false where its forwardings go round in a
  /// circle.
  func passOn(_ transaction: Transaction, to memberId: String) -> Bool {
    guard let memberId = forwardings.resolve(memberId) else { return false }
    var transaction = transaction
    transaction.memberId = memberId
    publisher.publish(transaction, to: transactions, key: memberId)
    return true
  }

  /// The same to the member that the transaction names, right after ``digest(of:)`` has written it.
  func passOnWritten(_ transaction: Transaction) -> Bool {
    guard let memberId = forwardings.resolve(transaction.memberId) else { return false }
    guard memberId == transaction.memberId else { return passOn(transaction, to: memberId) }
    publisher.publishWritten(transaction, to: transactions, key: memberId)
    return true
  }

  /// A digest of what a shop sent, the member included: tells a retry from another event under the same id.
  func digest(of transaction: Transaction) -> UInt64 {
    publisher.written(transaction) { SeenPurchase.digest(of: $0) }
  }

  /// Under the event's own id, unless that is a phone or an e-mail: the refused record's key may be one too.
  func reject(_ rejection: Rejection) {
    publisher.publish(rejection, to: rejections, key: rejection.recordKey)
    context.counts.rejected(rejection.violation.code.rawValue)
  }

  /// Refuses a purchase that was taken where it arrived. That partition writes the rejection in the cycle in which it
  /// forgets the event, so that whoever reads it may send the event again, mended, under its id.
  func refuse(_ transaction: Transaction, _ refusal: LateRefusal, arrived arrival: Arrival) {
    send(
      .purchaseRefused(ReceiptPlace(receipt: transaction.id, source: transaction.source), refusal, arrival),
      key: transaction.id, partition: arrival.partition)
  }

  /// To the partition that the key belongs to, or to one that is named.
  func send(_ message: LookupMessage, key: String, partition: Int32? = nil) {
    publisher.send(to: lookups, partition: partition, key: key) { message.encode(to: &$0) }
  }

  /// An erasure that waits in this partition.
  func erasure(_ requestId: String) -> ErasureInWait {
    ErasureInWait(requestId: requestId, partition: context.partition)
  }

  /// Says to the partition that waits with an erasure that this one has done its part.
  func answer(_ erasure: ErasureInWait?) {
    guard let erasure else { return }
    send(.rowErased(requestId: erasure.requestId), key: erasure.requestId, partition: erasure.partition)
  }

  func tell(_ status: ClaimStatus) {
    publisher.publish(status, to: claims, key: status.memberId)
    if case .refused(let refusal) = status.outcome { context.counts.rejected(refusal.rawValue) }
  }

  /// Hands on to the notifier what was said of one of its members.
  func pass(_ request: PreferenceRequest) {
    publisher.publish(request, to: preferenceRequests, key: request.recordKey)
  }

  /// Publishes that a member was merged into another one, or takes it back.
  func forward(_ memberId: String, to target: String?, at instant: Instant) {
    guard let target else { return publisher.sendTombstone(to: mergers, key: memberId) }
    publisher.publish(
      MemberForwarding(id: memberId, to: target, occurredAt: instant), to: mergers, key: memberId)
  }

  func report(_ requestId: String, memberId: String, rowsErased: Int, at instant: Instant) {
    let report = PrivacyReport(
      requestId: requestId, memberId: memberId, service: .transactionIngest, partition: context.partition,
      rowsErased: rowsErased, occurredAt: instant)
    publisher.publish(report, to: reports, key: memberId)
  }
}
