/// A programme's earning part, made ready to rate quickly: conditions split and numbered, what is never asked left out.
/// Made once a document; immutable, so it may be read by any thread.
final class RatingPlan: Sendable {
  let table: ConditionTable
  /// The rules that purchases earn by, in document order.
  let rules: [Rule]
  /// The rules that activities earn by.
  let activities: [Rule]
  let multipliers: [PlannedMultiplier]
  let hasExclusiveRules: Bool
  let hasExclusiveActivities: Bool
  let hasRuleLimits: Bool
  /// A rule or multiplier is limited by number.
  let hasTimes: Bool
  let hasCampaigns: Bool
  let hasLineConditions: Bool
  let asksForTraits: Bool
  /// A rule or multiplier asks for the tier.
  let hasTierConditions: Bool
  /// Whether a tier may decide over a bonus.
  let bonusesDependOnTier: Bool
  /// Whether a rule for activities asks for the tier.
  let activitiesDependOnTier: Bool
  let fingerprint: Int64

  /// A class, so that passing one on costs one reference count.
  final class Rule: Sendable {
    let rule: EarningRule
    let condition: CompiledCondition
    let from: Instant
    let until: Instant

    init(_ rule: EarningRule, _ condition: CompiledCondition) {
      self.rule = rule
      self.condition = condition
      from = rule.from ?? .distantPast
      until = rule.until ?? .distantFuture
    }

    func isInForce(at instant: Instant) -> Bool { from <= instant && instant < until }
  }

  final class PlannedMultiplier: Sendable {
    let multiplier: Multiplier
    let condition: CompiledCondition
    let from: Instant
    let until: Instant
    /// Whether it looks at a part of the purchase only.
    let isNarrowing: Bool
    /// Which of the plan's rules it works on.
    let worksOn: [Bool]

    init(_ multiplier: Multiplier, _ condition: CompiledCondition, rules: [Rule]) {
      self.multiplier = multiplier
      self.condition = condition
      from = multiplier.from ?? .distantPast
      until = multiplier.until ?? .distantFuture
      isNarrowing = multiplier.isNarrowing
      worksOn = rules.map { multiplier.rules?.contains($0.rule.id) ?? true }
    }

    func isInForce(at instant: Instant) -> Bool { from <= instant && instant < until }
  }

  init(earning: [EarningRule], multipliers: [Multiplier]) {
    var table = ConditionTable()
    var rules: [Rule] = []
    var activities: [Rule] = []
    for rule in earning {
      let planned = Rule(rule, rule.when.map { CompiledCondition($0, table: &table) } ?? CompiledCondition())
      if case .activity = rule.kind { activities.append(planned) } else { rules.append(planned) }
    }
    self.multipliers = multipliers.map { multiplier in
      PlannedMultiplier(
        multiplier, multiplier.when.map { CompiledCondition($0, table: &table) } ?? CompiledCondition(), rules: rules)
    }
    self.rules = rules
    self.activities = activities
    hasExclusiveRules = rules.contains { $0.rule.isExclusive }
    hasExclusiveActivities = activities.contains { $0.rule.isExclusive }
    hasRuleLimits = earning.contains { !$0.limits.isEmpty }
    hasTimes = earning.contains { !$0.times.isEmpty } || multipliers.contains { !$0.times.isEmpty }
    hasCampaigns = earning.contains { $0.campaign != nil } || multipliers.contains { $0.campaign != nil }
    let conditions = earning.compactMap(\.when) + multipliers.compactMap(\.when)
    hasLineConditions = !table.lineConditions.isEmpty
    asksForTraits = conditions.contains { $0.isAboutTraits }
    hasTierConditions = conditions.contains { $0.isAboutTiers }
    let ofTier = rules.filter { $0.condition.isAboutTiers }
    bonusesDependOnTier = ofTier.contains { $0.rule.isBonus || $0.rule.isExclusive || $0.rule.isLast }
    activitiesDependOnTier = activities.contains { $0.condition.isAboutTiers }
    self.table = table
    fingerprint = table.fingerprint
  }

  func rule(_ id: String) -> Rule? { rules.first { $0.rule.id == id } }
}

extension Program {
  /// Whether a condition asks for what the member's profile tells.
  package var asksForTraits: Bool { plan.asksForTraits }

  /// Whether a purchase may have to be rated again by more than its base points, so that its answers are kept.
  var asksForAnswersAgain: Bool {
    guard tiers != nil else { return false }
    return !plan.multipliers.isEmpty || plan.hasTierConditions || plan.hasRuleLimits || !limits.isEmpty
      || !times.isEmpty
  }

  /// Whether an activity may have to be rated again when a tier becomes known late: because a rule asks for the tier,
  /// or because it shares the programme's limits with purchases.
  package var asksForActivitiesAgain: Bool {
    guard tiers != nil, !plan.activities.isEmpty else { return false }
    return !limits.isEmpty || plan.activitiesDependOnTier
  }
}

extension RatingPlan: Equatable {
  /// A plan follows from the document's rules, which are compared on their own.
  static func == (left: RatingPlan, right: RatingPlan) -> Bool { true }
}
