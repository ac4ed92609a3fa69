import ServiceDomain
import StreamRuntime

/// A row of the store `soft-bounces`: when mail to a contact bounced of late, by the contact's digest.
package struct SoftBounces: StoreRow, Equatable {
  /// Ascending, by the machine's clock.
  package var atMs: [Int64]
  package var forgetAtMs: Int64

  package init(atMs: [Int64], forgetAtMs: Int64) {
    self.atMs = atMs
    self.forgetAtMs = forgetAtMs
  }

  package var dueMs: Int64? { forgetAtMs }

  package static let format: UInt8 = 1

  package func encode(to row: RowEncoder) {
    row.int(forgetAtMs)
    row.list(atMs) { row.int($0) }
  }

  package init(from row: inout RowDecoder) throws {
    forgetAtMs = try row.int()
    atMs = try row.list { try $0.int() }
  }
}
