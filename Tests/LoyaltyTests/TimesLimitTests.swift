import Loyalty
import TestValues
import Testing

/// Limits by number: of awards, not of points.
@Suite(.timeLimit(.minutes(10))) struct TimesLimitTests {
  private func limited(
    _ kind: EarningRule.Kind, _ limits: TimesLimits.PeriodTimes..., perTransaction: Int64? = nil
  ) -> EarningRule {
    var rule = EarningRule(id: "r", kind: kind)
    rule.times = TimesLimits(perTransaction: perTransaction, perPeriod: limits)
    return rule
  }

  private func earned(_ rule: EarningRule, _ days: [String], _ amount: String = "10.00") -> [Int64] {
    var shop = Shop(program(rule))
    return days.enumerated().map { shop.buy("P\($0.offset)", at: $0.element, amount) }
  }

  @Test(
    arguments: [
      (.spend(points: .one, per: .one), [10, 10, 0, 10]), (.product(points: ExactDecimal(3)), [3, 3, 0, 3]),
      (.transaction(points: 7), [7, 7, 0, 7]), (.visits(every: 1, points: 5), [5, 5, 0, 5]),
      (.threshold(.init(amount: ExactDecimal(10), points: 4)), [4, 4, 0, 4]),
    ] as [(EarningRule.Kind, [Int64])])
  func everyKindOfRuleStopsAtItsNumber(kind: EarningRule.Kind, expected: [Int64]) {
    let days = ["2017-01-02", "2017-01-03", "2017-01-08T23:59:59Z", "2017-01-09"]
    #expect(earned(limited(kind, .init(.week, 2)), days) == expected)
  }

  @Test func theTightestPeriodDecidesAndIsTold() {
    var shop = Shop(program(limited(.transaction(points: 7), .init(.day, 2), .init(.month, 3))))
    let days = ["2017-01-02", "2017-01-02", "2017-01-02", "2017-01-03", "2017-01-04", "2017-02-01"]
    #expect(days.enumerated().map { shop.buy("P\($0.offset)", at: $0.element, "1.00") } == [7, 7, 0, 7, 0, 7])
    let told = shop.entries.filter { $0.type == .earningRefused }
    #expect(
      told.map { "\($0.cause) \($0.rule ?? "") \($0.capped?.rawValue ?? "")" } == [
        "P2 r rule.timesPerDay", "P4 r rule.timesPerMonth",
      ])
    #expect(told.allSatisfy { $0.reason == "limit-reached" && $0.points == 0 })
  }

  @Test func stampsAreCountedOneByOne() {
    let stamp = EarningRule.Threshold(amount: ExactDecimal(5), points: 100, repeats: true)
    let rule = limited(.threshold(stamp), .init(.day, 5), perTransaction: 3)
    #expect(
      earned(rule, ["2017-01-02", "2017-01-02", "2017-01-02", "2017-01-03"], "24.99") == [300, 200, 0, 300])
  }

  @Test func whatEarnsNothingIsNotCounted() {
    var shop = Shop(program(limited(.spend(points: .one, per: .one), .init(.day, 1))))
    shop.buy("small", at: "2017-01-02", "0.99")
    #expect(shop.buy("large", at: "2017-01-02", "5.00") == 5)
    #expect(!shop.entries.contains { $0.type == .earningRefused })
  }

  @Test func onlyAPurchaseThatComesBackWholeGivesItsNumberBack() {
    var shop = Shop(program(limited(.transaction(points: 7), .init(.lifetime, 1))))
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.bringBack("R1", of: "A", at: "2017-01-03", refund: "9.99")
    #expect(shop.buy("B", at: "2017-01-03", "10.00") == 0)
    shop.bringBack("R2", of: "A", at: "2017-01-04", refund: "0.01")
    #expect(shop.buy("C", at: "2017-01-05", "10.00") == 7)
    shop.cancel("R3", of: "B", at: "2017-01-06")
    #expect(shop.buy("D", at: "2017-01-06", "10.00") == 0, "B had counted nothing")
    #expect(
      shop.account.counters.times.map(\.amounts) == [[PeriodAmount(start: LocalDate(daysSinceEpoch: 0), amount: 1)]])
  }

  @Test func anActivityIsLimitedAsAPurchaseIsAndTellsIt() {
    let kind = EarningRule.Kind.activity(.init(activity: "review", worth: .points(20)))
    var shop = Shop(program(limited(kind, .init(.month, 1))))
    let earned = ["2017-01-02", "2017-01-03", "2017-02-01"].map { day in
      shop.act(Activity(id: day, source: "app", memberId: "M-1", occurredAt: time(day), name: "review", numbers: [:]))
    }
    #expect(earned == [20, 0, 20])
    #expect(shop.entries.compactMap(\.capped) == [.ruleTimesMonth])
  }

  @Test func aMultiplierThatIsUsedUpGivesNothingAndNothingIsBuiltOnIt() {
    var first = Multiplier(id: "first", factor: ExactDecimal(2))
    first.times = TimesLimits(perPeriod: [.init(.day, 1)])
    var program = program()
    program.multipliers = [first, Multiplier(id: "then", factor: ExactDecimal(2))]
    var shop = Shop(program)
    #expect(shop.buy("A", at: "2017-01-02", "10.00") == 40)
    #expect(shop.buy("B", at: "2017-01-02", "10.00") == 20)
    #expect(shop.entries.last { $0.type == .earningRefused }?.rule == "first")
    shop.cancel("R", of: "A", at: "2017-01-02")
    #expect(shop.buy("C", at: "2017-01-02", "10.00") == 40)
  }

  @Test func anExclusiveMultiplierThatIsUsedUpStillWorksAlone() {
    var only = Multiplier(id: "only", factor: ExactDecimal(5))
    only.isExclusive = true
    only.times = TimesLimits(perPeriod: [.init(.lifetime, 1)])
    var program = program()
    program.multipliers = [only, Multiplier(id: "other", factor: ExactDecimal(2))]
    var shop = Shop(program)
    #expect(shop.buy("A", at: "2017-01-02", "10.00") == 50)
    #expect(shop.buy("B", at: "2017-01-02", "10.00") == 10)
  }

  @Test func aFactorBelowOneThatIsUsedUpTakesNothingOff() {
    var half = Multiplier(id: "half", factor: decimal("0.5"))
    half.times = TimesLimits(perPeriod: [.init(.day, 1)])
    var program = program()
    program.multipliers = [half]
    var shop = Shop(program)
    #expect(shop.buy("A", at: "2017-01-02", "10.00") == 5 && shop.buy("B", at: "2017-01-02", "10.00") == 10)
    #expect(!shop.entries.contains { $0.type == .earningRefused })
  }

  @Test func aProgrammeCountsPurchasesAndActivitiesThatEarn() {
    var program = program(
      spendRule("base", "1"), EarningRule(id: "plus", kind: .transaction(points: 3)),
      EarningRule(id: "review", kind: .activity(.init(activity: "review", worth: .points(20)))))
    program.times = TimesLimits(perPeriod: [.init(.day, 2)])
    var shop = Shop(program)
    let review = Activity(
      id: "V", source: "app", memberId: "M-1", occurredAt: time("2017-01-02"), name: "review", numbers: [:])
    #expect(shop.buy("A", at: "2017-01-02", "10.00") == 13 && shop.act(review) == 20)
    #expect(shop.buy("B", at: "2017-01-02", "10.00") == 0)
    #expect(shop.entries.filter { $0.cause == "B" }.map(\.capped) == [.timesDay, .timesDay])
    #expect(shop.buy("next", at: "2017-01-03", "10.00") == 13)
    shop.cancel("R", of: "A", at: "2017-01-03")
    #expect(shop.buy("late", at: "2017-01-02", "10.00") == 13)
  }

  /// A return lies between them: rating again must not find another order than booking did.
  @Test func aTierThatBecomesKnownLateLeavesTheCountsAsTheyWere() {
    let scheme = TierScheme(
      metric: .spend, window: .lifetime,
      levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1, factor: ExactDecimal(2))])
    var rule = spendRule("base", "1")
    rule.times = TimesLimits(perPeriod: [.init(.day, 1)])
    var program = program(rule, tiers: scheme)
    program.multipliers = [Multiplier(id: "m", factor: ExactDecimal(2))]
    program.limits = PointLimits(perPeriod: [.init(.year, 100_000)])
    var shop = Shop(program)
    #expect(shop.buy("A", at: "2017-01-02T08:00:00Z", "10.00") == 20)
    #expect(shop.buy("B", at: "2017-01-02T09:00:00Z", "10.00") == 0)
    shop.cancel("R", of: "A", at: "2017-01-02T10:00:00Z")
    #expect(shop.buy("C", at: "2017-01-02T11:00:00Z", "10.00") == 20)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.records.mapValues { $0.granted.value - $0.reversed.value } == ["pos:A": 0, "pos:B": 0, "pos:C": 40])
    #expect(shop.available == 40 && shop.buy("D", at: "2017-01-02T12:00:00Z", "10.00") == 0)
  }

  @Test func whereTheTierDecidesWhoIsAwardedTheCountsAreJudgedAnew() {
    let scheme = TierScheme(
      metric: .spend, window: .lifetime, levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1)])
    var rule = EarningRule(id: "gold", kind: .transaction(points: 9), when: .tier(.init(include: ["gold"])))
    rule.times = TimesLimits(perPeriod: [.init(.day, 1)])
    var shop = Shop(program(rule, tiers: scheme))
    #expect(shop.buy("A", at: "2017-01-02T08:00:00Z", "10.00") == 0)
    #expect(shop.buy("B", at: "2017-01-02T09:00:00Z", "10.00") == 0)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.records.mapValues(\.granted.value) == ["pos:A": 9, "pos:B": 0] && shop.available == 9)
    shop.reach("member", since: time("2017-01-02T08:30:00Z"))
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.records.mapValues(\.granted.value) == ["pos:A": 9, "pos:B": 0])
    shop.reach("member", since: time("2017-01-01"))
    #expect(shop.available == 0 && shop.account.counters.times.allSatisfy { $0.amounts.isEmpty })
  }
}
