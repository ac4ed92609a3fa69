import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Takes what shops send: checks it, drops what came before, and passes it on or sends it to be matched with a member.
struct IntakeDesk {
  private let book: IngestBook
  private let decoder = TransactionDecoder(.commerce)

  /// More than a purchase of `Transaction.linesMax` ordinary lines takes, and no more than a rejection can give back
  /// whole.
  static let eventBytesMax = Rejection.originalBytesMax

  init(_ book: IngestBook) { self.book = book }

  func process(_ record: InputRecord) throws {
    do {
      try accept(record)
    } catch let violation as ContractViolation {
      let rejection = Rejection(
        violation: violation,
        place: Rejection.Place(topic: Topic.purchases.name, partition: record.partition, offset: record.offset),
        original: record.value, occurredAt: Instant(milliseconds: max(0, record.timestampMs)))
      book.reject(rejection)
    }
  }

  /// Another partition found that what was taken here cannot be booked: the shop may mend it and send it again.
  func refuse(_ place: ReceiptPlace, _ refusal: LateRefusal, arrived arrival: Arrival) throws {
    let key = RecordKey.joined(place.source, place.receipt)
    if try book.seen.get(key)?.digest == arrival.seen { try book.seen.remove(key) }
    var rejection = Rejection(
      violation: refusal.violation,
      place: Rejection.Place(topic: Topic.purchases.name, partition: arrival.partition, offset: arrival.offset),
      original: nil, occurredAt: arrival.at)
    rejection.originalId = place.receipt
    rejection.originalSource = place.source
    book.reject(rejection)
  }

  private func accept(_ record: InputRecord) throws {
    let received = try decode(record)
    try book.checkRules(received.transaction)
    book.context.clock.observe(received.transaction.occurredAt.milliseconds)
    let contact = book.contactForms.digest(of: received.member, book.emailMatching(of: received.transaction))
    let purchase = named(received.transaction, received, contact)
    guard !received.returned.isEmpty else { return try take(purchase, received, contact, record) }
    // An exchange is refused as a whole, and taken as a return and a purchase that go their own ways from here.
    let parts = (received.returned + [received.transaction]).map { named($0, received, contact) }
    for part in parts {
      if let earlier = try book.seen.get(SeenPurchase.key(of: part)), earlier.digest != book.digest(of: part) {
        throw ContractViolation.conflictingDuplicate
      }
    }
    for part in parts { try take(part, received, contact, record) }
  }

  /// With the member, or with what tells two contacts apart.
  private func named(
    _ transaction: Transaction, _ received: ReceivedTransaction, _ contact: ContactDigest?
  ) -> Transaction {
    guard transaction.memberId.isEmpty else { return transaction }
    var transaction = transaction
    let identity = book.contactForms.identity(of: received.member, lookedUpBy: contact)
    transaction.memberId = identity?.hexadecimal ?? LookupMessage.unresolved
    return transaction
  }

  private func take(
    _ transaction: Transaction, _ received: ReceivedTransaction, _ contact: ContactDigest?, _ record: InputRecord
  ) throws {
    let digest = book.digest(of: transaction)
    let key = SeenPurchase.key(of: transaction)
    if let earlier = try book.seen.get(key) {
      guard earlier.digest == digest else { throw ContractViolation.conflictingDuplicate }
      return book.context.counts.rejected("duplicate")
    }
    if case .id = received.member {
      guard book.passOnWritten(transaction) else { throw MemberForwardings.loop }
    } else {
      let former = book.contactForms.formerDigest(of: received.member, book.emailMatching(of: received.transaction))
      sendOn(transaction, contact, former, seen: digest, record)
    }
    try book.seen.put(key, SeenPurchase(digest: digest, forgetAtMs: book.nowMs + book.settings.memoryMs))
  }

  private func decode(_ record: InputRecord) throws(ContractViolation) -> ReceivedTransaction {
    guard let value = record.value, !value.isEmpty else {
      throw ContractViolation(.emptyValue, at: "$", "The record has no value; send the event as JSON.")
    }
    guard value.count <= Self.eventBytesMax else {
      throw ContractViolation(
        .tooLarge, at: "$", "The value is larger than \(Self.eventBytesMax) bytes; split the purchase.")
    }
    return try decoder.receive(record.envelope)
  }

  /// What names a member by a contact goes to the contact's partition; what names nobody waits in the receipt's.
  private func sendOn(
    _ transaction: Transaction, _ contact: ContactDigest?, _ former: ContactDigest?, seen: UInt64, _ record: InputRecord
  ) {
    var transaction = transaction
    transaction.memberId = LookupMessage.unresolved
    let purchase = ArrivedPurchase(
      transaction: transaction,
      arrival: Arrival(
        partition: record.partition, offset: record.offset, at: Instant(milliseconds: max(0, record.timestampMs)),
        seen: seen))
    if let former {
      book.send(.purchaseLookup(former, purchase, otherwise: contact), key: former.hexadecimal)
    } else if let contact {
      book.send(.purchaseLookup(contact, purchase), key: contact.hexadecimal)
    } else {
      book.send(.purchaseKept(purchase), key: transaction.receipt)
    }
  }
}

extension Transaction {
  /// The id of the purchase that this is, or that it takes back.
  var receipt: String {
    switch kind {
    case .purchase: id
    case .returned(let returned): returned.purchaseId
    case .cancelled(let purchaseId): purchaseId
    }
  }
}
