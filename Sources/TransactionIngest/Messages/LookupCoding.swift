import Contracts
import JSON
import Loyalty
import ServiceDomain

/// The JSON form of a ``LookupMessage``. A release reads what the one before it writes and the other way round, since
/// instances of both share a group while it is rolled out: fields are only added, and unknown ones skipped.
extension LookupMessage {
  fileprivate enum Name: String, CaseIterable {
    case contactAdded = "contact.added"
    case contactRemoved = "contact.removed"
    case purchaseLookup = "purchase.lookup"
    case purchaseKept = "purchase.kept"
    case purchaseEnrolled = "purchase.enrolled"
    case receiptClaimed = "receipt.claimed"
    case receiptErased = "receipt.erased"
    case claimJudged = "claim.judged"
    case purchaseRefused = "purchase.refused"
    case rowErased = "row.erased"
  }

  private var name: Name {
    switch self {
    case .contactAdded: .contactAdded
    case .contactRemoved: .contactRemoved
    case .purchaseLookup: .purchaseLookup
    case .purchaseKept: .purchaseKept
    case .purchaseEnrolled: .purchaseEnrolled
    case .receiptClaimed: .receiptClaimed
    case .receiptErased: .receiptErased
    case .claimJudged: .claimJudged
    case .purchaseRefused: .purchaseRefused
    case .rowErased: .rowErased
    }
  }

  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", name.rawValue)
    switch self {
    case .contactAdded(let digest, let owner, let isNew):
      writer.field("digest", digest.hexadecimal)
      writer.field("memberId", owner.memberId)
      writer.field("at", owner.since)
      writer.field("isActive", owner.isActive)
      writer.field("isNew", isNew)
    case .contactRemoved(let digest, let memberId, let erasure):
      writer.field("digest", digest.hexadecimal)
      writer.field("memberId", memberId)
      writer.fields(of: erasure)
    case .purchaseLookup(let digest, let purchase, let otherwise):
      writer.field("digest", digest.hexadecimal)
      writer.field("otherwise", otherwise?.hexadecimal)
      writer.fields(of: purchase)
    case .purchaseKept(let purchase): writer.fields(of: purchase)
    case .purchaseEnrolled(let place, let memberId, let since):
      writer.field("memberId", memberId)
      writer.field("at", since)
      writer.fields(of: place)
    case .receiptClaimed(let claim):
      writer.field("memberId", claim.memberId)
      writer.field("at", claim.occurredAt)
      writer.field("receipt", claim.receipt)
      writer.field("source", claim.source)
      writer.field("claimId", claim.id)
      writer.field("actor", claim.actor)
      writer.field("programId", claim.programId)
      writer.field("total", claim.total.text)
      writer.field("date", claim.date.text)
    case .receiptErased(let place, let erasure):
      writer.fields(of: place)
      writer.fields(of: erasure)
    case .claimJudged(let judged):
      writer.field("memberId", judged.memberId)
      writer.field("at", judged.at)
      writer.field("receipt", judged.receipt)
      writer.field("source", judged.source)
      writer.field("claimId", judged.claimId)
      writer.field("actor", judged.actor)
      writer.field("programId", judged.programId)
      writer.field("code", judged.refusal?.rawValue)
    case .purchaseRefused(let place, let refusal, let arrival):
      writer.fields(of: place)
      writer.field("refusal", refusal.rawValue)
      writer.fields(of: arrival)
    case .rowErased(let requestId): writer.field("requestId", requestId)
    }
    writer.endObject()
  }

  init(decoding bytes: UnsafeRawBufferPointer, _ decoder: TransactionDecoder) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in
      try LookupMessage(try LookupFields(reading: &reader, decoder), in: reader)
    }
  }

  private init(_ fields: LookupFields, in reader: borrowing JSONReader) throws {
    switch try fields.name.required("type", in: reader) {
    case .contactAdded:
      self = .contactAdded(
        try fields.digest.required("digest", in: reader),
        ContactRow.Owner(
          memberId: try fields.memberId.required("memberId", in: reader),
          since: try fields.at.required("at", in: reader),
          isActive: try fields.isActive.required("isActive", in: reader)),
        isNew: try fields.isNew.required("isNew", in: reader))
    case .contactRemoved:
      self = .contactRemoved(
        try fields.digest.required("digest", in: reader),
        memberId: try fields.memberId.required("memberId", in: reader), for: try fields.erasure(in: reader))
    case .purchaseLookup:
      self = .purchaseLookup(
        try fields.digest.required("digest", in: reader), try fields.purchase(in: reader), otherwise: fields.otherwise)
    case .purchaseKept: self = .purchaseKept(try fields.purchase(in: reader))
    case .purchaseEnrolled:
      self = .purchaseEnrolled(
        try fields.place(in: reader), memberId: try fields.memberId.required("memberId", in: reader),
        since: try fields.at.required("at", in: reader))
    case .receiptClaimed: self = .receiptClaimed(try fields.claim(in: reader))
    case .receiptErased: self = .receiptErased(try fields.place(in: reader), for: try fields.erasure(in: reader))
    case .claimJudged:
      self = .claimJudged(
        JudgedClaim(
          claimId: fields.claimId, memberId: try fields.memberId.required("memberId", in: reader),
          receipt: try fields.receipt.required("receipt", in: reader), source: fields.source, refusal: fields.code,
          actor: fields.actor, programId: fields.programId, at: try fields.at.required("at", in: reader)))
    case .purchaseRefused:
      self = .purchaseRefused(
        try fields.place(in: reader), try fields.refusal.required("refusal", in: reader),
        try fields.arrival(in: reader))
    case .rowErased: self = .rowErased(requestId: try fields.requestId.required("requestId", in: reader))
    }
  }
}

