import Contracts
import ServiceDomain
import StreamRuntime

/// That a purchase named by a contact found no member: in the partition of the contact's digest, for the day on which
/// somebody enrols with it. The purchase itself is kept in its receipt's partition.
struct WaitingRow: StoreRow, Equatable {
  var receipt: String
  var source: String
  var forgetAtMs: Int64

  private static let format: UInt8 = 1

  var dueMs: Int64? { forgetAtMs }

  static func key(_ digest: ContactDigest, receipt: String, source: String) -> String {
    prefix(digest) + receipt + RecordKey.separator + source
  }

  static func prefix(_ digest: ContactDigest) -> String { digest.hexadecimal + RecordKey.separator }

  init(receipt: String, source: String, forgetAtMs: Int64) {
    self.receipt = receipt
    self.source = source
    self.forgetAtMs = forgetAtMs
  }

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
    row.string(receipt)
    row.string(source)
    row.int(forgetAtMs)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "a waiting purchase")
    receipt = try row.string()
    source = try row.string()
    forgetAtMs = try row.int()
  }
}
