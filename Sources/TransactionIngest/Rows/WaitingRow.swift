import Contracts
import ServiceDomain
import StreamRuntime

/// That a purchase named by a contact found no member: in the partition of the contact's digest, for the day on which
/// somebody enrols with it. The purchase itself is kept in its receipt's partition.
package struct WaitingRow: StoreRow, Equatable {
  package var receipt: String
  package var source: String
  package var forgetAtMs: Int64

  package static let format: UInt8 = 1

  package var dueMs: Int64? { forgetAtMs }

  package static func key(_ digest: ContactDigest, receipt: String, source: String) -> String {
    prefix(digest) + receipt + RecordKey.separator + source
  }

  package static func prefix(_ digest: ContactDigest) -> String { digest.hexadecimal + RecordKey.separator }

  package init(receipt: String, source: String, forgetAtMs: Int64) {
    self.receipt = receipt
    self.source = source
    self.forgetAtMs = forgetAtMs
  }

  package func encode(to row: RowEncoder) {
    row.string(receipt)
    row.string(source)
    row.int(forgetAtMs)
  }

  package init(from row: inout RowDecoder) throws {
    receipt = try row.string()
    source = try row.string()
    forgetAtMs = try row.int()
  }
}
