import Loyalty
import ServiceDomain
import StreamRuntime

/// Where and when a purchase arrived, for the day on which it is refused after all.
package struct Arrival: Equatable {
  package var partition: Int32
  package var offset: Int64
  package var at: Instant
  /// Of the purchase as it was remembered against duplicates.
  package var seen: UInt64

  package init(partition: Int32, offset: Int64, at: Instant, seen: UInt64) {
    self.partition = partition
    self.offset = offset
    self.at = at
    self.seen = seen
  }

  package func encode(to row: RowEncoder) {
    row.int(Int64(partition))
    row.int(offset)
    row.int(at.milliseconds)
    row.int(Int64(bitPattern: seen))
  }

  package init(from row: inout RowDecoder) throws {
    partition = Int32(clamping: try row.int())
    offset = try row.int()
    at = try row.instant()
    seen = UInt64(bitPattern: try row.int())
  }
}
