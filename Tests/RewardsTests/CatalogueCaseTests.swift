import Loyalty
import Rewards
import TestValues
import Testing

/// Cases of others' suites for catalogues (RESEARCH, section 1). OL32 is Open Loyalty 3.2, SET Setono's loyalty plugin.
@Suite(.timeLimit(.minutes(10))) struct CatalogueCaseTests {
  private let utc = ZoneCalendar.shared("UTC")!

  private func ask(_ quantity: Int64 = 1, available: Int64, uses: MemberUses = MemberUses()) -> RewardAsk {
    RewardAsk(quantity: quantity, at: time("2018-07-01"), calendar: utc, available: Points(available), uses: uses)
  }

  private func reward(_ cost: Int64, stock: Int64? = nil, perMember: MemberLimit? = nil) -> Reward {
    Reward(
      id: "R", programId: "P", costs: [.init(Points(cost))], delivery: .manual, stock: stock, perMember: perMember)
  }

  /// OL32 CampaignValidatorTest.
  @Test func k1EqualPointsAreEnough() {
    let refused = reward(20).quote(ask(available: 10))
    #expect(refused == .refused(.insufficientPoints(required: 20, available: 10)))
    if case .refused(let refusal) = refused { #expect(refusal.missing == 10) }
    #expect(reward(10).quote(ask(available: 10)) == .price(10))
  }

  /// OL32 CampaignValidatorTest.
  @Test func k2SeveralPiecesAreBoughtTogether() {
    #expect(
      reward(20).quote(ask(6, available: 100)) == .refused(.insufficientPoints(required: 120, available: 100)))
    #expect(reward(20).quote(ask(5, available: 100)) == .price(100))
  }

  private func isHeld(_ pieces: Int64, of start: Int64, after used: Int64) -> Bool {
    var stock = RewardStock(start: start)
    for _ in 0..<used { _ = stock.give(stock.hold(1, for: nil)) }
    let claim = stock.hold(pieces, for: nil)
    #expect(stock.isBalanced)
    return claim == .held(pieces)
  }

  /// OL32 CampaignValidatorTest: two codes, and a reward "without limit".
  @Test func k3CodesLimitWhatIsWithoutLimit() {
    #expect(!isHeld(1, of: 2, after: 2))
    #expect(isHeld(1, of: 2, after: 1))
    #expect(!isHeld(2, of: 2, after: 1))
    #expect(isHeld(2, of: 2, after: 0))
  }

  /// OL32 CampaignValidatorTest.
  @Test func k4ALimitHoldsForAllPieces() {
    #expect(!isHeld(1, of: 1, after: 1))
    #expect(!isHeld(2, of: 2, after: 1))
    #expect(isHeld(2, of: 3, after: 1))
  }

  private func used(_ count: Int64, under limit: MemberLimit) -> MemberUses {
    var uses = MemberUses()
    uses.add(count, on: utc.day(of: time("2018-07-01")), under: limit)
    return uses
  }

  /// OL32 CampaignValidatorTest.
  @Test func k5AMembersLimitHoldsForAllPieces() {
    let limit = MemberLimit(10)
    let limited = reward(0, perMember: limit)
    #expect(
      limited.quote(ask(available: 0, uses: used(10, under: limit)))
        == .refused(.memberLimit(limit: 10, used: 10, asked: 1)))
    #expect(
      limited.quote(ask(3, available: 0, uses: used(8, under: limit)))
        == .refused(.memberLimit(limit: 10, used: 8, asked: 3)))
    #expect(limited.quote(ask(2, available: 0, uses: used(8, under: limit))) == .price(0))
  }

  /// OL32 CampaignProviderTest: what is left for a member is the less of free codes and their own limit. One coupon for
  /// all is a stock like another.
  @Test func k6FreeCodesAndTheMembersLimitBothBound() {
    for (codes, perMember, used, left): (Int64, Int64?, Int64, Int64) in [
      (5, 5, 2, 3), (10, 1, 1, 0), (0, 10, 2, 0), (2, 10, 1, 2), (10, nil, 2, 10), (1, 10, 1, 1), (1, 1, 1, 0),
    ] {
      let stock = RewardStock(start: codes)
      let limit = perMember.map { MemberLimit($0) }
      let day = utc.day(of: time("2018-07-01"))
      let ofMember = limit.map { self.used(used, under: $0).left(on: day, under: $0) }
      #expect(min(stock.free, ofMember ?? stock.free) == left, "\(codes) codes, \(used) used")
    }
  }

  /// OL32 CouponDateProviderTest. The last day is whole.
  @Test func k7DaysAfterTheIssueAreLocalDays() {
    let july1 = time("2018-07-01"), july31 = LocalDate(year: 2018, month: 7, day: 31)!
    let inactive = VoucherValidity(activeAfterDays: 30).span(issuedAt: july1, in: utc)
    #expect(inactive.from == utc.start(of: july31))
    let valid = VoucherValidity(validForDays: 30).span(issuedAt: july1, in: utc)
    #expect(valid.from == july1)
    #expect(valid.until == utc.start(of: july31.adding(days: 1)))
  }

  /// OL32 ExpireCouponsNotifierTest: members are told on one day.
  @Test func k8TheEndIsToldOnTheDayItself() {
    let today = time("2018-07-01")
    func told(_ days: [Int]) -> Int {
      days.filter { left in
        let end = VoucherValidity(validForDays: left).span(issuedAt: today, in: utc).until
        return VoucherValidity.daysLeft(until: end, on: utc.day(of: today), in: utc) == 5
      }.count
    }
    #expect(told([5, 5, 3]) == 2)
    #expect(told([6, 7, 8]) == 0)
    #expect(told([1, 2, 3]) == 0)
  }

  /// OL32 CreateCouponsReturnListenerTest.
  @Test func k9APartOfACouponComesBackWithAPartOfThePurchase() {
    let end = time("2018-08-01")
    func back(_ returned: Int64, before: Int64 = 0) -> [Int64] {
      ReturnedValue.shares(
        of: [.init(voucher: "C", amount: 10, validUntil: end, givenBack: before)], total: 100, returned: returned
      ).map(\.amount)
    }
    #expect(back(50) == [5])
    #expect(back(100) == [10])
    #expect(back(100, before: 10) == [])
  }

  /// OL32 CreateCouponsReturnListenerTest, in cents.
  @Test func k10WhatLivesLongestComesBackFirstWithItsOwnEnd() {
    let long = time("2018-07-13"), short = time("2018-07-11")
    let spent: [ReturnedValue.Spent] = [
      .init(voucher: "A", amount: 2000, validUntil: long), .init(voucher: "B", amount: 1000, validUntil: short),
    ]
    let most = ReturnedValue.shares(of: spent, total: 10_000, returned: 8500)
    #expect(most.map(\.amount) == [2000, 550])
    #expect(most.map(\.validUntil) == [long, short])
    #expect(ReturnedValue.shares(of: spent, total: 10_000, returned: 10_000).map(\.amount) == [2000, 1000])
  }

  /// SET RedemptionCalculatorTest. There a wish beyond the balance is cut to it; here, as everywhere in the house, it
  /// is refused with what is missing (REWARDS §2), and fewer points than the least are refused and not 0.
  @Test func k11PointsPayUpToAShareOfTheBasket() {
    let one = PointsAsMoney(points: 1, minorUnits: 1)
    #expect(
      one.offer(1000, available: 700, basket: 5000) == .insufficientPoints(required: 1000, available: 700))
    #expect(one.offer(700, available: 700, basket: 5000) == .off(points: 700, minorUnits: 700))
    let half = PointsAsMoney(points: 1, minorUnits: 1, percentMax: 50)
    #expect(half.offer(10_000, available: 10_000, basket: 10_000) == .off(points: 5000, minorUnits: 5000))
    let hundreds = PointsAsMoney(points: 100, minorUnits: 500)
    #expect(hundreds.offer(1050, available: 5000, basket: 10_000) == .off(points: 1000, minorUnits: 5000))
    let least = PointsAsMoney(points: 1, minorUnits: 1, pointsMin: 500)
    #expect(least.offer(400, available: 1000, basket: 5000) == .belowMinimum(needed: 500, has: 400))
    #expect(PointsAsMoney(points: 0, minorUnits: 1).offer(5, available: 10, basket: 10) == .noEffect)
  }
}
