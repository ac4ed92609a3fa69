import Loyalty
import StreamRuntime

/// Since when the oldest message waits, by when what it tells was booked: of those whose turn is next, which the index
/// of due rows knows without a scan. One that has been tried and waits long for its next attempt may be older.
struct OldestMessage {
  /// A cycle has changed the queue since it was looked at.
  var isStale = true
  private var lookedMs = Int64.min / 2
  private var instant: Instant?

  /// It is looked at this often at most, and at so many of each class.
  private static let everyMs: Int64 = 1_000
  private static let rowsMax = 32

  mutating func since(nowMs: Int64, in lanes: [Store<MessageKey, MessageRow>]) -> Instant? {
    guard lanes.contains(where: { $0.count > 0 }) else { return nil }
    guard isStale, abs(nowMs - lookedMs) >= Self.everyMs || instant == nil else { return instant }
    do {
      instant = try lanes.flatMap { try $0.firstDue(limit: Self.rowsMax) }.compactMap(Self.instant).min()
      lookedMs = nowMs
      isStale = false
    } catch {
      // The figure stays as it was; the next cycle meets the same error, and it is told then.
    }
    return instant
  }

  private static func instant(of row: MessageRow) -> Instant? {
    switch row {
    case .collecting(let announcement, _, _, _): announcement.occurredAt
    case .queued(let announcement, let delivery, _), .attempting(let announcement, let delivery, _):
      delivery.bookedAt ?? announcement.occurredAt
    case .told, .undelivered: nil
    }
  }
}
