import Contracts
import JSON
import Loyalty
import ServiceDomain

/// What the partitions of ingest say to each other: the value of `loyalty.lookups`.
///
/// A purchase arrives under any key, a profile under its member's, so that what joins them travels: to the partition of a
/// contact's digest (key: the digest), to that of a receipt (key: the receipt id), to that of a member (key: the member
/// id), or back to the partition where a purchase arrived.
struct LookupMessage: Equatable {
  var kind: Kind
  /// Of the contact by which the member is named.
  var digest: ContactDigest?
  var memberId: String?
  /// From when on the member has the contact; of a claim, when it was made.
  var at: Instant?
  var isActive: Bool?
  /// Whether the member did not have the contact before.
  var isNew: Bool?
  var receipt: String?
  var source: String?
  var claimId: String?
  var actor: String?
  /// In whose name a claim is made, or answered.
  var programId: String?
  var total: ExactDecimal?
  var date: LocalDate?
  var code: ClaimStatus.Refusal?
  /// Why a purchase is refused after it left the partition where it arrived.
  var refusal: LateRefusal?
  /// The erasure that waits for an answer in `partition`.
  var requestId: String?
  /// Where the purchase arrived, or where an answer goes.
  var partition: Int32?
  var offset: Int64?
  /// Of the purchase as it was remembered against duplicates.
  var seen: UInt64?
  /// Its member is not resolved yet: `memberId` holds ``unresolved``.
  var transaction: Transaction?

  static let unresolved = "-"

  enum Kind: String, CaseIterable {
    // To a contact's partition.
    case contactAdded = "contact.added"
    case contactRemoved = "contact.removed"
    case purchaseLookup = "purchase.lookup"
    // To a receipt's partition.
    case purchaseKept = "purchase.kept"
    case purchaseEnrolled = "purchase.enrolled"
    case receiptClaimed = "receipt.claimed"
    case receiptErased = "receipt.erased"
    // To a member's partition.
    case claimJudged = "claim.judged"
    // To the partition that waits.
    case purchaseRefused = "purchase.refused"
    case rowErased = "row.erased"
  }

  init(_ kind: Kind) { self.kind = kind }

  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", kind.rawValue)
    writer.field("digest", digest?.hexadecimal)
    writer.field("memberId", memberId)
    writer.field("at", at)
    if let isActive { writer.field("isActive", isActive) }
    if let isNew { writer.field("isNew", isNew) }
    writer.field("receipt", receipt)
    writer.field("source", source)
    writer.field("claimId", claimId)
    writer.field("actor", actor)
    writer.field("programId", programId)
    writer.field("total", total?.text)
    writer.field("date", date?.text)
    writer.field("code", code?.rawValue)
    writer.field("refusal", refusal?.rawValue)
    writer.field("requestId", requestId)
    if let partition { writer.field("partition", Int(partition)) }
    if let offset { writer.field("offset", offset) }
    if let seen { writer.field("seen", String(seen, radix: 16)) }
    if let transaction {
      writer.key("transaction")
      transaction.encode(to: &writer)
    }
    writer.endObject()
  }

  init(decoding bytes: UnsafeRawBufferPointer, _ decoder: TransactionDecoder) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try LookupMessage(reading: &reader, decoder) }
  }

  private init(reading reader: inout JSONReader, _ decoder: TransactionDecoder) throws {
    var kind: Kind?
    var message = LookupMessage(.rowErased)
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type": kind = try reader.word(Kind.self)
      case "digest": message.digest = ContactDigest(hexadecimal: try reader.string())
      case "memberId": message.memberId = try reader.id()
      case "at": message.at = try reader.instant()
      case "isActive": message.isActive = try reader.bool()
      case "isNew": message.isNew = try reader.bool()
      case "receipt": message.receipt = try reader.id()
      case "source": message.source = try reader.id()
      case "claimId": message.claimId = try reader.id()
      case "actor": message.actor = try reader.name()
      case "programId": message.programId = try reader.id()
      case "total": message.total = try reader.decimal(orThrow: .invalidAmount)
      case "date": message.date = LocalDate(text: try reader.string())
      case "code": message.code = try reader.word(ClaimStatus.Refusal.self)
      case "refusal": message.refusal = try reader.word(LateRefusal.self)
      case "requestId": message.requestId = try reader.string()
      case "partition": message.partition = Int32(clamping: try reader.integer())
      case "offset": message.offset = try reader.integer()
      case "seen": message.seen = UInt64(try reader.string(), radix: 16)
      case "transaction":
        let value = try reader.rawValue()
        message.transaction = try decoder.decode(UnsafeRawBufferPointer(value.bytes))
      default: try reader.skipValue()
      }
    }
    message.kind = try kind.required("type", in: reader)
    self = message
  }

  /// A field that a message of this kind must carry.
  func need<Value>(_ path: KeyPath<LookupMessage, Value?>, _ name: String) throws(ContractViolation) -> Value {
    guard let value = self[keyPath: path] else {
      throw ContractViolation(.missingField, at: "$.\(name)", "$.\(name) is missing in a \(kind.rawValue).")
    }
    return value
  }
}
