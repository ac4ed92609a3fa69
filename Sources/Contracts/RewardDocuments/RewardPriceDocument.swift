import JSON
import Loyalty
import Rewards

/// What a reward asks of a member: `costs`, `when` and `perMember`.
enum RewardPriceDocument {
  private static let costsMax = 50

  static func costs(_ field: JSONNode, _ fields: ProgramFields) -> [Reward.Cost]? {
    guard let elements = fields.elements(of: field, from: 1, to: costsMax) else { return nil }
    var costs: [Reward.Cost] = []
    for (index, element) in elements.enumerated() {
      guard let cost = ProgramFields(element, fields.problems, known: ["points", "when"]) else { continue }
      if element["when"] == nil, index + 1 < elements.count {
        fields.problems.add(
          elements[index + 1].path, "is never the price: the one before it holds for everybody. Put that one last")
      }
      let points = cost.required("points").flatMap { cost.whole($0, 0...Points.largestMovement.value) }
      let condition = element["when"].flatMap { Self.condition($0, fields.problems) }
      if let points { costs.append(Reward.Cost(Points(points), when: condition)) }
    }
    return costs.count == elements.count ? costs : nil
  }

  /// Of the member and the moment alone: there is no purchase. Which levels there are the programme says; who publishes
  /// the document is told of those that it does not have.
  static func condition(_ node: JSONNode, _ problems: ProgramProblems) -> Condition? {
    let context = ProgramContext(currencies: [], campaigns: [], levels: nil)
    guard let condition = ConditionDocument.condition(node, problems, context) else { return nil }
    if condition.isAboutPurchases {
      problems.add(node.path, "asks for something that only purchases have; ask for the member or the moment")
    }
    return condition
  }
}

/// How often a member may have something.
enum MemberLimitDocument {
  private static let countMax: Int64 = 1_000_000

  static func limit(_ fields: ProgramFields) -> MemberLimit? {
    guard let limit = fields.object("perMember", known: ["count", "per"]) else { return nil }
    let count = limit.required("count").flatMap { limit.whole($0, 1...countMax) }
    let per = limit.node["per"].map { limit.word($0, Period.self) } ?? .lifetime
    guard let count, let per else { return nil }
    return MemberLimit(count, per: per)
  }
}

/// The local hours of the week in which a reward may be had.
enum RewardHoursDocument {
  private static let spansMax = 50

  static func hours(_ field: JSONNode, _ fields: ProgramFields) -> [Reward.Hours]? {
    guard let elements = fields.elements(of: field, from: 1, to: spansMax) else { return nil }
    return elements.compactMap { element in
      guard let span = ProgramFields(element, fields.problems, known: ["weekdays", "from", "until"]) else { return nil }
      let weekdays = element["weekdays"].map { ConditionDocument.weekdays($0, span) } ?? Set(0...6)
      let from = span.required("from").flatMap { MomentConditionDocument.clock($0, span) }
      let until = span.required("until").flatMap { MomentConditionDocument.clock($0, span) }
      guard let weekdays, let from, let until else { return nil }
      if from == until { fields.problems.add(element.path + ".until", "must differ from the time it begins at") }
      return Reward.Hours(weekdays: weekdays, from: from, until: until)
    }
  }
}
