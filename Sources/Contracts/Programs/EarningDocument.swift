import JSON
import Loyalty

/// The `earning` part of a programme document.
enum EarningDocument {
  static let rulesMax = 200
  static let listMax = 10_000
  static let nestingMax = 8
  /// Rule ids that ledger entries use for what no rule of the document gave.
  static let reservedIds: Set<String> = [TierScheme.rule, "return", "erasure"]

  static func rules(_ field: JSONNode, _ fields: ProgramFields) -> [EarningRule]? {
    guard let elements = fields.elements(of: field, from: 0, to: rulesMax) else { return nil }
    var rules: [EarningRule] = []
    for element in elements {
      guard let rule = Self.rule(element, fields.problems) else { continue }
      if rules.contains(where: { $0.id == rule.id }) { fields.problems.add(element.path + ".id", "stands twice") }
      rules.append(rule)
    }
    return rules
  }

  private static func rule(_ node: JSONNode, _ problems: ProgramProblems) -> EarningRule? {
    let shared: Set<String> = ["id", "kind", "when"]
    let later: Set<String> = [
      "exclusive", "priority", "last", "limit", "limits", "minimum", "oncePerDay", "roundPer", "from", "until",
    ]
    guard let kind = node["kind"]?.string else {
      if let fields = ProgramFields(node, problems, known: shared.union(["points", "per", "every"]), later: later) {
        if let field = fields.required("kind") { fields.noteWrongWord(field, known: ["spend", "visits"], later: []) }
      }
      return nil
    }
    switch kind {
    case "spend":
      guard let fields = ProgramFields(node, problems, known: shared.union(["points", "per"]), later: later) else {
        return nil
      }
      return rule(fields, kind: spend(fields))
    case "visits":
      guard let fields = ProgramFields(node, problems, known: shared.union(["points", "every"]), later: later) else {
        return nil
      }
      return rule(fields, kind: visits(fields))
    default:
      let isLater = ["product", "transaction", "activity", "threshold"].contains(kind)
      problems.add(
        node.path + ".kind", isLater ? "\"\(kind)\" " + ProgramFields.notYet : "must be one of spend, visits")
      return nil
    }
  }

  private static func rule(_ fields: ProgramFields, kind: EarningRule.Kind?) -> EarningRule? {
    let id = fields.required("id").flatMap { fields.id($0) }
    if let id, reservedIds.contains(id) { fields.problems.add(fields.node.path + ".id", "is a reserved id") }
    var condition: LineCondition?
    if let when = fields.node["when"] {
      condition = self.condition(when, fields.problems, depth: 0)
      guard condition != nil else { return nil }
    }
    guard let id, let kind else { return nil }
    return EarningRule(id: id, kind: kind, when: condition)
  }

  // Six decimals and these bounds keep the products of `Program.points` inside 128 bits.
  private static let leastRate = ExactDecimal(significand: 1, scale: 6)

  private static func spend(_ fields: ProgramFields) -> EarningRule.Kind? {
    let points = fields.required("points").flatMap {
      fields.decimal($0, from: leastRate, to: ExactDecimal(1_000_000), decimals: 6)
    }
    let per = fields.required("per").flatMap {
      fields.decimal($0, from: leastRate, to: ExactDecimal(1_000_000_000), decimals: 6)
    }
    guard let points, let per else { return nil }
    return .spend(points: points, per: per)
  }

  private static func visits(_ fields: ProgramFields) -> EarningRule.Kind? {
    let every = fields.required("every").flatMap { fields.whole($0, 1...1_000_000) }
    let points = fields.required("points").flatMap { fields.whole($0, 1...Points.largestMovement.value) }
    guard let every, let points else { return nil }
    return .visits(every: Int(every), points: Points(points))
  }

  /// Several fields in one condition must all hold.
  private static func condition(_ node: JSONNode, _ problems: ProgramProblems, depth: Int) -> LineCondition? {
    guard depth < nestingMax else {
      problems.add(node.path, "is nested more than \(nestingMax) deep")
      return nil
    }
    let later: Set<String> = [
      "any", "not", "brand", "store", "channel", "weekday", "time", "date", "currency", "amount", "quantity", "tier",
      "segment", "member", "nthPurchase", "tender",
    ]
    guard let fields = ProgramFields(node, problems, known: ["sku", "category", "all"], later: later) else {
      return nil
    }
    var parts: [LineCondition] = []
    if let field = node["sku"], let selection = Self.selection(field, fields) { parts.append(.sku(selection)) }
    if let field = node["category"], let selection = Self.selection(field, fields) {
      parts.append(.category(selection))
    }
    if let field = node["all"], let elements = fields.elements(of: field, from: 1, to: rulesMax) {
      parts += elements.compactMap { condition($0, problems, depth: depth + 1) }
    }
    guard let first = parts.first else {
      if fields.node.members?.isEmpty == true { problems.add(node.path, "must name a condition") }
      return nil
    }
    return parts.count == 1 ? first : .all(parts)
  }

  /// A list of what to include, or an object with `include`, `exclude` or both.
  private static func selection(_ field: JSONNode, _ fields: ProgramFields) -> LineCondition.Selection? {
    if field.elements != nil { return list(field, fields).map { LineCondition.Selection(include: $0) } }
    guard let lists = ProgramFields(field, fields.problems, known: ["include", "exclude"]) else { return nil }
    let include = field["include"].map { list($0, lists) }
    let exclude = field["exclude"].map { list($0, lists) }
    if include == nil, exclude == nil { fields.problems.add(field.path, "must hold include or exclude") }
    return LineCondition.Selection(include: include ?? nil, exclude: (exclude ?? nil) ?? [])
  }

  private static func list(_ field: JSONNode, _ fields: ProgramFields) -> Set<String>? {
    guard let elements = fields.elements(of: field, from: 1, to: listMax) else { return nil }
    return Set(elements.compactMap { fields.text($0) })
  }
}
