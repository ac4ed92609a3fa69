import Loyalty
import TestValues
import Testing

/// Rules, conditions, multipliers and limits: what one purchase is awarded, and how the award tells it.
@Suite(.timeLimit(.minutes(10))) struct RatingTests {
  let basket = [
    line("A", "fruit", "10.00", quantity: "3"), line("B", "bread", "5.50"), line("C", nil, "4.50", quantity: "2"),
  ]

  func program(_ rules: EarningRule..., multipliers: [Multiplier] = [], change: (inout Program) -> Void = { _ in })
    -> Program
  {
    var program = LoyaltyTests.program()
    program.earning = rules
    program.multipliers = multipliers
    change(&program)
    return program
  }

  /// `rule points` of each line.
  func lines(_ program: Program, _ purchase: Transaction, _ member: MemberFacts = MemberFacts()) -> [String] {
    program.rate(purchase, member: member).lines.map { "\($0.award.rule) \($0.award.points.value)" }
  }

  func fixed(_ id: String, _ points: Points = 1, when: Condition? = nil) -> EarningRule {
    EarningRule(id: id, kind: .transaction(points: points), when: when)
  }

  func holds(_ condition: Condition, _ purchase: Transaction, _ member: MemberFacts = MemberFacts()) -> Bool {
    !lines(program(fixed("x", when: condition)), purchase, member).isEmpty
  }

  @Test func aProductRuleCountsUnitsAndRoundsOnce() {
    let rule = EarningRule(id: "p", kind: .product(points: decimal("1.5")), when: .category(.init(include: ["fruit"])))
    #expect(lines(program(rule), purchase("P", lines: basket)) == ["p 4"])
    #expect(
      program(rule).rate(purchase("P", lines: basket)).lines.first?.basis == .quantity(ExactDecimal(3)))
  }

  @Test(arguments: [0, 30]) func aListOfCategoriesHoldsForWhatStandsOnItWhateverItsLength(others: Int) {
    let more = Set((0..<others).map { "category-\($0)" })
    let only = Condition.category(.init(include: more.union(["fruit"])))
    let without = Condition.category(.init(exclude: more.union(["fruit"])))
    let both = Condition.any([only, .sku(.init(include: ["C"]))])
    for (category, listed) in [("fruit", true), ("bread", false), (nil, false)] {
      let purchase = purchase("P", lines: [line("A", category, "10.00")])
      #expect(holds(only, purchase) == listed && holds(without, purchase) != listed && holds(both, purchase) == listed)
    }
    if let last = more.max() { #expect(holds(only, purchase("P", lines: [line("A", last, "10.00")]))) }
    #expect(holds(both, purchase("P", lines: [line("C", "bread", "10.00")])))
  }

  @Test func roundingPerLineRoundsEachLine() {
    let halves = program(spendRule("b", "1", per: "4.00")) { $0.roundPer = .line }
    #expect(lines(halves, purchase("P", lines: basket)) == ["b 4"])
    #expect(lines(program(spendRule("b", "1", per: "4.00")), purchase("P", lines: basket)) == ["b 5"])
  }

  @Test func theExclusiveRuleOfHighestPriorityWorksAlone() {
    var low = fixed("low", 10)
    low.isExclusive = true
    var high = fixed("high", 20)
    high.isExclusive = true
    high.priority = 1
    var absent = fixed("absent", 30, when: .sku(.init(include: ["none"])))
    absent.isExclusive = true
    absent.priority = 2
    #expect(lines(program(fixed("a"), low, high, absent), purchase("P", lines: basket)) == ["high 20"])
    var equal = fixed("equal", 40)
    equal.isExclusive = true
    #expect(lines(program(low, equal), purchase("P", lines: basket)) == ["low 10"], "of equals the first")
  }

  @Test func aRuleWorksFromItsFirstInstantToBeforeItsLast() {
    var rule = fixed("x")
    rule.from = time("2017-01-02T00:00:00Z")
    rule.until = time("2017-01-03T00:00:00Z")
    let earned = [
      "2017-01-01T23:59:59.999Z", "2017-01-02T00:00:00Z", "2017-01-02T23:59:59.999Z", "2017-01-03T00:00:00Z",
    ]
    .map { lines(program(rule), purchase("P", at: $0, lines: basket)).count }
    #expect(earned == [0, 1, 1, 0])
  }

  @Test func conditionsCombineLineByLine() {
    let condition: Condition = .any([
      .all([.category(.init(include: ["fruit"])), .quantity(.init(atLeast: ExactDecimal(3)))]),
      .not(.category(.init(exclude: ["bread"]))),
    ])
    let award = program(spendRule("x", "1", when: condition)).rate(purchase("P", lines: basket))
    #expect(award.lines.first?.basis == .spend(decimal("15.5")))
    #expect(holds(.lineAmount(.init(atLeast: decimal("10"), below: decimal("10.01"))), purchase("P", lines: basket)))
    #expect(!holds(.lineAmount(.init(atLeast: decimal("10.01"))), purchase("P", lines: basket)))
    #expect(!holds(.brand(.init(include: ["any"])), purchase("P", lines: basket)))
  }

  @Test func conditionsAskForThePurchase() {
    var bought = purchase("P", at: "2026-11-22T23:30:00Z", lines: basket)
    bought.store = "S1"
    bought.channel = "web"
    bought.payments = [Payment(tender: "card", amount: 1500), Payment(tender: "cash", amount: 500)]
    #expect(holds(.store(.init(include: ["S1"])), bought) && !holds(.store(.init(exclude: ["S1"])), bought))
    #expect(holds(.channel(.init(include: ["web"])), bought) && holds(.currency(.init(include: ["USD"])), bought))
    #expect(holds(.tender(.init(include: ["card", "x"])), bought) && !holds(.tender(.init(exclude: ["cash"])), bought))
    #expect(holds(.weekday([6]), bought) && !holds(.weekday([0, 1, 2, 3, 4, 5]), bought))
    let hour: Int64 = 3_600_000
    #expect(holds(.time(from: 22 * hour, until: 2 * hour), bought) && !holds(.time(from: 0, until: 22 * hour), bought))
    let day = LocalDate(year: 2026, month: 11, day: 22)
    #expect(holds(.date(from: day, to: day), bought) && !holds(.date(from: day?.adding(days: 1), to: nil), bought))
    #expect(holds(.amount(.init(atLeast: ExactDecimal(20))), bought))
    #expect(!holds(.amount(.init(below: ExactDecimal(20))), bought))
  }

  @Test func conditionsAskForTheLocalDayAndTime() {
    var saigon = program(fixed("x", when: .weekday([0])))
    saigon.calendar = zone("Asia/Ho_Chi_Minh")
    #expect(lines(saigon, purchase("P", at: "2026-11-22T17:00:00Z", lines: basket)).count == 1)
    #expect(lines(saigon, purchase("P", at: "2026-11-22T16:59:59Z", lines: basket)).isEmpty)
  }

  @Test func conditionsAskForTheMember() {
    let traits = MemberTraits(
      joinedAt: time("2026-02-01"), locale: "vi-VN", segments: ["vip"], birthday: .init(month: 2, day: 29))
    let known = MemberFacts(traits: traits)
    let bought = purchase("P", at: "2026-02-28", lines: basket)
    #expect(holds(.birthday(.day), bought, known) && holds(.birthday(.month), bought, known))
    #expect(!holds(.birthday(.day), purchase("P", at: "2028-02-28", lines: basket), known))
    #expect(holds(.birthday(.day), purchase("P", at: "2028-02-29", lines: basket), known))
    #expect(holds(.joinedWithinDays(28), bought, known) && !holds(.joinedWithinDays(27), bought, known))
    #expect(holds(.locale(["vi"]), bought, known) && !holds(.locale(["en"]), bought, known))
    #expect(holds(.segment(.init(include: ["vip"])), bought, known))
    for condition in [
      Condition.birthday(.month), .joinedWithinDays(999), .locale(["vi"]), .segment(.init(exclude: ["x"])),
    ] {
      #expect(!holds(condition, bought), "what is not known does not hold")
    }
  }

  @Test func aTierConditionIsToldOnTheEntry() {
    let scheme = TierScheme(
      metric: .spend, window: .lifetime, levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1)])
    let program = program(fixed("g", 5, when: .tier(.init(include: ["gold"])))) { $0.tiers = scheme }
    #expect(lines(program, purchase("P", lines: basket)).isEmpty)
    let award = program.rate(purchase("P", lines: basket), member: MemberFacts(level: "gold"))
    #expect(award.lines.first?.tier == "gold" && award.points == 5)
  }

  @Test func whatWasPaidWithPointsEarnsNothing() {
    var bought = purchase("P", lines: basket)
    bought.payments = [
      Payment(tender: "points", amount: 900), Payment(tender: "reward", amount: 100),
      Payment(tender: "card", amount: 1000),
    ]
    #expect(lines(program(spendRule("b", "1")), bought) == ["b 10"])
    #expect(bought.eligibleSpendOfLines() == [500, 275, 225])
    bought.payments = [Payment(tender: "points", amount: 9_999_999)]
    #expect(lines(program(spendRule("b", "1")), bought).isEmpty)
  }

  @Test func theTiersFactorComesFirstAndCompounds() {
    let scheme = TierScheme(
      metric: .spend, window: .lifetime, levels: [TierLevel(id: "member", from: 0, factor: decimal("1.5"))])
    var alone = Multiplier(id: "five", factor: ExactDecimal(5))
    let compound = program(spendRule("b", "1"), multipliers: [Multiplier(id: "two", factor: ExactDecimal(2))]) {
      $0.tiers = scheme
    }
    #expect(lines(compound, purchase("P", lines: basket)) == ["b 20", "tier 10", "two 30"])
    let beside = program(spendRule("b", "1"), fixed("x", 10)) { $0.tiers = scheme }
    #expect(lines(beside, purchase("P", lines: basket)) == ["b 20", "x 10", "tier 10"], "of spend alone")
    alone.isExclusive = true
    let exclusive = program(spendRule("b", "1"), multipliers: [Multiplier(id: "two", factor: ExactDecimal(2)), alone]) {
      $0.tiers = scheme
    }
    #expect(lines(exclusive, purchase("P", lines: basket)) == ["b 20", "five 80"])
  }

  @Test func narrowFactorsCompoundOnTheLinesTheyShare() {
    let fruit = Multiplier(id: "fruit", factor: ExactDecimal(3), when: .category(.init(include: ["fruit"])))
    let cheap = Multiplier(id: "cheap", factor: ExactDecimal(2), when: .lineAmount(.init(below: decimal("6"))))
    let all = Multiplier(id: "all", factor: ExactDecimal(2))
    let shared = Multiplier(id: "shared", factor: ExactDecimal(2), when: .sku(.init(include: ["A", "B"])))
    let program = program(spendRule("b", "1"), multipliers: [fruit, cheap, all, shared])
    // fruit: 10 × 2; cheap: 5.50 + 4.50 = 10; all: 20 + 20 + 10 = 50; shared on A, B: base 15, fruit 20, cheap 5, all
    // 40.
    #expect(lines(program, purchase("P", lines: basket)) == ["b 20", "fruit 20", "cheap 10", "all 50", "shared 80"])
  }

  @Test func aFactorOfSomeRulesWorksOnTheirPointsAlone() {
    let some = Multiplier(id: "m", factor: ExactDecimal(2), rules: ["b"])
    #expect(
      lines(program(spendRule("a", "1"), spendRule("b", "2"), multipliers: [some]), purchase("P", lines: basket))
        == ["a 20", "b 40", "m 40"])
  }

  @Test func aFactorBelowOneTakesOffNoMoreThanStands() {
    let half = Multiplier(id: "half", factor: decimal("0.5"))
    var shop = Shop(program(spendRule("b", "1"), multipliers: [half]))
    #expect(shop.buy(purchase("P", lines: [line("A", nil, "5.00")])) == 2)
    #expect(shop.entries.map(\.type) == [.pointsEarned, .pointsReduced] && shop.available == 2)
    #expect(shop.entries.last?.debit == .memberAvailable && shop.entries.last?.credit == .programIssued)
    var none = Multiplier(id: "none", factor: .zero)
    none.combine = .add
    var nothing = none
    nothing.id = "nothing"
    let off = program(spendRule("b", "1"), multipliers: [none, nothing])
    #expect(off.rate(purchase("P", lines: basket)).points == 0)
    shop.cancel("C", of: "P", at: "2017-01-03")
    #expect(shop.available == 0 && shop.account.totals.isBalanced)
  }

  @Test func aFactorBelowOneGivesNothingWhereLessThanNothingStands() {
    let off = ["one", "two"].map { Multiplier(id: $0, factor: decimal("0.4"), combine: .add) }
    let program = program(
      spendRule("b", "1"), multipliers: off + [Multiplier(id: "half", factor: decimal("0.5"))])
    #expect(lines(program, purchase("P", lines: basket)) == ["b 20", "one -12", "two -8"])
  }

  @Test func aRulesLimitCutsBeforeFactorsAndTheProgrammesAfter() {
    var rule = spendRule("b", "1")
    rule.limits = PointLimits(perTransaction: 15)
    let program = program(rule, fixed("f", 5), multipliers: [Multiplier(id: "two", factor: ExactDecimal(2))]) {
      $0.limits = PointLimits(perTransaction: 22)
    }
    let award = program.rate(purchase("P", lines: basket))
    #expect(award.lines.map { "\($0.award.rule) \($0.award.points.value)" } == ["b 15", "f 5", "two 2"])
    #expect(award.lines.map(\.capped) == [.ruleTransaction, nil, .transaction])
  }

  @Test func whatALimitLeavesNothingOfIsToldAndMovesNothing() {
    var rule = spendRule("b", "1")
    rule.limits = PointLimits(perPeriod: [.init(.day, 10)])
    let welcome = EarningRule(id: "w", kind: .transaction(points: 3))
    var shop = Shop(program(rule, welcome) { $0.limits = PointLimits(perPeriod: [.init(.week, 16)]) })
    #expect(shop.buy("A", at: "2017-01-02", "15.00") == 13)
    #expect(shop.buy("B", at: "2017-01-02", "15.00") == 3)
    #expect(shop.buy("C", at: "2017-01-02", "15.00") == 0)
    let told = shop.entries.filter { $0.type == .earningRefused }
    #expect(
      told.map { "\($0.cause) \($0.rule ?? "") \($0.capped?.rawValue ?? "") \($0.reason ?? "")" } == [
        "B b rule.pointsPerDay limit-reached", "C b rule.pointsPerDay limit-reached",
        "C w limits.pointsPerWeek limit-reached",
      ])
    #expect(told.allSatisfy { $0.points == 0 && $0.debit == nil && $0.basis == .spend(ExactDecimal(15)) })
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count)
    shop.cancel("R", of: "C", at: "2017-01-03")
    #expect(shop.available == 16)
  }

  @Test func limitsCountTheLocalPeriodInWhichSomethingOccurred() {
    let weekly = program(spendRule("b", "1")) { $0.limits = PointLimits(perPeriod: [.init(.week, 25)]) }
    var shop = Shop(weekly)
    #expect(shop.buy(purchase("mon", at: "2026-11-16", lines: basket)) == 20)
    #expect(shop.buy(purchase("next", at: "2026-11-23", lines: basket)) == 20)
    #expect(shop.buy(purchase("late", at: "2026-11-22T23:59:59Z", lines: basket)) == 5)
    shop.cancel("C", of: "mon", at: "2026-11-23")
    #expect(shop.buy(purchase("again", at: "2026-11-20", lines: basket)) == 0, "a return gives no room back")
  }

  @Test func campaignsBookWhatTheirRoomHasAndDeferTheRest() {
    var rule = fixed("c", 50)
    rule.campaign = "spring"
    let program = program(spendRule("b", "1"), rule) { $0.campaigns = [Campaign(id: "spring", budget: 1000)] }
    var account = Account(memberId: "M-1", programId: program.id)
    var rooms = CampaignRooms(left: ["spring": 30])
    var journal = Journal()
    let record = account.book(
      purchase("P", lines: basket), under: program, traits: nil, rooms: &rooms, bookedAt: .epoch, into: &journal)
    #expect(record.granted == 50 && rooms.left["spring"] == 0)
    #expect(journal.entries.map(\.points) == [20, 30] && journal.entries.last?.capped == .campaign)
    #expect(journal.deferrals.map(\.points) == [20] && journal.deferrals.first?.lotId == "pos:P")
  }

  @Test func nthPurchasesAreCountedAsTheyAreBooked() {
    var shop = Shop(program(fixed("third", 10, when: .nthPurchase(.every(3)))))
    let earned = (1...6).map { shop.buy(purchase("P\($0)", lines: basket)) }
    #expect(earned == [0, 0, 10, 0, 0, 10])
  }
}
