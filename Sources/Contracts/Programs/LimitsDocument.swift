import JSON
import Loyalty

/// The `limits` of a programme, a rule or a multiplier: by points and by number.
enum LimitsDocument {
  enum Owner {
    case program, rule, multiplier
  }

  private static let pointsPerTransaction = "pointsPerTransaction"
  private static let timesPerTransaction = "timesPerTransaction"
  private static let periods: [(points: String, times: String, period: Period)] = [
    ("pointsPerDay", "timesPerDay", .day), ("pointsPerWeek", "timesPerWeek", .week),
    ("pointsPerMonth", "timesPerMonth", .month), ("pointsPerYear", "timesPerYear", .year),
    ("pointsLifetime", "timesLifetime", .lifetime),
  ]
  private static let known = Set(
    periods.flatMap { [$0.points, $0.times] } + [pointsPerTransaction, timesPerTransaction])
  private static let timesMax: Int64 = 1_000_000

  static func limits(_ fields: ProgramFields, of owner: Owner) -> (PointLimits, TimesLimits) {
    guard let limits = fields.object("limits", known: known) else { return (PointLimits(), TimesLimits()) }
    for (key, field) in limits.node.members ?? [] {
      if let problem = problem(with: key, of: owner) { limits.problems.add(field.path, problem) }
    }
    func points(_ name: String) -> Points? {
      limits.node[name].flatMap { limits.whole($0, 0...Points.largestMovement.value) }.map { Points($0) }
    }
    func times(_ name: String) -> Int64? { limits.node[name].flatMap { limits.whole($0, 1...timesMax) } }
    return (
      PointLimits(
        perTransaction: points(pointsPerTransaction),
        perPeriod: periods.compactMap { limit in points(limit.points).map { .init(limit.period, $0) } }),
      TimesLimits(
        perTransaction: times(timesPerTransaction),
        perPeriod: periods.compactMap { limit in times(limit.times).map { .init(limit.period, $0) } })
    )
  }

  /// What is wrong with a limit that others have.
  private static func problem(with key: String, of owner: Owner) -> String? {
    switch owner {
    case .rule: nil
    case .program:
      key == timesPerTransaction ? "is no limit of a programme, which counts purchases: limit its rules by it" : nil
    case .multiplier:
      if key == timesPerTransaction {
        "is no limit of a multiplier, which works once on a purchase"
      } else if key.hasPrefix("points") {
        "is no limit of a multiplier, which is limited by number alone: limit the points of rules or of the programme"
      } else {
        nil
      }
    }
  }
}
