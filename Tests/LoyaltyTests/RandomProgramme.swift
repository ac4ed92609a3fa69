import Loyalty
import TestValues

/// Programmes made up from a seed: any mix of rules, conditions, multipliers, limits, pending and expiry.
struct RandomProgramme {
  var random: SplitMix

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }

  /// - Parameter isOrderless: only rules under which what a purchase earns does not depend on those before it.
  mutating func programme(overdraw: ReturnPolicy.Overdraw = .clamp, isOrderless: Bool = false) -> Program {
    var program = program(
      rounding: pick(Rounding.allCases), pendingDays: pick([0, 14]), expiry: pick([.never, .months(2)]),
      returns: ReturnPolicy(overdraw: overdraw, waitDays: 5, graceDays: 10),
      tiers: TierScheme(
        metric: .spend, window: .lifetime,
        levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1, factor: decimal("1.3"))]))
    program.roundPer = pick(Program.RoundPer.allCases)
    var rules = [spendRule("base", "1", per: pick(["1.00", "1.70"]))]
    var kinds: [EarningRule.Kind] = [
      .spend(points: decimal("2.5"), per: .one), .product(points: decimal("0.7")), .transaction(points: 7),
      .threshold(.init(amount: ExactDecimal(40), points: 15, repeats: true)),
    ]
    if !isOrderless {
      kinds += [
        .visits(every: 3, points: 20, oncePerDay: false), .visits(every: 2, points: 9, oncePerDay: true),
        .threshold(.init(amount: ExactDecimal(90), points: 25, within: .week)),
        .threshold(.init(amount: ExactDecimal(60), points: 11, within: .month, repeats: true)),
      ]
    }
    for index in 0..<Int.random(in: 0...4, using: &random) {
      var rule = EarningRule(id: "r\(index)", kind: pick(kinds), when: chance(60) ? condition() : nil)
      rule.isExclusive = chance(8)
      rule.isLast = chance(8)
      if !isOrderless, chance(20) { rule.limits = limits() }
      if !isOrderless, chance(15) { rule.times = times() }
      rules.append(rule)
    }
    program.earning = rules
    program.multipliers = (0..<Int.random(in: 0...3, using: &random)).map { index in
      var multiplier = Multiplier(
        id: "m\(index)", factor: decimal(pick(["0.5", "1.5", "2", "3"])), when: chance(70) ? condition() : nil,
        combine: pick(Multiplier.Combine.allCases))
      multiplier.isExclusive = chance(15)
      if !isOrderless, chance(15) { multiplier.times = times() }
      return multiplier
    }
    if !isOrderless, chance(40) { program.limits = limits() }
    if !isOrderless, chance(15) { program.times = times() }
    return program
  }

  private mutating func times() -> TimesLimits {
    TimesLimits(perPeriod: [.init(pick(Period.allCases), Int64.random(in: 1...4, using: &random))])
  }

  private mutating func limits() -> PointLimits {
    PointLimits(
      perTransaction: chance(50) ? 60 : nil,
      perPeriod: chance(80) ? [.init(pick(Period.allCases), Points(Int64.random(in: 30...400, using: &random)))] : [])
  }

  private mutating func condition(depth: Int = 0) -> Condition {
    switch Int.random(in: 0...(depth < 2 ? 9 : 6), using: &random) {
    case 0: .category(.init(include: ["red"]))
    case 1: .sku(.init(exclude: ["S0"]))
    case 2: .lineAmount(.init(atLeast: ExactDecimal(10)))
    case 3: .amount(.init(atLeast: ExactDecimal(20)))
    case 4: .weekday([0, 2, 4, 6])
    case 5: .tier(.init(include: ["gold"]))
    case 6: .tier(.init(exclude: ["gold"]))
    case 7: .not(condition(depth: depth + 1))
    case 8: .any([condition(depth: depth + 1), condition(depth: depth + 1)])
    default: .all([condition(depth: depth + 1), condition(depth: depth + 1)])
    }
  }

  mutating func bought(_ id: String, at: String) -> Transaction {
    let lines = (0...Int.random(in: 0...3, using: &random)).map { index in
      line(
        "S\(index)", chance(50) ? "red" : nil, "\(Int.random(in: 1...40, using: &random)).99",
        quantity: "\(Int.random(in: 1...3, using: &random))",
        discount: chance(10) ? "45.00" : "0")
    }
    var purchase = purchase(id, at: at, discount: "\(Int.random(in: 0...3, using: &random)).01", lines: lines)
    if chance(10) { purchase.payments = [Payment(tender: "points", amount: 500)] }
    return purchase
  }
}
