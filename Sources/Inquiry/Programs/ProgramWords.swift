import Loyalty

/// What a programme promises its members, in words: rows of a name and a sentence.
package struct ProgramWords {
  private let program: Program

  package init(_ program: Program) { self.program = program }

  package var title: String {
    "\(program.name) (\(program.id), version \(program.version)), \(program.status.rawValue) from "
      + "\(program.effectiveFrom.rfc3339)"
  }

  package typealias Row = (name: String, words: String)

  package var rows: [Row] { program.names.rows("name") + [money] + earning + most + life + transfer + tiers }

  private var money: Row {
    ("money", "\(program.currencies.map(\.code).joined(separator: ", ")); days of \(program.calendar.identifier)")
  }

  private var earning: [Row] {
    let rules: [Row] = program.earning.map { ("earn", "\($0.id): \($0.words)\($0.times.words)\($0.names.words)") }
    let multipliers: [Row] = program.multipliers.map {
      ("multiply", "\($0.id): \($0.words)\($0.times.words)\($0.names.words)")
    }
    return rules + multipliers
  }

  private var life: [Row] {
    [("pending", pending), ("expiry", program.expiry.words), ("returns", returns), ("redeem", redemption)]
  }

  private var most: [Row] {
    program.times.perPeriod.map {
      ("limit", "at most \(grouped($0.times)) purchases and activities \($0.period.span) earn")
    }
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

  private var transfer: [Row] {
    guard let transfer = program.transfer else { return [] }
    let limits = [(transfer.pointsPerDay, "day"), (transfer.pointsPerMonth, "month")].compactMap { limit, period in
      limit.map { ", at most \(grouped($0.value)) a \(period)" }
    }
    return [("give", "at least \(grouped(transfer.minimumPoints.value)) points at once" + limits.joined())]
  }

  private var tiers: [Row] {
    guard let tiers = program.tiers else { return [] }
    let measured: Row = ("tiers", "by \(tiers.metricWords), \(tiers.window.words)")
    return [measured] + rates(of: tiers)
      + tiers.levels.map { level in
        (
          "level",
          "\(level.id) from \(tiers.decimal(level.from, program).text)\(Self.factor(of: level))\(level.names.words)"
        )
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
    case .date(let month, let day, let years):
      "points run out at the end of the first \(twoDigits(month))-\(twoDigits(day)) that is \(years) years after they "
        + "were earned or later"
    case .inactivity(.days(let days)): "points run out after \(days) days without earning or redeeming"
    case .inactivity(.months(let months)): "points run out after \(months) months without earning or redeeming"
    case .first(let rules): rules.map(\.words).joined(separator: ", or ") + ": whichever comes first"
    }
  }

  private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension TimesLimits {
  /// ", at most 5 times a day".
  fileprivate var words: String {
    let one = perTransaction.map { [", at most \(grouped($0)) times a purchase"] } ?? []
    return (one + perPeriod.map { ", at most \(grouped($0.times)) times \($0.period.span)" }).joined()
  }
}

extension Period {
  /// "a day", "in a lifetime".
  fileprivate var span: String { self == .lifetime ? "in a lifetime" : "a \(rawValue)" }
}

extension DisplayNames {
  /// By language, in order of the tags.
  private var inOrder: [(tag: String, name: String)] {
    names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  fileprivate func rows(_ name: String) -> [ProgramWords.Row] {
    inOrder.map { (name, "\($0.tag): \($0.name)") }
  }

  /// "; en: Gold, vi: Vàng".
  fileprivate var words: String {
    isEmpty ? "" : "; " + inOrder.map { "\($0.tag): \($0.name)" }.joined(separator: ", ")
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
