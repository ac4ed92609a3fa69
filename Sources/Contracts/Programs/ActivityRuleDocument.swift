import JSON
import Loyalty

/// What an `activity` rule says beyond what all rules say.
enum ActivityRuleDocument {
  private static let factorMax = ExactDecimal(1_000_000)
  private static let plusMax = ExactDecimal(1_000_000_000)

  static func kind(_ fields: ProgramFields) -> EarningRule.Kind? {
    let activity = fields.required("activity").flatMap { fields.id($0) }
    let worth = Self.worth(fields)
    let limit = fields.node["limit"].flatMap { Self.limit($0, fields.problems) }
    guard let activity, let worth else { return nil }
    return .activity(.init(activity: activity, worth: worth, limit: limit))
  }

  private static func worth(_ fields: ProgramFields) -> EarningRule.ActivityAward.Worth? {
    guard let node = fields.node["formula"] else { return EarningDocument.points(fields).map { .points($0) } }
    if let points = fields.node["points"] { fields.problems.add(points.path, "cannot stand beside formula") }
    guard let formula = ProgramFields(node, fields.problems, known: ["attribute", "factor", "plus"]) else { return nil }
    let attribute = formula.required("attribute").flatMap { formula.id($0) }
    let least = ExactDecimal(-1_000_000)
    let factor = formula.required("factor").flatMap { formula.decimal($0, from: least, to: factorMax, decimals: 6) }
    let plus =
      node["plus"].map { formula.decimal($0, from: ExactDecimal(-1_000_000_000), to: plusMax, decimals: 6) } ?? .zero
    guard let attribute, let factor, let plus else { return nil }
    return .formula(attribute: attribute, factor: factor, plus: plus)
  }

  private static func limit(_ node: JSONNode, _ problems: ProgramProblems) -> EarningRule.ActivityAward.Limit? {
    guard let fields = ProgramFields(node, problems, known: ["times", "per"]) else { return nil }
    let times = fields.required("times").flatMap { fields.whole($0, 1...1_000_000) }
    let per = fields.required("per").flatMap { fields.word($0, Period.self) }
    guard let times, let per else { return nil }
    return .init(times: Int(times), per: per)
  }
}
