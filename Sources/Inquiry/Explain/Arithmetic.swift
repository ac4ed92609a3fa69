import Loyalty

/// How a rule, the tier's factor or a multiplier came to its points: for a line that rating gave, and for the ledger
/// entry that booked it.
package struct Arithmetic {
  let program: Program
  /// The rule's or multiplier's id; `tier` for the tier's factor.
  let rule: String
  /// As they were booked, negative where a factor below 1 took them off.
  let points: Points
  let basis: Basis?
  let tier: String?
  let capped: Cap?

  package init(program: Program, rule: String, points: Points, basis: Basis?, tier: String?, capped: Cap?) {
    self.program = program
    self.rule = rule
    self.points = points
    self.basis = basis
    self.tier = tier
    self.capped = capped
  }

  /// The promise that was applied; nil where the programme has no such rule.
  var promise: String? {
    if rule == TierScheme.rule { return "the factor of the member's tier" }
    if let found = program.earning.first(where: { $0.id == rule }) { return found.words }
    return program.multipliers.first { $0.id == rule }?.words
  }

  /// "1 × 42.60 USD ÷ 1.00 = 42 (rounded down)".
  package var text: String {
    if let capped { return "\(calculation), cut by \(words(capped)) to \(grouped(points.value))" }
    guard isRounded else { return calculation }
    return "\(calculation) = \(grouped(points.value)) (rounded \(words(program.rounding)))"
  }

  private var calculation: String {
    if let factor {
      return "(\(factor.text) − 1) × \(grouped(ofBasis)) points" + (tier.map { " at tier \($0)" } ?? "")
    }
    guard let rule = program.earning.first(where: { $0.id == rule }) else { return basisText }
    switch rule.kind {
    case .spend(let points, let per):
      return "\(points.text) × \(basisText) ÷ \(per.text)"
    case .product(let points): return "\(points.text) × \(basisText)"
    case .visits(let every, let points, _): return "\(grouped(points.value)) points for \(every) visits"
    case .transaction(let points): return "\(grouped(points.value)) points for a purchase of \(basisText)"
    case .threshold(let threshold):
      return "spend of \(basisText) reaches \(threshold.amount.text): \(grouped(threshold.points.value)) points"
        + (threshold.repeats ? " each time" : "")
    case .activity(let award):
      guard case .formula(_, let factor, let plus) = award.worth else {
        return "\(grouped(points.value)) points for the activity \(award.activity)"
      }
      return "\(factor.text) × \(basisText)" + (plus == .zero ? "" : " + \(plus.text)")
    }
  }

  /// The factor that worked, where one did.
  private var factor: ExactDecimal? {
    if rule == TierScheme.rule {
      guard let tiers = program.tiers else { return nil }
      return tier.flatMap { level in tiers.levels.first { $0.id == level } }?.factor
    }
    return program.multipliers.first { $0.id == rule }?.factor
  }

  private var isRounded: Bool {
    if factor != nil { return true }
    switch program.earning.first(where: { $0.id == rule })?.kind {
    case .spend, .product: return true
    case .activity(let award):
      if case .formula = award.worth { return true }
      return false
    default: return false
    }
  }

  private var ofBasis: Int64 {
    if case .points(let points) = basis { return points.value }
    return 0
  }

  private var basisText: String {
    switch basis {
    case .spend(let amount):
      let currency = program.currencies.count == 1 ? program.currencies.first : nil
      guard let currency else { return amount.text }
      return "\(padded(amount, currency.exponent)) \(currency.code)"
    case .quantity(let quantity): return quantity.text
    case .points(let points): return "\(grouped(points.value)) points"
    case .count(let count): return "\(count)"
    case .value(let value): return value.text
    case nil: return "nothing noted"
    }
  }

  /// An amount with all the digits of its currency.
  private func padded(_ amount: ExactDecimal, _ exponent: UInt8) -> String {
    guard exponent > 0, amount.scale < exponent else { return amount.text }
    let zeros = String(repeating: "0", count: Int(exponent - amount.scale))
    return amount.text + (amount.scale == 0 ? "." : "") + zeros
  }

  private func words(_ rounding: Rounding) -> String {
    (rounding == .nearest ? "to the nearest" : rounding.rawValue) + (program.roundPer == .line ? " on each line" : "")
  }

  private func words(_ cap: Cap) -> String {
    switch cap {
    case .campaign: "the campaign's budget"
    default:
      cap.rawValue.hasPrefix("rule.") ? "the rule's \(cap.rawValue.dropFirst(5))" : "the programme's \(cap.rawValue)"
    }
  }
}
