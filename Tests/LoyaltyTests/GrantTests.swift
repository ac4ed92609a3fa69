import Loyalty
import TestValues
import Testing

/// Points of a campaign that come after returns, or after factors that were to take from them.
@Suite(.timeLimit(.minutes(10))) struct GrantTests {
  private func campaign(_ rule: EarningRule) -> EarningRule {
    var rule = rule
    rule.campaign = "spring"
    return rule
  }

  private func shop(_ rules: [EarningRule], _ multipliers: [Multiplier] = []) -> Shop {
    var program = program()
    program.earning = rules
    program.multipliers = multipliers
    program.campaigns = [Campaign(id: "spring", budget: 1_000_000)]
    return Shop(program)
  }

  @Test func aBonusThatAReturnTookAwayIsNotGrantedAnyMore() {
    let bonus = EarningRule(
      id: "bonus", kind: .threshold(.init(amount: ExactDecimal(50), points: 100, within: nil, repeats: false)))
    var shop = shop([campaign(bonus)])
    shop.buy("A", at: "2017-01-02", "60.00")
    #expect(shop.grant(40, rule: "bonus", to: "A", "1") == 40)
    shop.bringBack("R", of: "A", at: "2017-01-03", refund: "20.00")
    #expect(shop.available == 0)
    #expect(shop.grant(60, rule: "bonus", to: "A", "2") == 0)
    #expect(shop.available == 0)
  }

  @Test func whatALevelBringsLateIsAskedOfTheBudgetFirst() {
    let gold = EarningRule(
      id: "gold", kind: .transaction(points: 30), when: .tier(.init(include: ["gold"])))
    var shop = shop([spendRule("base", "1"), campaign(gold)])
    shop.program.tiers = TierScheme(
      metric: .spend, window: .lifetime,
      levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 100_00)])
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.available == 10)
    #expect(shop.records["pos:A"]?.awards.map(\.deferred) == [0, 30])
    #expect(shop.grant(40, rule: "gold", to: "A", "1") == 30)
    #expect(shop.available == 40)
  }

  @Test func ofABonusThatIsReachedLessOftenOnlyTheRestIsGranted() {
    let bonus = EarningRule(
      id: "bonus", kind: .threshold(.init(amount: ExactDecimal(50), points: 100, within: nil, repeats: true)))
    var shop = shop([campaign(bonus)])
    shop.buy("A", at: "2017-01-02", "100.00")
    #expect(shop.grant(40, rule: "bonus", to: "A", "1") == 40)
    shop.bringBack("R", of: "A", at: "2017-01-03", refund: "20.00")
    #expect(shop.available == 40)
    #expect(shop.grant(160, rule: "bonus", to: "A", "2") == 60)
    #expect(shop.available == 100)
  }

  @Test func aFactorBelowOneTakesFromWhatIsGrantedLate() {
    var shop = shop([campaign(spendRule("base", "1"))], [Multiplier(id: "half", factor: decimal("0.5"))])
    shop.buy("A", at: "2017-01-02", "100.00")
    #expect(shop.grant(30, rule: "base", to: "A", "1") == 30)
    #expect(shop.available == 0)
    #expect(shop.grant(70, rule: "base", to: "A", "2") == 70)
    #expect(shop.available == 50 && shop.records["pos:A"]?.granted == 50)
    shop.cancel("C", of: "A", at: "2017-01-03")
    #expect(shop.available == 0 && shop.account.totals.reversed == 50)
  }

  @Test func whatAGrantReversesAtOnceNamesTheAward() {
    var shop = shop([campaign(spendRule("base", "1"))])
    shop.buy("A", at: "2017-01-02", "100.00")
    shop.bringBack("R", of: "A", at: "2017-01-03", refund: "50.00")
    shop.grant(100, rule: "base", to: "A", "1")
    #expect(shop.available == 50)
    #expect(shop.entries.suffix(2).map { $0.purchase ?? $0.lotId } == ["pos:A", "pos:A"])
  }
}
