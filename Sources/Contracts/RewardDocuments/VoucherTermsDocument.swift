import JSON
import Loyalty
import Rewards

/// What vouchers of a pool promise and ask: `effect`, `currency`, `uses`, `stores`, `products`, `minimum` and
/// `combinable`.
enum VoucherTermsDocument {
  private static let unitsMax: Int64 = 1_000_000

  /// nil where the effect is wrong, which has been noted then.
  static func terms(_ fields: ProgramFields) -> VoucherTerms? {
    let currency = fields.node["currency"].flatMap { fields.currency($0) }
    let effect = fields.required("effect").flatMap { VoucherEffectDocument.effect($0, currency, fields) }
    let minimum = Self.minimum(fields, currency)
    let stores = fields.node["stores"].flatMap { ConditionDocument.selection($0, fields) }
    let products = Self.products(fields)
    let isCombinable = fields.node["combinable"] == nil || fields.flag("combinable")
    guard let effect else { return nil }
    return VoucherTerms(
      effect, currency: currency, stores: stores ?? .init(), products: products, minimum: minimum,
      isCombinable: isCombinable)
  }

  private static func products(_ fields: ProgramFields) -> ProductSelection {
    guard let products = fields.object("products", known: ["skus", "categories", "brands"]) else { return .init() }
    if products.node.members?.isEmpty == true {
      fields.problems.add(products.node.path, "must hold skus, categories or brands")
    }
    func selection(_ name: String) -> Condition.Selection {
      products.node[name].flatMap { ConditionDocument.selection($0, products) } ?? .init()
    }
    return ProductSelection(
      skus: selection("skus"), categories: selection("categories"), brands: selection("brands"))
  }

  private static func minimum(_ fields: ProgramFields, _ currency: Currency?) -> VoucherTerms.Minimum? {
    guard let minimum = fields.object("minimum", known: ["amount", "units", "includesTax"]) else { return nil }
    let node = minimum.node
    if node["amount"] == nil, node["units"] == nil { fields.problems.add(node.path, "must hold amount or units") }
    let amount = node["amount"].flatMap { amountOff($0, currency, minimum) }
    let units = node["units"].flatMap { minimum.whole($0, 1...unitsMax) }
    let includesTax = node["includesTax"] == nil || minimum.flag("includesTax")
    return VoucherTerms.Minimum(minorUnits: amount ?? 0, units: units ?? 0, includesTax: includesTax)
  }

  /// Of at least one minor unit. Whose currency is missing is told so.
  static func amountOff(_ field: JSONNode, _ currency: Currency?, _ fields: ProgramFields) -> Int64? {
    guard let currency else {
      fields.problems.add(field.path, "is an amount of no currency: name the pool's currency")
      return nil
    }
    return fields.minorUnits(field, currency, from: 1)
  }

  /// A gift card's value stands in its effect.
  static func uses(_ fields: ProgramFields, _ terms: VoucherTerms?) -> Voucher.Uses? {
    if case .credit? = terms?.effect {
      if let field = fields.node["uses"] { fields.problems.add(field.path, "is not of a gift card, which has a value") }
      let value = fields.node["effect"]?["value"].flatMap { amountOff($0, terms?.currency, fields) }
      return value.map { .value($0) }
    }
    guard let field = fields.node["uses"] else { return .times(1) }
    return fields.whole(field, 1...Voucher.timesMax).map { .times($0) }
  }
}

/// What a voucher does to a basket: `effect`.
enum VoucherEffectDocument {
  private enum Kind: String, CaseIterable {
    case amount, percent, credit
    case freeUnits = "free-units"
    case freeShipping = "free-shipping"
  }

  private static let ownFields: [(kind: String, fields: Set<String>)] = [
    ("amount", ["amount", "per", "spread", "unitsPerLineMax"]), ("percent", ["percent", "cap"]),
    ("free-units", ["buy", "get", "timesMax", "adding"]), ("free-shipping", ["cap"]), ("credit", ["value"]),
  ]
  private static let unitsMax: Int64 = 1_000

  static func effect(_ node: JSONNode, _ currency: Currency?, _ whole: ProgramFields) -> VoucherEffect? {
    let own = ownFields.first { $0.kind == node["kind"]?.string }?.fields
    let known = own ?? ownFields.reduce(into: []) { $0.formUnion($1.fields) }
    guard let fields = ProgramFields(node, whole.problems, known: known.union(["kind"]), kinds: ownFields),
      let kind = fields.required("kind").flatMap({ fields.word($0, Kind.self) })
    else { return nil }
    let cap = node["cap"].flatMap { VoucherTermsDocument.amountOff($0, currency, fields) }
    switch kind {
    case .amount: return amount(fields, currency).map { .amount($0) }
    case .percent:
      let percent = fields.required("percent").flatMap {
        fields.decimal(
          $0, from: ExactDecimal(significand: 1, scale: VoucherEffect.percentScaleMax), to: ExactDecimal(100),
          decimals: VoucherEffect.percentScaleMax)
      }
      return percent.map { .percent($0, cap: cap) }
    case .freeUnits: return freeUnits(fields).map { .freeUnits($0) }
    case .freeShipping: return .freeShipping(cap: cap)
    case .credit:
      _ = fields.required("value")
      return .credit
    }
  }

  private static func amount(_ fields: ProgramFields, _ currency: Currency?) -> AmountOff? {
    let amount = fields.required("amount").flatMap { VoucherTermsDocument.amountOff($0, currency, fields) }
    let per = fields.node["per"].map { fields.word($0, AmountOff.Per.self) } ?? .basket
    let spread = fields.node["spread"].map { fields.word($0, AmountOff.Spread.self) } ?? .amount
    let most = fields.node["unitsPerLineMax"].flatMap { fields.whole($0, 1...unitsMax) }
    guard let amount, let per, let spread else { return nil }
    return AmountOff(amount, per: per, spread: spread, unitsPerLineMax: most)
  }

  private static func freeUnits(_ fields: ProgramFields) -> FreeUnits? {
    let buy = fields.required("buy").flatMap { fields.whole($0, 0...unitsMax) }
    let get = fields.required("get").flatMap { fields.whole($0, 1...unitsMax) }
    let most = fields.node["timesMax"].flatMap { fields.whole($0, 1...unitsMax) }
    let adding = fields.node["adding"].map { fields.word($0, FreeUnits.Adding.self) } ?? FreeUnits.Adding.none
    guard let buy, let get, let adding else { return nil }
    return FreeUnits(buy: buy, get: get, timesMax: most, adding: adding)
  }
}
