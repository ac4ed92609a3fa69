import JSON
import Loyalty

/// The `tiers` part of a programme document.
enum TierDocument {
  static let levelsMax = 50
  /// Less than half a year, so that a grace ends well inside the period it runs into.
  static let graceDaysMax: Int64 = 180
  static let factorMax = ExactDecimal(1_000)

  static func scheme(_ node: JSONNode, currencies: [Currency]?, _ problems: ProgramProblems) -> TierScheme? {
    guard
      let fields = ProgramFields(
        node, problems, known: ["metric", "window", "downgrade", "graceDays", "onReversal", "levels"])
    else { return nil }
    let metric = fields.required("metric").flatMap { fields.word($0, TierScheme.Metric.self) }
    let window = fields.required("window").flatMap { Self.window($0, problems) }
    let downgrade = node["downgrade"].map { fields.word($0, TierScheme.Downgrade.self) } ?? .toEarned
    let graceDays = node["graceDays"].map { fields.whole($0, 0...graceDaysMax) } ?? 0
    let onReversal = node["onReversal"].map { fields.word($0, TierScheme.OnReversal.self) } ?? .keep
    if metric == .spend, let currencies, currencies.count > 1 {
      problems.add(node.path + ".metric", "\"spend\" needs a programme of one currency")
    }
    let levels = fields.required("levels").flatMap {
      Self.levels($0, fields, decimals: Self.decimals(of: metric, currencies))
    }
    guard let metric, let window, let downgrade, let graceDays, let onReversal, let levels else { return nil }
    return TierScheme(
      metric: metric, window: window, downgrade: downgrade, graceDays: Int(graceDays), onReversal: onReversal,
      levels: levels)
  }

  private static func window(_ node: JSONNode, _ problems: ProgramProblems) -> TierScheme.Window? {
    let isRolling = node["kind"]?.string == "rolling"
    guard let fields = ProgramFields(node, problems, known: isRolling ? ["kind", "months"] : ["kind"]),
      let kind = fields.required("kind")
    else { return nil }
    switch kind.string {
    case "lifetime": return .lifetime
    case "calendar-year": return .calendarYear
    case "anniversary": return .anniversary
    case "rolling":
      let months = fields.required("months").flatMap { fields.whole($0, 1...ProgramDocument.monthsMax) }
      return months.map { .rolling(months: Int($0)) }
    default:
      fields.noteWrongWord(kind, known: ["lifetime", "calendar-year", "rolling", "anniversary"])
      return nil
    }
  }

  /// Those of a level's `from`. Where metric or currency has a fault, the most that any has: it is told by itself.
  private static func decimals(of metric: TierScheme.Metric?, _ currencies: [Currency]?) -> UInt8 {
    guard let metric else { return Currency.exponentMax }
    return metric == .spend ? currencies?.first?.exponent ?? Currency.exponentMax : 0
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
    guard let fields = ProgramFields(node, problems, known: ["id", "from", "factor"]) else { return nil }
    let id = fields.required("id").flatMap { fields.id($0) }
    let from = fields.required("from").flatMap { field in
      fields.decimal(field, from: .zero, to: ExactDecimal(1_000_000_000_000), decimals: exponent)
    }
    let factor = node["factor"].map { fields.decimal($0, from: .one, to: factorMax, decimals: 6) } ?? .one
    guard let id, let factor, let from = from?.minorUnits(exponent: exponent) else { return nil }
    return TierLevel(id: id, from: from, factor: factor)
  }
}
