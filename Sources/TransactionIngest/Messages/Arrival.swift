import Loyalty
import StreamRuntime

/// Where and when a purchase arrived, for the day on which it is refused after all.
struct Arrival: Equatable {
  var partition: Int32
  var offset: Int64
  var at: Instant
  /// Of the purchase as it was remembered against duplicates.
  var seen: UInt64

  init(partition: Int32, offset: Int64, at: Instant, seen: UInt64) {
    self.partition = partition
    self.offset = offset
    self.at = at
    self.seen = seen
  }

  func encode(to row: RowEncoder) {
    row.int(Int64(partition))
    row.int(offset)
    row.int(at.milliseconds)
    row.int(Int64(bitPattern: seen))
  }

  init(from row: inout RowDecoder) throws {
    partition = Int32(clamping: try row.int())
    offset = try row.int()
    at = Instant(milliseconds: try row.int())
    seen = UInt64(bitPattern: try row.int())
  }
}
