import JSON
import Loyalty

/// The `earning` part of a programme document.
enum EarningDocument {
  static let rulesMax = 200
  /// Rule ids that ledger entries use for what no rule of the document gave.
  static let reservedIds: Set<String> = [TierScheme.rule, "return", "erasure", Account.closingRule]

  static func rules(_ field: JSONNode, _ fields: ProgramFields, _ context: ProgramContext) -> [EarningRule]? {
    guard let elements = fields.elements(of: field, from: 0, to: rulesMax) else { return nil }
    var rules: [EarningRule] = []
    for element in elements {
      guard let rule = Self.rule(element, fields.problems, context) else { continue }
      if rules.contains(where: { $0.id == rule.id }) { fields.problems.add(element.path + ".id", "stands twice") }
      rules.append(rule)
    }
    return rules
  }

  private static let shared: Set<String> = [
    "id", "kind", "when", "exclusive", "priority", "last", "from", "until", "limits", "campaign",
    "names",
  ]

  private static let ownFields: [(kind: String, fields: Set<String>)] = [
    ("spend", ["points", "per"]), ("product", ["points"]), ("visits", ["points", "every", "oncePerDay"]),
    ("transaction", ["points"]), ("activity", ["activity", "points", "formula", "limit"]),
    ("threshold", ["amount", "points", "within", "repeat"]),
  ]

  private static func rule(_ node: JSONNode, _ problems: ProgramProblems, _ context: ProgramContext) -> EarningRule? {
    let own = ownFields.first { $0.kind == node["kind"]?.string }?.fields
    let known = shared.union(own ?? ownFields.reduce(into: []) { $0.formUnion($1.fields) })
    guard let fields = ProgramFields(node, problems, known: known, kinds: ownFields) else { return nil }
    guard let field = fields.required("kind") else { return nil }
    guard own != nil else {
      fields.noteWrongWord(field, known: ownFields.map(\.kind))
      return nil
    }
    let id = fields.required("id").flatMap { fields.id($0) }
    if let id, reservedIds.contains(id) { problems.add(node.path + ".id", "is a reserved id") }
    let condition = node["when"].flatMap { ConditionDocument.condition($0, problems, context) }
    if case .some("activity") = field.string, let condition, condition.isAboutPurchases {
      problems.add(node.path + ".when", "asks for something that only purchases have; this rule is about an activity")
    }
    let kind = Self.kind(field.string, fields, context)
    guard let id, let kind else { return nil }
    var rule = EarningRule(id: id, kind: kind, when: condition)
    readShared(&rule, fields, context)
    return rule
  }

  private static func readShared(_ rule: inout EarningRule, _ fields: ProgramFields, _ context: ProgramContext) {
    rule.isExclusive = fields.flag("exclusive")
    rule.isLast = fields.flag("last")
    rule.priority = fields.node["priority"].flatMap { fields.whole($0, -1_000_000...1_000_000) }.map { Int($0) } ?? 0
    (rule.from, rule.until) = fields.span()
    (rule.limits, rule.times) = LimitsDocument.limits(fields, of: .rule)
    rule.names = DisplayNamesDocument.names(fields)
    if !rule.times.isEmpty, let limit = fields.node["limit"] {
      fields.problems.add(limit.path, "cannot stand beside limits that say how many times: say it there alone")
    }
    rule.campaign = context.campaign(fields)
  }

  private static func kind(_ kind: String?, _ fields: ProgramFields, _ context: ProgramContext) -> EarningRule.Kind? {
    switch kind {
    case "spend": spend(fields)
    case "product": fields.required("points").flatMap { rate($0, fields, to: 1_000_000) }.map { .product(points: $0) }
    case "visits": visits(fields)
    case "transaction": points(fields).map { .transaction(points: $0) }
    case "activity": ActivityRuleDocument.kind(fields)
    case "threshold": threshold(fields, context)
    default: nil
    }
  }

  // Six decimals and these bounds keep the products of `Program.points` inside 128 bits.
  private static let leastRate = ExactDecimal(significand: 1, scale: 6)

