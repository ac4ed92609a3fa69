import Foundation
import Synchronization

/// Calendar arithmetic in one time zone. Foundation tells the zone's rules once; after that a local day costs a binary
/// search over the zone's offset changes and some integer arithmetic.
package final class ZoneCalendar: Sendable, Equatable {
  /// The zone's name in the IANA database, `Asia/Ho_Chi_Minh`.
  package let identifier: String
  private let zone: TimeZone
  /// Offset changes inside `tabulated`, ascending, in milliseconds since the epoch.
  private let transitions: [Int64]
  /// `offsets[i]` holds from `transitions[i - 1]` to `transitions[i]`; milliseconds east of Greenwich.
  private let offsets: [Int64]

  /// 1970 to 2100; outside Foundation is asked each time.
  private static let tabulated: Range<Int64> = 0..<4_102_444_800_000
  private static let transitionsMax = 2_000

  /// nil when the IANA database has no such zone.
  package init?(identifier: String) {
    guard let zone = TimeZone(identifier: identifier), identifier == "UTC" || identifier.contains("/") else {
      return nil
    }
    self.identifier = identifier
    self.zone = zone
    var transitions: [Int64] = []
    var offsets = [ZoneCalendar.foundationOffset(of: zone, at: ZoneCalendar.tabulated.lowerBound)]
    var cursor = Date(timeIntervalSince1970: 0)
    while transitions.count < ZoneCalendar.transitionsMax,
      let next = zone.nextDaylightSavingTimeTransition(after: cursor)
    {
      let instant = Int64((next.timeIntervalSince1970 * 1000).rounded())
      guard instant < ZoneCalendar.tabulated.upperBound else { break }
      let offset = ZoneCalendar.foundationOffset(of: zone, at: instant)
      if offset != offsets[offsets.count - 1] {
        transitions.append(instant)
        offsets.append(offset)
      }
      cursor = next
    }
    self.transitions = transitions
    self.offsets = offsets
  }

  /// By name. A handful is used; more than so many are made anew each time they are asked for.
  private static let known = Mutex<[String: ZoneCalendar]>([:])
  private static let knownMax = 1_000

  /// The one of that name, made at the first mention; nil as of `init`.
  package static func shared(_ identifier: String) -> ZoneCalendar? {
    if let calendar = known.withLock({ $0[identifier] }) { return calendar }
    guard let calendar = ZoneCalendar(identifier: identifier) else { return nil }
    return known.withLock { known in
      if let first = known[identifier] { return first }
      if known.count < knownMax { known[identifier] = calendar }
      return calendar
    }
  }

  package static func == (left: ZoneCalendar, right: ZoneCalendar) -> Bool {
    left.identifier == right.identifier
  }

  /// The local day an instant falls on.
  package func day(of instant: Instant) -> LocalDate {
    LocalDate(daysSinceEpoch: Int32(localMilliseconds(of: instant).flooredDivision(by: Instant.dayMs).quotient))
  }

  /// The local day, and the milliseconds that its clocks show since midnight.
  package func dayAndTime(of instant: Instant) -> (day: LocalDate, milliseconds: Int64) {
    let (days, time) = localMilliseconds(of: instant).flooredDivision(by: Instant.dayMs)
    return (LocalDate(daysSinceEpoch: Int32(days)), time)
  }

  /// The first instant of a local day: local midnight, or where clocks skip it the first instant after it.
  package func start(of day: LocalDate) -> Instant {
    instant(ofLocal: Int64(day.daysSinceEpoch) * Instant.dayMs)
  }

  /// When clocks show a time, told in milliseconds as if it were UTC: the first of two moments, nil where they skip it.
  package func instant(showing local: Int64) -> Instant? {
    let instant = instant(ofLocal: local)
    return localMilliseconds(of: instant) == local ? instant : nil
  }

  /// The same local time of day, so many days later.
  package func adding(days: Int, to instant: Instant) -> Instant {
    self.instant(ofLocal: localMilliseconds(of: instant) + Int64(days) * Instant.dayMs)
  }

  /// The same day of the month and time of day, so many months later; the month's last day where it is shorter.
  package func adding(months: Int, to instant: Instant) -> Instant {
    let (days, timeOfDay) = localMilliseconds(of: instant).flooredDivision(by: Instant.dayMs)
    let day = LocalDate(daysSinceEpoch: Int32(days)).adding(months: months)
    return self.instant(ofLocal: Int64(day.daysSinceEpoch) * Instant.dayMs + timeOfDay)
  }

  private func localMilliseconds(of instant: Instant) -> Int64 {
    instant.milliseconds + offset(at: instant.milliseconds)
  }

  /// A local time that clocks skip is read with the offset before the change, one they show twice as the first of the
  /// two.
  private func instant(ofLocal local: Int64) -> Instant {
    let before = offset(at: local - Instant.dayMs)
    let after = offset(at: local + Instant.dayMs)
    if before == after || offset(at: local - before) == before {
      return Instant(milliseconds: local - before)
    }
    if offset(at: local - after) == after {
      return Instant(milliseconds: local - after)
    }
    return Instant(milliseconds: local - before)
  }

  private func offset(at milliseconds: Int64) -> Int64 {
    guard ZoneCalendar.tabulated.contains(milliseconds) else {
      return ZoneCalendar.foundationOffset(of: zone, at: milliseconds)
    }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= milliseconds {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return offsets[low]
  }

  private static func foundationOffset(of zone: TimeZone, at milliseconds: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000))) * 1000
  }
}
