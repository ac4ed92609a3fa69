import JSON
import Loyalty
import Rewards

/// A value of `loyalty.rewards`: one version of a reward.
package struct RewardDocument: VersionedDocument {
  package static let topic = Topic.rewards
  package static let noun = "a reward"

  package let reward: Reward
  package let kind: Kind
  /// What one piece costs the programme, for reports; nil: it is not said.
  package let cost: Money?

  package enum Kind: String, Sendable, CaseIterable {
    case discount, gift, credit, experience, donation
    case payWithPoints = "pay-with-points"
  }

  package var id: String { reward.id }
  package var version: Int64 { reward.version }
  package var status: Reward.Status { reward.status }
  package var names: DisplayNames { reward.names }

  package init(_ value: JSONValue, isNew: Bool) throws(ProgramRefused) {
    self = try Self.checked(value, isNew: isNew, Self.read)
  }

  private init(_ reward: Reward, kind: Kind, cost: Money?) {
    self.reward = reward
    self.kind = kind
    self.cost = cost
  }

  private static func read(_ node: JSONNode, _ problems: ProgramProblems) -> RewardDocument? {
    guard
      let fields = ProgramFields(
        node, problems,
        known: DocumentHead.known.union([
          "kind", "programId", "costs", "stock", "perMember", "validFrom", "validUntil", "hours", "when", "deliver",
          "cancel", "cost",
        ]))
    else { return nil }
    let head = DocumentHead(fields)
    if node["names"] == nil { problems.add(node.path + ".names", "is missing: members must read what they get") }
    let programId = fields.required("programId").flatMap { fields.id($0) }
    let kind = fields.required("kind").flatMap { Self.kind($0, fields) }
    let costs = Self.costs(fields, kind)
    let delivery = fields.required("deliver").flatMap { RewardDeliveryDocument.delivery($0, kind, problems) }
    let payment = node["deliver"].flatMap { RewardPaymentDocument.terms($0, problems) }
    let stock = node["stock"].flatMap { fields.whole($0, 0...RewardStock.piecesMax) }
    let perMember = MemberLimitDocument.limit(fields)
    let cancel = RewardDeliveryDocument.cancelTerms(fields)
    let cost = Self.cost(fields)
    let condition = node["when"].flatMap { RewardPriceDocument.condition($0, problems) }
    let hours = node["hours"].flatMap { RewardHoursDocument.hours($0, fields) } ?? []
    let span = Self.span(fields)
    guard let head, let programId, let kind, let costs, let delivery else { return nil }
    var reward = Reward(
      id: head.id, version: head.version, status: head.status, programId: programId, costs: costs, delivery: delivery,
      stock: stock, perMember: perMember, cancel: cancel)
    reward.names = head.names
    reward.when = condition
    reward.payment = payment
    reward.hours = hours
    (reward.validFrom, reward.validUntil) = span
    return RewardDocument(reward, kind: kind, cost: cost)
  }

  /// Kinds of the rulebook that no worker gives yet.
  private static let kindsToCome = ["upgrade"]

  private static func kind(_ field: JSONNode, _ fields: ProgramFields) -> Kind? {
    if let word = field.string, kindsToCome.contains(word) {
      fields.problems.add(field.path, "is a kind that this version does not give; leave the reward out")
      return nil
    }
    return fields.word(field, Kind.self)
  }

  /// Of points that pay on a bill the bill decides how many.
  private static func costs(_ fields: ProgramFields, _ kind: Kind?) -> [Reward.Cost]? {
    guard kind == .payWithPoints else {
      return fields.required("costs").flatMap { RewardPriceDocument.costs($0, fields) }
    }
    for name in ["costs", "stock"] {
      if let field = fields.node[name] {
        fields.problems.add(field.path, "is not for a reward that pays on a bill: what it costs the bill decides")
      }
    }
    return [Reward.Cost(0)]
  }

  private static func span(_ fields: ProgramFields) -> (Instant?, Instant?) {
    let from = fields.node["validFrom"].flatMap { fields.instant($0) }
    let until = fields.node["validUntil"].flatMap { fields.instant($0) }
    if let from, let until, until <= from {
      fields.problems.add(fields.node.path + ".validUntil", "must be after validFrom")
    }
    return (from, until)
  }

  private static func cost(_ fields: ProgramFields) -> Money? {
    guard let cost = fields.object("cost", known: ["amount", "currency"]) else { return nil }
    guard let currency = cost.required("currency").flatMap({ cost.currency($0) }) else { return nil }
    let amount = cost.required("amount").flatMap { cost.minorUnits($0, currency, from: 0) }
    return amount.map { Money(minorUnits: $0, currency: currency) }
  }
}

extension ProgramFields {
  func currency(_ field: JSONNode) -> Currency? {
    guard let currency = field.string.flatMap({ Currency.known($0) }) else {
      problems.add(field.path, "must be an active ISO 4217 currency, such as VND")
      return nil
    }
    return currency
  }

  /// An amount in the currency's own unit, as a string or a number.
  func minorUnits(_ field: JSONNode, _ currency: Currency, from least: Int64) -> Int64? {
    let exponent = currency.exponent
    return decimal(
      field, from: ExactDecimal(minorUnits: least, exponent: exponent),
      to: ExactDecimal(minorUnits: Money.largestMinorUnits, exponent: exponent), decimals: exponent
    )?.minorUnits(exponent: exponent)
  }
}