  private static func rate(_ field: JSONNode, _ fields: ProgramFields, to most: Int64) -> ExactDecimal? {
    fields.decimal(field, from: leastRate, to: ExactDecimal(most), decimals: 6)
  }

  static func points(_ fields: ProgramFields) -> Points? {
    fields.required("points").flatMap { fields.whole($0, 1...Points.largestMovement.value) }.map { Points($0) }
  }

  private static func spend(_ fields: ProgramFields) -> EarningRule.Kind? {
    let points = fields.required("points").flatMap { rate($0, fields, to: 1_000_000) }
    let per = fields.required("per").flatMap { rate($0, fields, to: 1_000_000_000) }
    guard let points, let per else { return nil }
    return .spend(points: points, per: per)
  }

  private static func visits(_ fields: ProgramFields) -> EarningRule.Kind? {
    let every = fields.required("every").flatMap { fields.whole($0, 1...1_000_000) }
    let points = points(fields)
    let oncePerDay = fields.flag("oncePerDay")
    guard let every, let points else { return nil }
    return .visits(every: Int(every), points: points, oncePerDay: oncePerDay)
  }

  private static func threshold(_ fields: ProgramFields, _ context: ProgramContext) -> EarningRule.Kind? {
    let amount = fields.required("amount").flatMap { rate($0, fields, to: 1_000_000_000_000) }
    let points = points(fields)
    var within: Period?
    if let field = fields.node["within"], field.string != "transaction" {
      within = field.string.flatMap { Period(rawValue: $0) }
      if within == nil || within == .lifetime {
        fields.noteWrongWord(field, known: ["transaction", "day", "week", "month", "year"])
      }
      if context.currencies.count > 1 {
        fields.problems.add(field.path, "needs a programme of one currency: a period's spend is one sum")
      }
    }
    let repeats = fields.flag("repeat")
    guard let amount, let points else { return nil }
    return .threshold(.init(amount: amount, points: points, within: within, repeats: repeats))
  }
}

/// What the fields of a rule or multiplier may refer to, as the document names it: also what has a fault of its own.
struct ProgramContext {
  var currencies: [Currency]
  var campaigns: Set<String>
  /// nil: it does not say which there are.
  var levels: Set<String>?

  /// The campaign that a rule or multiplier names; it must be one of the document.
  func campaign(_ fields: ProgramFields) -> String? {
    guard let field = fields.node["campaign"], let id = fields.id(field) else { return nil }
    guard campaigns.contains(id) else {
      fields.problems.add(field.path, "names no campaign of this document")
      return nil
    }
    return id
  }
}

/// All of a document that decides what is earned.
struct EarningPart {
  var rules: [EarningRule]
  var multipliers: [Multiplier]
  var limits: PointLimits
  var times: TimesLimits
  var campaigns: [Campaign]

  /// nil where the document has no readable list of rules; what is wrong is noted.
  init?(_ fields: ProgramFields, currencies: [Currency]) {
    let node = fields.node
    let campaigns = node["campaigns"].map { CampaignDocument.campaigns($0, fields) } ?? []
    let context = ProgramContext(
      currencies: currencies, campaigns: ProgramFields.ids(in: node["campaigns"]),
      levels: ProgramFields.ids(in: node["tiers"]?["levels"]))
    let rules = fields.required("earning").flatMap { EarningDocument.rules($0, fields, context) }
    let multipliers =
      node["multipliers"].map { MultiplierDocument.multipliers($0, fields, context, rules: rules ?? []) } ?? []
    self.campaigns = campaigns
    self.multipliers = multipliers
    (limits, times) = LimitsDocument.limits(fields, of: .program)
    guard let rules else { return nil }
    self.rules = rules
    let conditions = rules.compactMap(\.when) + multipliers.compactMap(\.when)
    if !Condition.fitsPlan(conditions) {
      fields.problems.add(node.path, "holds more than \(ConditionBits.countMax) different conditions of one sort")
      return nil
    }
  }
}
