import JSON
import Loyalty

/// The `multipliers` part of a programme document.
enum MultiplierDocument {
  private static let factorMax = ExactDecimal(1_000)

  static func multipliers(
    _ field: JSONNode, _ fields: ProgramFields, _ context: ProgramContext, rules: [EarningRule]
  ) -> [Multiplier] {
    let written = ProgramFields.ids(in: fields.node["earning"])
    guard let elements = fields.elements(of: field, from: 0, to: Multiplier.countMax) else { return [] }
    var multipliers: [Multiplier] = []
    var ids = Set(rules.map(\.id))
    for element in elements {
      guard let multiplier = Self.multiplier(element, fields.problems, context, rules: rules, written) else { continue }
      if !ids.insert(multiplier.id).inserted {
        fields.problems.add(element.path + ".id", "stands twice, or is a rule's id")
      }
      multipliers.append(multiplier)
    }
    if multipliers.count(where: \.isNarrowing) > Multiplier.narrowingMax {
      fields.problems.add(
        field.path, "must hold at most \(Multiplier.narrowingMax) that name lines (sku, category, ...) or rules")
    }
    return multipliers
  }

  private static func multiplier(
    _ node: JSONNode, _ problems: ProgramProblems, _ context: ProgramContext, rules: [EarningRule],
    _ written: Set<String>
  ) -> Multiplier? {
    let known: Set<String> = [
      "id", "factor", "when", "rules", "from", "until", "combine", "exclusive", "priority", "campaign",
      "limits", "names",
    ]
    guard let fields = ProgramFields(node, problems, known: known) else { return nil }
    let id = fields.required("id").flatMap { fields.id($0) }
    if let id, EarningDocument.reservedIds.contains(id) { problems.add(node.path + ".id", "is a reserved id") }
    let factor = fields.required("factor").flatMap { fields.decimal($0, from: .zero, to: factorMax, decimals: 6) }
    guard let id, let factor else { return nil }
    var multiplier = Multiplier(
      id: id, factor: factor, when: node["when"].flatMap { ConditionDocument.condition($0, problems, context) },
      rules: node["rules"].flatMap { Self.rules($0, fields, rules, written) },
      combine: node["combine"].flatMap { fields.word($0, Multiplier.Combine.self) } ?? .compound)
    (multiplier.from, multiplier.until) = fields.span()
    multiplier.isExclusive = fields.flag("exclusive")
    multiplier.priority = node["priority"].flatMap { fields.whole($0, -1_000_000...1_000_000) }.map { Int($0) } ?? 0
    multiplier.campaign = context.campaign(fields)
    (_, multiplier.times) = LimitsDocument.limits(fields, of: .multiplier)
    multiplier.names = DisplayNamesDocument.names(fields)
    return multiplier
  }

  /// - Parameter written: ids of all rules, those among them that cannot be read.
  private static func rules(
    _ field: JSONNode, _ fields: ProgramFields, _ rules: [EarningRule], _ written: Set<String>
  ) -> Set<String>? {
    guard let elements = fields.elements(of: field, from: 1, to: EarningDocument.rulesMax) else { return nil }
    var ids: Set<String> = []
    for element in elements {
      guard let id = fields.text(element) else { continue }
      if let rule = rules.first(where: { $0.id == id }) {
        if !rule.isMultiplied {
          fields.problems.add(element.path, "names a rule that is not multiplied: only spend and product rules are")
        }
      } else if !written.contains(id) {
        fields.problems.add(element.path, "names no rule of this document")
      }
      ids.insert(id)
    }
    return ids
  }
}

/// The `campaigns` part of a programme document.
enum CampaignDocument {
  static let countMax = 50

  static func campaigns(_ field: JSONNode, _ fields: ProgramFields) -> [Campaign] {
    guard let elements = fields.elements(of: field, from: 0, to: countMax) else { return [] }
    var campaigns: [Campaign] = []
    for element in elements {
      guard let campaign = ProgramFields(element, fields.problems, known: ["id", "budget"]) else { continue }
      let id = campaign.required("id").flatMap { campaign.id($0) }
      let budget = campaign.required("budget").flatMap { campaign.whole($0, 0...Points.largestMovement.value) }
      guard let id, let budget else { continue }
      if campaigns.contains(where: { $0.id == id }) { fields.problems.add(element.path + ".id", "stands twice") }
      campaigns.append(Campaign(id: id, budget: Points(budget)))
    }
    return campaigns
  }
}
