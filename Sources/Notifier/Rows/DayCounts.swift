import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `day-counts`: how many messages of a class a member had on a day, of classes that a cap holds.
package struct DayCounts: StoreRow, Equatable {
  package private(set) var counts: [Count] = []
  private var forgetAtMs: Int64

  package struct Count: Equatable, Sendable {
    let programId: String
    let messageClass: MessageClass
    let channel: Consent.Channel
    let day: LocalDate
    fileprivate(set) var count: Int
  }

  /// Zones lie 26 hours apart at most, so that no count is asked for any more.
  private static let keptMs: Int64 = 3 * Instant.dayMs

  package init(nowMs: Int64) { forgetAtMs = nowMs + Self.keptMs }

  package func count(_ programId: String, _ messageClass: MessageClass, by channel: Consent.Channel, on day: LocalDate)
    -> Int
  {
    index(programId, messageClass, channel, day).map { counts[$0].count } ?? 0
  }

  /// One more. Days before yesterday are dropped.
  package mutating func add(
    _ programId: String, _ messageClass: MessageClass, by channel: Consent.Channel, on day: LocalDate, nowMs: Int64
  ) {
    forgetAtMs = nowMs + Self.keptMs
    counts.removeAll { $0.day < day.adding(days: -1) }
    if let index = index(programId, messageClass, channel, day) {
      counts[index].count += 1
    } else {
      counts.append(Count(programId: programId, messageClass: messageClass, channel: channel, day: day, count: 1))
    }
  }

  private func index(
    _ programId: String, _ messageClass: MessageClass, _ channel: Consent.Channel, _ day: LocalDate
  ) -> Int? {
    counts.firstIndex {
      $0.programId == programId && $0.messageClass == messageClass && $0.channel == channel && $0.day == day
    }
  }

  package var dueMs: Int64? { forgetAtMs }

  package static let format: UInt8 = 1

  package func encode(to row: RowEncoder) {
    row.int(forgetAtMs)
    row.list(counts) { count in
      row.string(count.programId)
      row.string(count.messageClass.rawValue)
      row.string(count.channel.rawValue)
      row.int(Int64(count.day.daysSinceEpoch))
      row.int(count.count)
    }
  }

  package init(from row: inout RowDecoder) throws {
    forgetAtMs = try row.int()
    counts = try row.list { row in
      let programId = try row.string()
      let (word, name) = (try row.string(), try row.string())
      guard let messageClass = MessageClass(rawValue: word) else { throw RowFormatError("a class named \(word)") }
      guard let channel = Consent.Channel(rawValue: name) else { throw RowFormatError("a channel named \(name)") }
      guard let day = Int32(exactly: try row.int()) else { throw RowFormatError("a day that no calendar has") }
      return Count(
        programId: programId, messageClass: messageClass, channel: channel, day: LocalDate(daysSinceEpoch: day),
        count: Int(try row.count()))
    }
  }
}
