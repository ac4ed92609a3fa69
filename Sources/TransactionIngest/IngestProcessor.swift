import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it.
///
///     commerce.purchases ──▶ IntakeDesk ──(member named by id)───────────────────────────▶ loyalty.transactions
///                                 │ named by contact                                              ▲   ▲
///                                 ▼                                                               │   │
///     loyalty.members ──▶ ProfileDesk ──loyalty.lookups──▶ ContactDesk ──(found)──────────────────┘   │
///                                                             │ not found                             │
///                                                             ▼                                       │
///     commerce.claims ──▶ ClaimDesk ──loyalty.lookups──▶ ReceiptDesk ──(claimed, or enrolled)─────────┘
///
///     loyalty.preference-requests ──(of a phone)──▶ PhoneRequestDesk ──(of each of its members)──▶ the same topic
final class IngestProcessor: ServiceProcessor {
  private let book: IngestBook
  private let intake: IntakeDesk
  private let profiles: ProfileDesk
  private let contacts: ContactDesk
  private let receipts: ReceiptDesk
  private let claims: ClaimDesk
  private let preferences: PhoneRequestDesk
  private let erasures: ErasureDesk
  private let lookups = TransactionDecoder(.accepted)

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: IngestSettings) throws {
    book = try IngestBook(context, publisher, settings)
    intake = IntakeDesk(book)
    profiles = try ProfileDesk(book)
    contacts = ContactDesk(book)
    receipts = ReceiptDesk(book)
    claims = ClaimDesk(book)
    preferences = PhoneRequestDesk(book)
    erasures = ErasureDesk(book, profiles, claims)
  }

  var shelves: [any Shelf] { [book.programs, book.forwardings] }

  var inputs: [ServiceInput] {
    [
      // What it refuses goes back to the shop rather than to the dead letters.
      ServiceInput(.purchases, process: intake.process),
      .envelopes(
        // Contacts that were noted where a profile lay wrong are the member's where it lies now.
        .members, MemberProfile.init(decoding:), tombstone: .deletes(profiles.forget, cleared: { _ in }),
        on: book.context.clock, unless: book.erased, process: profiles.process),
      .envelopes(
        .claimRequests, PurchaseClaim.init(decoding:), on: book.context.clock, unless: book.erased,
        process: claims.process),
      .envelopes(.preferenceRequests, PreferenceRequest.init(decoding:), process: preferences.process),
      // Its rows may lie in any partition, so it reports by itself when the last has answered.
      .events(.privacyTasks, PrivacyTask.init(decoding:), process: erasures.process),
      .events(.lookups, { [lookups] in try LookupMessage(decoding: $0, lookups) }) { [self] in try process($0) },
    ]
  }

  private func process(_ message: LookupMessage) throws {
    if let waiting = message.waitingPartition, !(0..<Int32(book.context.partitionCount)).contains(waiting) {
      throw PoisonRecord(code: "unknown-partition", "the message asks for an answer in a partition that there is not")
    }
    if let instant = message.happenedAt { book.context.clock.observe(instant.milliseconds) }
    switch message {
    case .contactAdded(let digest, let owner, let isNew): try contacts.add(digest, owner, isNew: isNew)
    case .contactRemoved(let digest, let memberId, let erasure):
      try contacts.remove(digest, of: memberId, for: erasure)
    case .purchaseLookup(let digest, let purchase, let otherwise):
      try contacts.find(digest, purchase, otherwise: otherwise)
    case .purchaseKept(let purchase): try receipts.keep(purchase)
    case .purchaseEnrolled(let place, let memberId, let since): try receipts.enrol(memberId, since: since, at: place)
    case .receiptClaimed(let claim): try receipts.judge(claim)
    case .receiptErased(let place, let erasure): try receipts.erase(place, for: erasure)
    case .claimJudged(let judged): try claims.conclude(judged)
    case .purchaseRefused(let place, let refusal, let arrival):
      try intake.refuse(place, refusal, arrived: arrival)
    case .rowErased(let requestId): try erasures.answered(requestId)
    }
  }

  /// Goes on with what is too much for one cycle, and forgets what has had its time.
  var sweeps: [Sweep] {
    [
      contacts.sweep, .forgetting(book.seen), .forgetting(book.waiting), receipts.sweep,
      .forgetting(book.claimants), book.erased.sweep,
    ]
  }
}

extension LookupMessage {
  /// Stream time is that of what happened, wherever it arrived; nil where the message is about nothing that did.
  fileprivate var happenedAt: Instant? {
    switch self {
    case .purchaseLookup(_, let purchase, _), .purchaseKept(let purchase): purchase.transaction.occurredAt
    case .receiptClaimed(let claim): claim.occurredAt
    case .claimJudged(let judged): judged.claimId == nil ? nil : judged.at
    case .contactAdded, .contactRemoved, .purchaseEnrolled, .receiptErased, .purchaseRefused, .rowErased: nil
    }
  }
}