/// All that a message may carry, before its type says what it must.
private struct LookupFields {
  var name: LookupMessage.Name?
  var digest: ContactDigest?
  var otherwise: ContactDigest?
  var memberId: String?
  var at: Instant?
  var isActive: Bool?
  var isNew: Bool?
  var receipt: String?
  var source: String?
  var claimId: String?
  var actor: String?
  var programId: String?
  var total: ExactDecimal?
  var date: LocalDate?
  var code: ClaimStatus.Refusal?
  var refusal: LateRefusal?
  var requestId: String?
  var partition: Int32?
  var offset: Int64?
  var seen: UInt64?
  var transaction: Transaction?

  init(reading reader: inout JSONReader, _ decoder: TransactionDecoder) throws {
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": name = try reader.word(LookupMessage.Name.self)
      case "digest": digest = ContactDigest(hexadecimal: try reader.string())
      case "otherwise": otherwise = ContactDigest(hexadecimal: try reader.string())
      case "memberId": memberId = try reader.id()
      case "at": at = try reader.instant()
      case "isActive": isActive = try reader.bool()
      case "isNew": isNew = try reader.bool()
      case "receipt": receipt = try reader.id()
      case "source": source = try reader.id()
      case "claimId": claimId = try reader.id()
      case "actor": actor = try reader.name()
      case "programId": programId = try reader.id()
      case "total": total = try reader.decimal(orThrow: .invalidAmount)
      case "date": date = LocalDate(text: try reader.string())
      case "code": code = try reader.word(ClaimStatus.Refusal.self)
      case "refusal": refusal = try reader.word(LateRefusal.self)
      case "requestId": requestId = try reader.madeText()
      case "partition": partition = Int32(clamping: try reader.integer())
      case "offset": offset = try reader.integer()
      case "seen": seen = UInt64(try reader.string(), radix: 16)
      case "transaction":
        let value = try reader.rawValue()
        transaction = try decoder.decode(UnsafeRawBufferPointer(value.bytes))
      default: try reader.skipValue()
      }
    }
  }

  func arrival(in reader: borrowing JSONReader) throws -> Arrival {
    Arrival(
      partition: try partition.required("partition", in: reader), offset: try offset.required("offset", in: reader),
      at: try at.required("at", in: reader), seen: try seen.required("seen", in: reader))
  }

  func purchase(in reader: borrowing JSONReader) throws -> ArrivedPurchase {
    ArrivedPurchase(
      transaction: try transaction.required("transaction", in: reader), arrival: try arrival(in: reader))
  }

  func place(in reader: borrowing JSONReader) throws -> ReceiptPlace {
    ReceiptPlace(
      receipt: try receipt.required("receipt", in: reader), source: try source.required("source", in: reader))
  }

  /// nil: nobody waits for an answer.
  func erasure(in reader: borrowing JSONReader) throws -> ErasureInWait? {
    guard let requestId else { return nil }
    return ErasureInWait(requestId: requestId, partition: try partition.required("partition", in: reader))
  }

  func claim(in reader: borrowing JSONReader) throws -> PurchaseClaim {
    PurchaseClaim(
      id: try claimId.required("claimId", in: reader), memberId: try memberId.required("memberId", in: reader),
      receipt: try receipt.required("receipt", in: reader), total: try total.required("total", in: reader),
      date: try date.required("date", in: reader), source: source, actor: actor, programId: programId,
      occurredAt: try at.required("at", in: reader))
  }
}

extension JSONWriter {
  fileprivate mutating func fields(of arrival: Arrival) {
    field("partition", Int(arrival.partition))
    field("offset", arrival.offset)
    field("at", arrival.at)
    field("seen", String(arrival.seen, radix: 16))
  }

  fileprivate mutating func fields(of purchase: ArrivedPurchase) {
    fields(of: purchase.arrival)
    key("transaction")
    purchase.transaction.encode(to: &self)
  }

  fileprivate mutating func fields(of place: ReceiptPlace) {
    field("receipt", place.receipt)
    field("source", place.source)
  }

  fileprivate mutating func fields(of erasure: ErasureInWait?) {
    guard let erasure else { return }
    field("requestId", erasure.requestId)
    field("partition", Int(erasure.partition))
  }
}
