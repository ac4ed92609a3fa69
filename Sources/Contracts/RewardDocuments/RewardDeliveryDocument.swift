import JSON
import Loyalty
import Rewards

/// Who delivers a reward, and until when it is given back: `deliver` and `cancel`.
enum RewardDeliveryDocument {
  static func delivery(
    _ node: JSONNode, _ kind: RewardDocument.Kind?, _ problems: ProgramProblems
  ) -> Reward.Delivery? {
    guard let fields = ProgramFields(node, problems, known: ["voucher", "partner", "product", "manual", "money"]) else {
      return nil
    }
    let ways = ["voucher", "partner", "manual", "money"].filter { node[$0] != nil }
    guard ways.count == 1 else {
      problems.add(node.path, "must hold one of voucher, partner with product, manual, money")
      return nil
    }
    if ways != ["partner"], let product = node["product"] { problems.add(product.path, "is a partner's") }
    if let kind, !allowed(kind).contains(ways[0]) {
      problems.add(
        node.path, "is not how a \(kind.rawValue) is delivered: that is by \(allowed(kind).joined(separator: " or "))")
    }
    if let pool = node["voucher"] { return fields.id(pool).map { .voucher(pool: $0) } }
    if let partner = node["partner"] {
      let id = fields.id(partner)
      let product = fields.required("product").flatMap { fields.id($0) }
      guard let id, let product else { return nil }
      return .partner(id: id, product: product)
    }
    if node["money"] != nil { return .money }
    if !fields.flag("manual") { problems.add(node.path + ".manual", "must be true") }
    return .manual
  }

  private static func allowed(_ kind: RewardDocument.Kind) -> [String] {
    switch kind {
    case .discount, .credit: ["voucher", "partner"]
    case .gift, .experience: ["voucher", "partner", "manual"]
    case .donation: ["partner", "manual"]
    case .payWithPoints: ["money"]
    }
  }

  static func cancelTerms(_ fields: ProgramFields) -> Reward.CancelTerms {
    guard let cancel = fields.object("cancel", known: ["until", "days"]) else { return .init() }
    let until = cancel.required("until").flatMap { cancel.word($0, Reward.CancelTerms.Until.self) } ?? .never
    let days = cancel.node["days"].flatMap { cancel.whole($0, 0...ProgramDocument.daysMax) }
    if until == .never, let field = cancel.node["days"] {
      cancel.problems.add(field.path, "says nothing where nothing is given back")
    }
    return Reward.CancelTerms(until: until, days: days.map { Int($0) })
  }
}
