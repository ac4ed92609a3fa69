import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `activities`: that an activity was booked, until it is forgotten.
struct ActivityRow: StoreRow {
  var points: Points
  var forgetAt: Instant

  private static let format: UInt8 = 1

  var dueMs: Int64? { forgetAt.milliseconds }

  init(points: Points, forgetAt: Instant) {
    self.points = points
    self.forgetAt = forgetAt
  }

  func encode(to row: RowEncoder) {
    row.byte(ActivityRow.format)
    row.points(points)
    row.instant(forgetAt)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(ActivityRow.format, of: "an activity")
    self.init(points: try row.points(), forgetAt: try row.instant())
  }
}
