import Loyalty
import Rewards
import TestValues
import Testing

/// The way of a redemption, and that news moves it once.
@Suite(.timeLimit(.minutes(10))) struct RedemptionTests {
  private let now = time("2026-01-01")
  private let utc = ZoneCalendar.shared("UTC")!

  private func start(
    points: Points = 100, stock: Int64? = 5, delivery: Reward.Delivery = .voucher(pool: "P"),
    cancel: Reward.CancelTerms = .init(until: .used)
  ) -> (Redemption, [RedemptionStep]) {
    let reward = Reward(
      id: "R", programId: "P", costs: [.init(points)], delivery: delivery, stock: stock, cancel: cancel)
    return Redemption.start("r1", memberId: "m1", reward, quantity: 2, points: points, at: now)
  }

  /// Takes each news twice: the second moves nothing.
  private func take(_ news: RedemptionNews..., by redemption: inout Redemption) -> [RedemptionStep] {
    news.flatMap { one in
      let steps = redemption.take(one)
      let between = redemption
      #expect(redemption.take(one).isEmpty && redemption == between, "\(one) came twice")
      return steps
    }
  }

  @Test func stockPointsAndDeliveryFollowOneAnother() {
    var (redemption, first) = start()
    #expect(first == [.holdStock])
    #expect(take(.stockHeld, .pointsTaken, by: &redemption) == [.takePoints, .deliver])
    #expect(take(.delivered("V1"), by: &redemption) == [.giveStock])
    #expect(redemption.state == .issued("V1"))
    #expect(take(.used, by: &redemption).isEmpty)
    #expect(redemption.state == .used("V1"))
    #expect(RedemptionStep.takePoints.id(of: redemption.id) == "r1/take-points")
    #expect(Set(RedemptionStep.allCases.map { $0.id(of: "r1") }).count == RedemptionStep.allCases.count)
  }

  @Test func whatCostsNothingOrHasNoStockSkipsIt() {
    #expect(start(stock: nil).1 == [.takePoints])
    var (free, first) = start(points: 0, stock: nil)
    #expect(first == [.deliver])
    #expect(take(.delivered("V1"), by: &free).isEmpty)
    var (gift, steps) = start(points: 0)
    #expect(steps == [.holdStock])
    #expect(take(.stockHeld, by: &gift) == [.deliver])
    #expect(take(.deliveryFailed("5003"), by: &gift) == [.returnStock])
  }

  @Test func whatIsRefusedGivesBackWhatItHad() {
    var (out, _) = start()
    #expect(take(.stockRefused(left: 1), by: &out).isEmpty)
    #expect(out.state == .refused(.outOfStock(left: 1, asked: 2)))
    var (poor, _) = start()
    let refusal = RedemptionRefusal.insufficientPoints(required: 100, available: 90)
    #expect(take(.stockHeld, .pointsRefused(refusal), by: &poor) == [.takePoints, .returnStock])
    #expect(poor.state == .refused(refusal))
    var (failed, _) = start()
    _ = take(.stockHeld, .pointsTaken, by: &failed)
    #expect(take(.deliveryFailed("5003"), by: &failed) == [.returnPoints, .returnStock])
    #expect(failed.state == .refused(.deliveryFailed("5003")))
  }

  @Test func aPartnerThatDoesNotAnswerIsAskedUntilItDoes() {
    var (redemption, _) = start(delivery: .partner(id: "gotit", product: "1"))
    _ = take(.stockHeld, .pointsTaken, by: &redemption)
    #expect(take(.deliveryUnknown, by: &redemption) == [.askDelivery])
    #expect(redemption.cancel(at: now, in: utc) == .refused(.underWay))
    #expect(take(.delivered("ref"), by: &redemption) == [.giveStock])
    var (failed, _) = start(delivery: .partner(id: "gotit", product: "1"))
    _ = take(.stockHeld, .pointsTaken, .deliveryUnknown, by: &failed)
    #expect(take(.deliveryFailed("2001"), by: &failed) == [.returnPoints, .returnStock])
  }

  private func issued(_ cancel: Reward.CancelTerms) -> Redemption {
    var (redemption, _) = start(cancel: cancel)
    _ = take(.stockHeld, .pointsTaken, .delivered("V1"), by: &redemption)
    return redemption
  }

  @Test func pointsComeBackWhenTheCodeIsBack() {
    var redemption = issued(.init(until: .used, days: 3))
    #expect(
      redemption.cancel(at: utc.adding(days: 3, to: now), in: utc) == .refused(.tooLate(since: time("2026-01-04"))))
    #expect(redemption.cancel(at: now, in: utc) == .steps([.takeBack]))
    #expect(redemption.cancel(at: now, in: utc) == .steps([]))
    #expect(take(.takenBack, by: &redemption) == [.returnPoints, .returnStock])
    #expect(redemption.state == .cancelled)
    #expect(redemption.cancel(at: now, in: utc) == .refused(.alreadyCancelled))
  }

  @Test func whatWasUsedMeanwhileStaysUsed() {
    var redemption = issued(.init(until: .used))
    _ = redemption.cancel(at: now, in: utc)
    #expect(take(.notTakenBack, by: &redemption).isEmpty)
    #expect(redemption.state == .used("V1"))
    #expect(redemption.cancel(at: now, in: utc) == .refused(.used))
  }

  @Test func theTermsSayUntilWhenARewardIsCancelled() {
    var never = issued(.init(until: .never))
    #expect(never.cancel(at: now, in: utc) == .refused(.notCancellable(.never)))
    var before = issued(.init(until: .issued))
    #expect(before.cancel(at: now, in: utc) == .refused(.notCancellable(.issued)))
    var (manual, _) = start(delivery: .manual, cancel: .init(until: .issued))
    _ = take(.stockHeld, .pointsTaken, by: &manual)
    #expect(manual.cancel(at: now, in: utc) == .steps([.takeBack, .returnPoints, .returnStock]))
    var ended = issued(.init(until: .used))
    _ = take(.expired, by: &ended)
    #expect(ended.state == .expired("V1"))
    #expect(ended.cancel(at: now, in: utc) == .refused(.expired))
  }

  // MARK: Who may have it

  private func ask(at: String = "2026-01-01", level: String? = nil, shown: Points? = nil, frozen: Bool = false)
    -> RewardAsk
  {
    RewardAsk(
      shown: shown, at: time(at), calendar: utc, level: level, available: 1_000, isFrozen: frozen)
  }

  private func reward(_ change: (inout Reward) -> Void = { _ in }) -> Reward {
    var reward = Reward(id: "R", version: 3, programId: "P", costs: [.init(200)], delivery: .manual)
    change(&reward)
    return reward
  }

  @Test func everyReasonHasItsNumbers() {
    #expect(reward().quote(ask()) == .price(200))
    #expect(reward().quote(ask(frozen: true)) == .refused(.accountFrozen))
    #expect(reward { $0.status = .paused }.quote(ask()) == .refused(.rewardNotActive(.paused)))
    let later = time("2026-02-01")
    #expect(reward { $0.validFrom = later }.quote(ask()) == .refused(.notYet(from: later)))
    #expect(reward { $0.validUntil = later }.quote(ask(at: "2026-02-01")) == .refused(.ended(at: later)))
    let gold = Condition.tier(.init(include: ["gold"]))
    #expect(reward { $0.when = gold }.quote(ask()) == .refused(.notEligible))
    #expect(reward { $0.when = gold }.quote(ask(level: "gold")) == .price(200))
    #expect(reward { $0.costs = [.init(5, when: gold)] }.quote(ask()) == .refused(.notEligible))
    #expect(
      reward { $0.costs[0].points = 1_001 }.quote(ask())
        == .refused(.insufficientPoints(required: 1_001, available: 1_000)))
  }

  @Test func theFirstPriceThatHoldsIsThePrice() {
    let gold = Condition.all([.tier(.init(include: ["gold"])), .not(.weekday([6]))])
    let ladder = reward { $0.costs = [.init(2_000, when: gold), .init(200)] }
    #expect(ladder.quote(ask()) == .price(200))
    #expect(ladder.quote(ask(level: "gold")) == .refused(.insufficientPoints(required: 2_000, available: 1_000)))
    // 4 January 2026 is a Sunday.
    #expect(ladder.quote(ask(at: "2026-01-04", level: "gold")) == .price(200))
  }

  @Test func aPriceThatChangedIsRefusedUnlessItIsTaken() {
    #expect(reward().quote(ask(shown: 150)) == .refused(.priceChanged(shown: 150, now: 200, version: 3)))
    #expect(reward().quote(ask(shown: 200)) == .price(200))
    #expect(reward().quote(ask()) == .price(200))
  }

  @Test func hoursPastMidnightCountToTheirDay() {
    // Friday 22:00 to 02:00; 2 January 2026 is a Friday.
    let night = reward { $0.hours = [.init(weekdays: [4], from: 22 * Instant.hourMs, until: 2 * Instant.hourMs)] }
    #expect(night.quote(ask(at: "2026-01-02T21:59:59Z")) == .refused(.outsideHours))
    #expect(night.quote(ask(at: "2026-01-02T22:00:00Z")) == .price(200))
    #expect(night.quote(ask(at: "2026-01-03T01:59:59Z")) == .price(200))
    #expect(night.quote(ask(at: "2026-01-03T02:00:00Z")) == .refused(.outsideHours))
    #expect(night.quote(ask(at: "2026-01-03T22:00:00Z")) == .refused(.outsideHours))
    let day = reward { $0.hours = [.init(weekdays: [4], from: 0, until: Instant.hourMs)] }
    #expect(day.quote(ask(at: "2026-01-02T00:59:59Z")) == .price(200))
    #expect(day.quote(ask(at: "2026-01-02T01:00:00Z")) == .refused(.outsideHours))
  }

  @Test func aMembersLimitBeginsAnewWithItsPeriod() {
    let limit = MemberLimit(2, per: .month)
    var uses = MemberUses()
    let last = LocalDate(year: 2026, month: 1, day: 31)!
    uses.add(2, on: last, under: limit)
    #expect(uses.left(on: last, under: limit) == 0)
    #expect(uses.left(on: last.adding(days: 1), under: limit) == 2)
    // What was had last month is given back to last month.
    uses.add(1, on: last.adding(days: 1), under: limit)
    uses.add(-1, on: last, under: limit)
    #expect(uses.left(on: last, under: limit) == 1)
    #expect(uses.left(on: last.adding(days: 1), under: limit) == 1)
  }
}
