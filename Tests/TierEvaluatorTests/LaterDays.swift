import JSON
import Loyalty
import TestValues

/// What `loyalty.tiers` published, read as its page tells readers to: with nothing of the platform's own arithmetic.
struct LaterDays {
  private let document: JSONValue

  init(_ published: String) throws { document = try JSONValue(parsing: Array(published.utf8)) }

  private var progress: JSONValue? { document["progress"] }

  /// Cents that count at an instant: what counted, less what has left by then.
  func counted(at instant: Instant) throws -> Int64 {
    var counted = try Self.cents(progress?["counted"])
    for leave in progress?["leaves"]?.elements ?? [] where try Self.instant(leave["at"]) <= instant {
      counted -= try Self.cents(leave["amount"])
    }
    return counted
  }

  /// Cents that are missing to the level above at an instant; nil: no level is above.
  func missing(at instant: Instant) throws -> Int64? {
    guard let next = document["next"] else { return nil }
    return max(0, try Self.cents(next["from"]) - (try counted(at: instant)))
  }

  var next: String? { document["next"]?["level"]?.string }
  var publishedMissing: Int64? {
    (document["next"]?["missing"]?.string).flatMap { decimal($0).minorUnits(exponent: 2) }
  }
  var asOf: Instant { get throws { try Self.instant(progress?["asOf"]) } }
  var endsAt: Instant? { get throws { try progress?["endsAt"].map { try Self.instant($0) } } }
  var leaves: [JSONValue] { progress?["leaves"]?.elements ?? [] }
  func leave(_ index: Int) throws -> Instant { try Self.instant(leaves[index]["at"]) }

  private static func instant(_ value: JSONValue?) throws -> Instant {
    guard let instant = value?.string.flatMap({ Instant(rfc3339: $0) }) else { throw NotTold() }
    return instant
  }

  private static func cents(_ value: JSONValue?) throws -> Int64 {
    guard let cents = value?.string.flatMap({ decimal($0).minorUnits(exponent: 2) }) else { throw NotTold() }
    return cents
  }

  struct NotTold: Error {}
}

/// What counts by the rulebook, purchase by purchase.
struct Bought {
  var at: Instant
  var cents: Int64

  enum Window: String, CaseIterable {
    case lifetime = #"{"kind":"lifetime"}"#
    case calendarYear = #"{"kind":"calendar-year"}"#
    case rollingQuarter = #"{"kind":"rolling","months":3}"#
    case rollingYear = #"{"kind":"rolling","months":12}"#
    case anniversary = #"{"kind":"anniversary"}"#

    /// Whether what was bought on a day counts on a later one, of a member whose first purchase was on `first`.
    func holds(_ day: LocalDate, on today: LocalDate, first: LocalDate) -> Bool {
      switch self {
      case .lifetime: return true
      case .calendarYear: return day.civil.year == today.civil.year
      case .rollingQuarter: return today < day.adding(months: 3)
      case .rollingYear: return today < day.adding(months: 12)
      case .anniversary:
        let begun = (0..<50).map { first.adding(months: 12 * $0) }.last { $0 <= today }
        return begun.map { $0 <= day && today < $0.adding(months: 12) } ?? false
      }
    }
  }

  static func counted(_ bought: [Bought], in window: Window, at instant: Instant, _ calendar: ZoneCalendar) -> Int64 {
    let (days, today) = (bought.map { calendar.day(of: $0.at) }, calendar.day(of: instant))
    guard let first = days.min() else { return 0 }
    return zip(bought, days).reduce(0) { sum, each in
      window.holds(each.1, on: today, first: first) ? sum + each.0.cents : sum
    }
  }
}
