import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What ingest knows of a member, in the member's own partition: which contacts the index has of them.
struct MemberContactsRow: StoreRow, Equatable {
  var digests: [ContactDigest] = []
  var isActive = true
  var mergedInto: String?

  /// The key of a row that holds one digest, of a fixed text: it tells whether the secret is still the same.
  static let checkKey = "\u{1F}secret"

  /// The key of a row that says that `memberId` was merged into `target`, in the partition of `memberId`: when the target
  /// is erased, the forwarding must go too.
  static func mergerKey(of memberId: String, into target: String) -> String { mergersPrefix(into: target) + memberId }

  static func mergersPrefix(into target: String) -> String {
    RecordKey.separator + "into" + RecordKey.separator + target + RecordKey.separator
  }

  private static let format: UInt8 = 1

  var dueMs: Int64? { nil }

  init(digests: [ContactDigest], isActive: Bool = true, mergedInto: String? = nil) {
    self.digests = digests
    self.isActive = isActive
    self.mergedInto = mergedInto
  }

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
    row.bool(isActive)
    row.optionalString(mergedInto)
    row.list(digests) {
      row.int(Int64(bitPattern: $0.high))
      row.int(Int64(bitPattern: $0.low))
    }
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "a member's contacts")
    isActive = try row.bool()
    mergedInto = try row.optionalString()
    digests = try row.list {
      ContactDigest(high: UInt64(bitPattern: try $0.int()), low: UInt64(bitPattern: try $0.int()))
    }
  }
}
