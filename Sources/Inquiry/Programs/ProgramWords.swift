import Loyalty

/// What a programme promises its members, in words: rows of a name and a sentence.
package struct ProgramWords {
  private let program: Program

  package init(_ program: Program) { self.program = program }

  package var title: String {
    "\(program.name) (\(program.id), version \(program.version)), \(program.status.rawValue) from "
      + "\(program.effectiveFrom.rfc3339)"
  }

  package var rows: [(name: String, words: String)] {
    [("money", "\(program.currencies.map(\.code).joined(separator: ", ")); days of \(program.calendar.identifier)")]
      + program.earning.map { ("earn", "\($0.id): \($0.words)") }
      + program.multipliers.map { ("multiply", "\($0.id): \($0.words)") }
      + [("pending", pending), ("expiry", program.expiry.words), ("returns", returns), ("redeem", redemption)]
      + transfer + tiers
  }

  private var pending: String {
    program.pendingDays == 0 ? "points can be spent at once" : "points can be spent after \(program.pendingDays) days"
  }

  private var returns: String {
    switch program.returns.overdraw {
    case .clamp: "what a return cannot take back is a recorded shortfall"
    case .negative: "what a return cannot take back is owed"
    }
  }

  private var redemption: String {
    let least = "at least \(grouped(program.redemption.minimumPoints.value)) points at once"
    guard let points = program.redemption.pointsPerUnit, let value = program.redemption.unitValue else { return least }
    return "\(least); \(grouped(points.value)) points are worth \(value.text)"
  }

  private var transfer: [(String, String)] {
    guard let transfer = program.transfer else { return [] }
    let limits = [(transfer.pointsPerDay, "day"), (transfer.pointsPerMonth, "month")].compactMap { limit, period in
      limit.map { ", at most \(grouped($0.value)) a \(period)" }
    }
    return [("give", "at least \(grouped(transfer.minimumPoints.value)) points at once" + limits.joined())]
  }

  private var tiers: [(String, String)] {
    guard let tiers = program.tiers else { return [] }
    let measured = ("tiers", "by \(tiers.metricWords), \(tiers.window.words)")
    return [measured] + rates(of: tiers)
      + tiers.levels.map { level in
        ("level", "\(level.id) from \(tiers.decimal(level.from, program).text)\(Self.factor(of: level))")
      }
  }

  private func rates(of tiers: TierScheme) -> [(String, String)] {
    guard let rates = tiers.rates, let own = program.currencies.first?.code else { return [] }
    return rates.perUnit.map { ($0.code, $1.text) }.sorted { $0.0 < $1.0 }.map { code, rate in
      ("rate", "1 \(code) counts as \(rate) \(own) towards the tiers")
    }
  }

  private static func factor(of level: TierLevel) -> String {
    level.factor == .one ? "" : ", points times \(level.factor.text)"
  }
}

extension Program.Expiry {
  fileprivate var words: String {
    switch self {
    case .never: "points never run out"
    case .months(let months, let moment): "points run out after \(months) months\(moment.words)"
    case .days(let days, let moment): "points run out after \(days) days\(moment.words)"
    case .inactivity(let days): "points run out after \(days) days without earning or redeeming"
    }
  }
}

extension Program.ExpiryMoment {
  fileprivate var words: String {
    switch self {
    case .exact: ""
    case .dayEnd: ", at the end of the day"
    case .monthEnd: ", at the end of the month"
    case .yearEnd: ", at the end of the year"
    }
  }
}

extension TierScheme {
  fileprivate var metricWords: String {
    guard let activities else { return metric.rawValue }
    let names = activities.names.sorted().joined(separator: ", ")
    return activities.attribute.map { "\($0) of the activities \(names)" } ?? "the number of activities \(names)"
  }
}

extension TierScheme.Window {
  fileprivate var words: String {
    switch self {
    case .lifetime: "since ever"
    case .calendarYear: "in a calendar year"
    case .calendarQuarter: "in a quarter of the year"
    case .rolling(let months): "in the last \(months) months"
    case .validity(let months):
      "in the last \(months) months; a level is valid \(months) months from the day it is reached"
    case .anniversary: "in the member's own year"
    }
  }
}
