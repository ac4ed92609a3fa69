import Loyalty
import ServiceDomain
import StreamRuntime

/// An erasure that waits until every other partition has forgotten the member too.
package struct PendingErasureRow: StoreRow, Equatable {
  package var memberId: String
  package var missing: Int64
  package var rowsErased: Int64
  package var at: Instant

  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package init(memberId: String, missing: Int64, rowsErased: Int64, at: Instant) {
    self.memberId = memberId
    self.missing = missing
    self.rowsErased = rowsErased
    self.at = at
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.int(missing)
    row.int(rowsErased)
    row.instant(at)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      memberId: try row.string(), missing: try row.count(), rowsErased: try row.count(), at: try row.instant())
  }
}
