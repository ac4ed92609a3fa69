import Loyalty
import ServiceDomain
import StreamRuntime

/// An erasure that waits until every other partition has forgotten the member too.
struct PendingErasureRow: StoreRow, Equatable {
  var memberId: String
  var missing: Int64
  var rowsErased: Int64
  var at: Instant

  private static let format: UInt8 = 1

  var dueMs: Int64? { nil }

  init(memberId: String, missing: Int64, rowsErased: Int64, at: Instant) {
    self.memberId = memberId
    self.missing = missing
    self.rowsErased = rowsErased
    self.at = at
  }

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
    row.string(memberId)
    row.int(missing)
    row.int(rowsErased)
    row.instant(at)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "an open erasure")
    self.init(
      memberId: try row.string(), missing: try row.int(), rowsErased: try row.int(), at: try row.instant())
  }
}
