import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What ingest knows of a member, in the member's own partition: which contacts the index has of them.
package struct MemberContactsRow: StoreRow, Equatable {
  package var digests: [ContactDigest] = []
  package var isActive = true
  package var mergedInto: String?

  /// The key of a row that holds one digest, of a fixed text: it tells whether the secret is still the same.
  package static let checkKey = "\u{1F}secret"

  /// The key of a row that says that `memberId` was merged into `target`, in the partition of `memberId`: when the
  /// target is erased, the forwarding must go too.
  package static func mergerKey(of memberId: String, into target: String) -> String {
    mergersPrefix(into: target) + memberId
  }

  package static func mergersPrefix(into target: String) -> String {
    RecordKey.separator + "into" + RecordKey.separator + target + RecordKey.separator
  }

  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package init(digests: [ContactDigest], isActive: Bool = true, mergedInto: String? = nil) {
    self.digests = digests
    self.isActive = isActive
    self.mergedInto = mergedInto
  }

  package func encode(to row: RowEncoder) {
    row.bool(isActive)
    row.optionalString(mergedInto)
    row.list(digests) {
      row.int(Int64(bitPattern: $0.high))
      row.int(Int64(bitPattern: $0.low))
    }
  }

  package init(from row: inout RowDecoder) throws {
    isActive = try row.bool()
    mergedInto = try row.optionalString()
    digests = try row.list {
      ContactDigest(high: UInt64(bitPattern: try $0.int()), low: UInt64(bitPattern: try $0.int()))
    }
  }
}
