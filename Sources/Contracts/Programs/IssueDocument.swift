import JSON
import Loyalty

/// The `issues` of a programme: vouchers that members get without points when something comes about.
enum IssueDocument {
  static let rulesMax = 100
  /// Of the programme's id and the rule's together: the id of what is issued is made of them.
  static let idsBytesMax = 80

  private static let causes = ["level", "points", "birthday"]
  /// Causes of the rulebook whose events the reward engine does not read yet.
  private static let causesToCome = [("nps", "answers to surveys"), ("activity", "activities")]

  static func rules(_ fields: ProgramFields) -> [IssueRule] {
    guard let field = fields.node["issues"], let elements = fields.elements(of: field, from: 0, to: rulesMax) else {
      return []
    }
    let levels = (fields.node["tiers"]?["levels"]?.elements ?? []).compactMap { $0["id"]?.string }
    let context = ProgramContext(currencies: [], campaigns: [], levels: Set(levels))
    var rules: [IssueRule] = []
    for element in elements {
      guard let rule = Self.rule(element, fields.problems, context, climbed: Array(levels.dropFirst())) else {
        continue
      }
      if rules.contains(where: { $0.id == rule.id }) { fields.problems.add(element.path + ".id", "stands twice") }
      let bytes = (fields.node["id"]?.string?.utf8.count ?? 0) + rule.id.utf8.count
      if bytes > idsBytesMax {
        fields.problems.add(
          element.path + ".id",
          "has \(bytes) bytes with the programme's id; the id of what is issued is made of both: \(idsBytesMax) at most"
        )
      }
      rules.append(rule)
    }
    return rules
  }

  private static func rule(
    _ node: JSONNode, _ problems: ProgramProblems, _ context: ProgramContext, climbed: [String]
  ) -> IssueRule? {
    guard let fields = ProgramFields(node, problems, known: ["id", "pool", "on", "per", "when"]) else { return nil }
    let id = fields.required("id").flatMap { fields.id($0) }
    let pool = fields.required("pool").flatMap { fields.id($0) }
    let cause = fields.required("on").flatMap { Self.cause($0, problems, climbed: climbed) }
    let condition = node["when"].flatMap { ConditionDocument.condition($0, problems, context) }
    if let condition, condition.isAboutPurchases {
      problems.add(node.path + ".when", "asks for something that only purchases have; ask for the member or the moment")
    }
    let per = node["per"].map { fields.word($0, Period.self) } ?? .lifetime
    if case .birthday = cause, let field = node["per"] {
      problems.add(field.path, "does not go with a birthday, which comes once a year")
    }
    guard let id, let pool, let cause, let per else { return nil }
    return IssueRule(id: id, pool: pool, cause: cause, per: cause == .birthday ? .year : per, when: condition)
  }

  private static func cause(_ node: JSONNode, _ problems: ProgramProblems, climbed: [String]) -> IssueRule.Trigger? {
    let known = Set(causes + causesToCome.map(\.0))
    guard let fields = ProgramFields(node, problems, known: known) else { return nil }
    let toCome = causesToCome.filter { node[$0.0] != nil }
    for (name, events) in toCome {
      problems.add(
        node.path + "." + name,
        "is a cause that this version does not see: the reward engine reads no \(events). Issue such vouchers by "
          + "voucher.issue")
    }
    let named = causes.filter { node[$0] != nil }
    guard named.count == 1, toCome.isEmpty else {
      if toCome.isEmpty { problems.add(node.path, "must hold one of " + causes.joined(separator: ", ")) }
      return nil
    }
    if let field = node["level"] { return level(field, fields, climbed: climbed) }
    if let field = node["points"] {
      return fields.whole(field, 1...Points.largestMovement.value).map { .points(Points($0)) }
    }
    if !fields.flag("birthday") { problems.add(node.path + ".birthday", "must be true") }
    return .birthday
  }

  private static func level(_ field: JSONNode, _ fields: ProgramFields, climbed: [String]) -> IssueRule.Trigger? {
    guard let level = fields.id(field) else { return nil }
    guard climbed.contains(level) else {
      fields.problems.add(
        field.path,
        climbed.isEmpty
          ? "names a level, and this programme has none to rise to"
          : "must be a level that members rise to: " + climbed.joined(separator: ", "))
      return nil
    }
    return .level(level)
  }
}
