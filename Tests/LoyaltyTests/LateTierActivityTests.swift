import Loyalty
import TestValues
import Testing

/// Activities that were awarded before it became known which tier the member held.
@Suite(.timeLimit(.minutes(10))) struct LateTierActivityTests {
  private static let scheme = TierScheme(
    metric: .spend, window: .lifetime,
    levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 100_00, factor: decimal("1.5"))])

  private static func rule(
    _ id: String, _ points: Points, tiers: [String]? = nil, limit: EarningRule.ActivityAward.Limit? = nil
  ) -> EarningRule {
    EarningRule(
      id: id, kind: .activity(.init(activity: "review", worth: .points(points), limit: limit)),
      when: tiers.map { .tier(.init(include: Set($0))) })
  }

  private static func review(_ id: String, at instant: Instant) -> Activity {
    Activity(id: id, source: "app", memberId: "M-1", occurredAt: instant, name: "review")
  }

  @Test func aRuleForALevelThatBecomesKnownLateIsBookedThen() {
    var shop = Shop(
      program(Self.rule("all", 5), Self.rule("gold", 20, tiers: ["gold"]), pendingDays: 14, tiers: Self.scheme))
    #expect(shop.act(Self.review("A", at: time("2017-01-02"))) == 5)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.lots == [":activity:app:A 25+0"])
    let entry = shop.entries.last
    #expect(entry?.type == .pointsCorrected && entry?.rule == "gold" && entry?.cause == "A" && entry?.tier == "gold")
    shop.reach("member", since: time("2017-01-01"))
    #expect(shop.pending == 5 && shop.entries.last?.credit == .programIssued)
    shop.settle("2017-03-01")
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count && shop.available == 5)
  }

  @Test func aLimitIsSharedAnewThoughNoActivityAsksForTheLevel() {
    var limited = program(spendRule("base", "1"), Self.rule("all", 50), tiers: Self.scheme)
    limited.limits = PointLimits(perPeriod: [.init(.week, 100)])
    for isLate in [false, true] {
      var shop = Shop(limited)
      if !isLate { shop.reach("gold", since: time("2017-01-01")) }
      shop.buy("P", at: "2017-01-02", "60.00")
      shop.act(Self.review("A", at: time("2017-01-03")))
      if isLate { shop.reach("gold", since: time("2017-01-01")) }
      #expect(shop.records["pos:P"]?.granted == 90 && shop.activities[":activity:app:A"]?.granted == 10)
      #expect(shop.available == 100)
    }
  }

  @Test func whatWasJudgedByOtherConditionsIsNotRatedAgain() {
    func plan(_ weekday: Int) -> Program {
      program(
        Self.rule("gold", 20, tiers: ["gold"]),
        EarningRule(
          id: "day", kind: .activity(.init(activity: "review", worth: .points(5))), when: .weekday([weekday])),
        tiers: Self.scheme)
    }
    var shop = Shop(plan(0))
    #expect(shop.act(Self.review("A", at: time("2017-01-02"))) == 5)
    // The document was replaced: what the answers kept with the activity were about is gone.
    shop.program = plan(1)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.available == 5 && shop.entries.count == 1)
  }

  @Test func whatHasRunOutIsCorrectedWhereItRanOut() {
    var shop = Shop(
      program(Self.rule("plain", 20, tiers: ["member"]), expiry: .days(10), tiers: Self.scheme))
    shop.act(Self.review("A", at: time("2017-01-02")))
    shop.act(Self.review("B", at: time("2017-02-02")))
    #expect(shop.available == 20 && shop.account.totals.expired == 20)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.available == 0 && shop.account.totals.expired == 0 && shop.account.totals.issued == 0)
  }

  @Test(arguments: UInt64(1)...300) func whenALevelBecomesKnownMakesNoDifference(seed: UInt64) {
    var dice = SplitMix(seed: seed)
    func roll(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &dice) }
    var limited = program(
      spendRule("base", "1"),
      Self.rule("gold", 30, tiers: ["gold"], limit: .init(times: Int(roll(1...3)), per: .week)),
      Self.rule("plain", 10, tiers: roll(0...1) == 0 ? ["member"] : nil), tiers: Self.scheme)
    if roll(0...2) > 0 { limited.limits = PointLimits(perPeriod: [.init(.week, Points(roll(40...200)))]) }
    if roll(0...1) == 0 { limited.earning[1].limits = PointLimits(perPeriod: [.init(.month, 50)]) }
    let (goldSince, goldUntil) = (time("2017-01-10"), time("2017-01-25"))
    var timely = Shop(limited)
    timely.reach("gold", since: goldSince)
    timely.reach("member", since: goldUntil)
    var late = Shop(limited)
    var at = time("2017-01-02")
    for number in 0..<40 {
      at = at.advanced(byMilliseconds: roll(1...40) * 3_600_000)
      if roll(0...1) == 0 {
        let activity = Self.review("A\(number)", at: at)
        timely.act(activity)
        late.act(activity)
      } else {
        var bought = purchase("P\(number)", lines: [line("A", nil, "\(roll(1...60)).00")])
        bought.occurredAt = at
        timely.buy(bought)
        late.buy(bought)
      }
      if number == 20, roll(0...1) == 0 { late.reach("gold", since: goldSince) }
    }
    late.reach("gold", since: goldSince)
    late.reach("member", since: goldUntil)
    func awards(_ shop: Shop) -> [String: [String: Points]] {
      var awards: [String: [String: Points]] = [:]
      for (lotId, record) in shop.activities {
        for award in record.awards where award.points != 0 { awards[lotId, default: [:]][award.rule] = award.points }
      }
      for (lotId, record) in shop.records {
        for award in record.awards where award.points != 0 { awards[lotId, default: [:]][award.rule] = award.points }
      }
      return awards
    }
    #expect(awards(late) == awards(timely), "seed \(seed)")
    #expect(late.available == timely.available && late.account.counters.times == timely.account.counters.times)
    #expect(late.account.counters.points == timely.account.counters.points, "seed \(seed)")
  }
}
