import JSON
import Loyalty

/// The `tiers` part of a programme document.
enum TierDocument {
  static let levelsMax = 50
  /// Half a year; and half a period where these are shorter, so that a grace ends well inside the one it runs into.
  static let graceDaysMax: Int64 = 180
  private static let graceDaysOfMonth: Int64 = 15
  static let factorMax = ExactDecimal(1_000)

  static func scheme(_ node: JSONNode, currencies: [Currency]?, _ problems: ProgramProblems) -> TierScheme? {
    guard
      let fields = ProgramFields(
        node, problems,
        known: [
          "metric", "activities", "rates", "rateRounding", "window", "downgrade", "graceDays", "onReversal", "levels",
        ])
    else { return nil }
    let metric = fields.required("metric").flatMap { fields.word($0, TierScheme.Metric.self) }
    let window = fields.required("window").flatMap { Self.window($0, problems) }
    let downgrade = node["downgrade"].map { fields.word($0, TierScheme.Downgrade.self) } ?? .toEarned
    let graceDays = node["graceDays"].map { fields.whole($0, 0...graceDaysMax(window)) } ?? 0
    let onReversal = node["onReversal"].map { fields.word($0, TierScheme.OnReversal.self) } ?? .keep
    let measures = TierMeasureDocument.measures(fields, metric: metric, currencies: currencies)
    let levels = fields.required("levels").flatMap {
      Self.levels($0, fields, decimals: Self.decimals(of: metric, currencies))
    }
    guard let metric, let window, let downgrade, let graceDays, let onReversal, let levels else { return nil }
    var scheme = TierScheme(
      metric: metric, window: window, downgrade: downgrade, graceDays: Int(graceDays), onReversal: onReversal,
      levels: levels)
    scheme.activities = measures.activities
    scheme.rates = measures.rates
    return scheme
  }

  private static func graceDaysMax(_ window: TierScheme.Window?) -> Int64 {
    switch window {
    case .calendarQuarter: 3 * graceDaysOfMonth
    case .validity(let months): min(graceDaysMax, Int64(months) * graceDaysOfMonth)
    case nil, .lifetime, .calendarYear, .rolling, .anniversary: graceDaysMax
    }
  }

  private static let windowsOfMonths: [(kind: String, fields: Set<String>)] = [
    ("rolling", ["months"]), ("validity", ["months"]),
  ]

  private static func window(_ node: JSONNode, _ problems: ProgramProblems) -> TierScheme.Window? {
    let hasMonths = windowsOfMonths.contains { $0.kind == node["kind"]?.string }
    guard
      let fields = ProgramFields(
        node, problems, known: hasMonths ? ["kind", "months"] : ["kind"], kinds: windowsOfMonths),
      let kind = fields.required("kind")
    else { return nil }
    switch kind.string {
    case "lifetime": return .lifetime
    case "calendar-year": return .calendarYear
    case "calendar-quarter": return .calendarQuarter
    case "anniversary": return .anniversary
    case "rolling": return months(fields).map { .rolling(months: $0) }
    case "validity": return months(fields).map { .validity(months: $0) }
    default:
      fields.noteWrongWord(
        kind, known: ["lifetime", "calendar-year", "calendar-quarter", "rolling", "validity", "anniversary"])
      return nil
    }
  }

  private static func months(_ fields: ProgramFields) -> Int? {
    fields.required("months").flatMap { fields.whole($0, 1...ProgramDocument.monthsMax) }.map { Int($0) }
  }

  /// Those of a level's `from`. Where metric or currency has a fault, the most that any has: it is told by itself.
  private static func decimals(of metric: TierScheme.Metric?, _ currencies: [Currency]?) -> UInt8 {
    guard let metric else { return Currency.exponentMax }
    return switch metric {
    case .spend: currencies?.first?.exponent ?? Currency.exponentMax
    case .activities: ActivityMeasure.decimals
    case .points, .basePoints, .visits: 0
    }
  }

  private static func levels(_ field: JSONNode, _ fields: ProgramFields, decimals: UInt8) -> [TierLevel]? {
    guard let elements = fields.elements(of: field, from: 1, to: levelsMax) else { return nil }
    var levels: [TierLevel] = []
    for (index, element) in elements.enumerated() {
      guard let level = Self.level(element, fields.problems, exponent: decimals) else { continue }
      if levels.contains(where: { $0.id == level.id }) { fields.problems.add(element.path + ".id", "stands twice") }
      if let last = levels.last {
        if level.from <= last.from { fields.problems.add(element.path + ".from", "must be above the level before it") }
      } else if index == 0, level.from != 0 {
        fields.problems.add(element.path + ".from", "must be 0 for the first level, which is everyone's")
      }
      levels.append(level)
    }
    return levels.count == elements.count ? levels : nil
  }

  private static func level(_ node: JSONNode, _ problems: ProgramProblems, exponent: UInt8) -> TierLevel? {
    guard let fields = ProgramFields(node, problems, known: ["id", "from", "factor", "names"]) else { return nil }
    let id = fields.required("id").flatMap { fields.id($0) }
    let from = fields.required("from").flatMap { field in
      fields.decimal(field, from: .zero, to: ExactDecimal(1_000_000_000_000), decimals: exponent)
    }
    let factor = node["factor"].map { fields.decimal($0, from: .one, to: factorMax, decimals: 6) } ?? .one
    guard let id, let factor, let from = from?.minorUnits(exponent: exponent) else { return nil }
    var level = TierLevel(id: id, from: from, factor: factor)
    level.names = DisplayNamesDocument.names(fields)
    return level
  }
}
