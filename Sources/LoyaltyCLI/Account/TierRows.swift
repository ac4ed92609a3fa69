import Inquiry
import JSON
import Loyalty

/// The lines of an account that tell the tier and the way to the next, for people.
package struct TierRows {
  private let tier: TierNow
  private let time: LocalTime

  init(_ tier: TierNow, _ time: LocalTime) {
    self.tier = tier
    self.time = time
  }

  package init(_ tier: TierNow, zone: ZoneCalendar?) { self.init(tier, LocalTime(zone)) }

  package var rows: [(name: String, value: String, remark: String)] {
    let standing = tier.standing
    let since = standing.since.map { "since \(time.text($0))" }
    let until = standing.until.map { "until \(time.text($0)) at least" }
    var rows: [AccountText.Row] = [
      ("tier", standing.level, [since, until].compactMap { $0 }.joined(separator: " "))
    ]
    if let next = standing.next, let missing = tier.missing {
      let asOf = tier.isAsOfLastEvent ? ", as of \(time.text(standing.asOf))" : ""
      let words = "\(missing.text) of \(next.from.text) \(standing.measures.rawValue) missing"
      rows.append(("next tier", next.level, words + asOf))
    }
    if let leave = tier.nextLeave {
      rows.append(("counted", tier.counted.text, "\(leave.amount.text) of it until \(time.text(leave.at))"))
    }
    return rows
  }
}

extension TierNow {
  /// For programs.
  var json: JSONValue {
    .fields([
      "at": .instant(at), "level": .string(standing.level), "measures": .string(standing.measures.rawValue),
      "counted": .string(counted.text), "next": standing.next.map { .string($0.level) },
      "missing": missing.map { .string($0.text) },
    ])
  }
}
