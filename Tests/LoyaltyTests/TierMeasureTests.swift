import Loyalty
import TestValues
import Testing

/// What tiers count of activities, and of spend in other currencies.
@Suite(.timeLimit(.minutes(10))) struct TierMeasureTests {
  private func flight(_ value: String?, name: String = "flight.flown") -> Activity {
    Activity(
      id: "A-1", source: "app", memberId: "M-1", occurredAt: time("2017-01-02"), name: name,
      numbers: value.map { ["miles": decimal($0)] } ?? [:])
  }

  // MARK: Activities

  @Test(arguments: [
    ("750", 750_000_000), ("0.000001", 1), ("0.0000019", 1), ("-0.0000019", -1), ("-120.5", -120_500_000),
    ("9000000000000000000", 1_000_000_000_000_000_000), ("-9000000000000000000", -1_000_000_000_000_000_000),
  ])
  func anAttributeCountsExactlyToAMillionth(value: String, millionths: Int64) {
    let miles = ActivityMeasure(names: ["flight.flown"], attribute: "miles")
    #expect(miles.millionths(of: flight(value)) == millionths)
  }

  @Test func whatIsNoneOfTheActivitiesOrHasNoNumberCountsNothing() {
    let miles = ActivityMeasure(names: ["flight.flown"], attribute: "miles")
    #expect(miles.millionths(of: flight("750", name: "flight.booked")) == nil)
    #expect(miles.millionths(of: flight(nil)) == nil)
    #expect(ActivityMeasure(names: ["flight.flown"]).millionths(of: flight(nil)) == 1_000_000)
  }

  @Test func aLevelIsReachedByTheSumOfAnAttributeAndToldInItsUnit() throws {
    var scheme = TierScheme(
      metric: .activities, window: .calendarYear,
      levels: [TierLevel(id: "blue", from: 0), TierLevel(id: "silver", from: 1_000_500_000)])
    scheme.activities = ActivityMeasure(names: ["flight.flown"], attribute: "miles")
    let program = program(tiers: scheme)
    var state = TierState(memberId: "M-1", programId: "journey")
    func fly(_ miles: Int64) -> [TierChange] {
      let flown = TierActivity(purchasedAt: time("2017-01-02"), amounts: TierAmounts(activities: miles * 1_000_000))
      return state.count(flown, occurredAt: time("2017-01-02"), cause: "A", under: program)
    }
    #expect(fly(1_000).isEmpty)
    let progress = try #require(state.progress(cause: "A", under: program))
    #expect(progress.measures == .activities && progress.metric == decimal("1000"))
    #expect(progress.next == NextTier(level: "silver", from: decimal("1000.5"), missing: decimal("0.5")))
    #expect(fly(1).map(\.level) == ["silver"])
  }

  // MARK: Currencies

  @Test(arguments: zip([Rounding.down, .nearest, .up], [1_084, 1_085, 1_085] as [Int64]))
  func spendIsConvertedExactlyAndRounded(rounding: Rounding, expected: Int64) {
    let rate = TierRate(perUnit: decimal("1.0849"), exponent: 2, rounding: rounding)
    #expect(rate.converted(1_000, of: currency("EUR")) == expected)
  }

  @Test func currenciesOfOtherDecimalsAreConvertedToo() {
    let dong = TierRate(perUnit: decimal("0.00004"), exponent: 2, rounding: .nearest)
    #expect(dong.converted(1_250_000, of: currency("VND")) == 5_000)
    let dinar = TierRate(perUnit: decimal("3.25"), exponent: 2, rounding: .nearest)
    #expect(dinar.converted(1_001, of: currency("KWD")) == 325)
    let toDong = TierRate(perUnit: decimal("25000"), exponent: 0, rounding: .nearest)
    #expect(toDong.converted(199, of: currency("USD")) == 49_750)
  }

  @Test func amountsBeyondAllMoneyStopNobody() {
    let most = TierRate(perUnit: ExactDecimal(.max), exponent: 3, rounding: .up)
    #expect(most.converted(.max, of: currency("VND")) == .max)
    #expect(most.converted(.min, of: currency("VND")) == .min)
  }

  @Test func aProgrammesOwnCurrencyCountsAsItIsAndOneWithoutARateNotAtAll() {
    var program = program(
      tiers: TierScheme(metric: .spend, window: .lifetime, levels: [TierLevel(id: "member", from: 0)]))
    program.currencies = [usd, currency("EUR"), currency("GBP")]
    #expect(program.tierSpend(in: currency("GBP")) == .asItIs, "where there are no rates")
    program.tiers?.rates = TierRates(perUnit: [currency("EUR"): decimal("1.1")], rounding: .up)
    #expect(program.tierSpend(in: usd) == .asItIs && program.tierSpend(in: currency("GBP")) == .no)
    let rate = TierRate(perUnit: decimal("1.1"), exponent: 2, rounding: .up)
    #expect(program.tierSpend(in: currency("EUR")) == .at(rate))
  }

  @Test func returnsInPartsTakeExactlyWhatThePurchaseCounted() throws {
    let euro = currency("EUR")
    let rate = TierRate(perUnit: decimal("1.0333"), exponent: 2, rounding: .nearest)
    let bought = Transaction(
      id: "P", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time("2017-01-02"), currency: euro,
      lines: [PurchaseLine(sku: "A", amount: 1_000)], total: 1_000)
    var counted = CountedPurchase(of: bought, rate: rate)
    #expect(counted.activity.amounts == TierAmounts(spend: 1_033, visits: 1))
    let taken = (1...3).map { number in
      let back = Transaction(
        id: "R-\(number)", source: "pos", kind: .returned(Return(purchaseId: "P", refund: number == 3 ? 334 : 333)),
        memberId: "M-1", occurredAt: time("2017-02-02"), currency: euro)
      return counted.apply(back)?.amounts.spend
    }
    #expect(taken == [-344, -344, -345])
  }
}
