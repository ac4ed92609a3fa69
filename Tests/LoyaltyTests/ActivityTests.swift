import Loyalty
import TestValues
import Testing

/// What members earn by what is no purchase.
@Suite(.timeLimit(.minutes(10))) struct ActivityTests {
  func rule(
    _ worth: EarningRule.ActivityAward.Worth, limit: EarningRule.ActivityAward.Limit? = nil, when: Condition? = nil
  )
    -> EarningRule
  {
    EarningRule(id: "a", kind: .activity(.init(activity: "survey", worth: worth, limit: limit)), when: when)
  }

  func activity(_ id: String, at instant: String = "2017-01-02", score: String? = nil, name: String = "survey")
    -> Activity
  {
    Activity(
      id: id, source: "app", memberId: "M-1", occurredAt: time(instant), name: name,
      numbers: score.map { ["score": decimal($0)] } ?? [:])
  }

  @Test(arguments: [("8", 21), ("0.5", 2), ("-3", 0), ("7.999", 20)] as [(String, Int64)])
  func aFormulaIsRoundedOnceAndNeverNegative(score: String, expected: Int64) {
    let program = program(rule(.formula(attribute: "score", factor: decimal("2.5"), plus: .one)))
    #expect(program.rate(activity("A", score: score)).points.value == expected)
  }

  @Test func aFormulaRoundsAsTheProgrammeSays() {
    var program = program(rule(.formula(attribute: "score", factor: decimal("2.5"), plus: .one)))
    for (rounding, expected) in zip([Rounding.down, .nearest, .up], [Int64(2), 3, 3]) {
      program.rounding = rounding
      #expect(program.rate(activity("A", score: "0.7")).points.value == expected)
    }
  }

  @Test func whatHasNoSuchAttributeOrNameEarnsNothing() {
    let program = program(rule(.formula(attribute: "score", factor: .one, plus: ExactDecimal(5))))
    #expect(program.rate(activity("A")).points == 0)
    #expect(
      program.rate(activity("A", score: "1", name: "review")).points == 0
        && !program.hasRules(for: activity("A", name: "x")))
  }

  @Test func aLimitCountsTimesAPeriod() {
    let program = program(rule(.points(10), limit: .init(times: 2, per: .week)))
    var account = Account(memberId: "M-1", programId: program.id)
    var journal = Journal()
    var rooms = CampaignRooms()
    let days = ["2017-01-02", "2017-01-03", "2017-01-08", "2017-01-09"]
    let earned = days.map { day in
      account.book(
        activity(day, at: day), under: program, traits: nil, rooms: &rooms, bookedAt: time(day), into: &journal
      ).granted
    }
    #expect(earned == [10, 10, 0, 10])
    #expect(
      journal.entries.map(\.lotId) == [
        ":activity:app:2017-01-02", ":activity:app:2017-01-03", ":activity:app:2017-01-09",
      ])
    #expect(journal.entries.map(\.basis) == [.count(1), .count(2), .count(1)])
  }

  @Test func activitiesCountTowardsTheProgrammesLimits() {
    var capped = program(rule(.points(80)), spendRule("b", "1"))
    capped.limits = PointLimits(perPeriod: [.init(.day, 100)])
    var shop = Shop(capped)
    shop.buy("P", at: "2017-01-02", "50.00")
    #expect(capped.rate(activity("A"), counters: shop.account.counters).points == 50)
  }

  @Test func conditionsAskForTheMemberAndTheMoment() {
    let gold = rule(.points(10), when: .all([.segment(.init(include: ["vip"])), .weekday([0])]))
    let vip = MemberFacts(traits: MemberTraits(segments: ["vip"]))
    #expect(program(gold).rate(activity("A"), member: vip).points == 10)
    #expect(program(gold).rate(activity("A")).points == 0)
    #expect(program(gold).rate(activity("A", at: "2017-01-03"), member: vip).points == 0)
  }
}
