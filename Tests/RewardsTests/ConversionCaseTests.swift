import Loyalty
import Rewards
import TestValues
import Testing

/// Bink's arithmetic of rewards that points turn into by themselves (BPL: piukhq/bpl-qa-system-tests). A threshold, a
/// most of a transaction and a multiplier are earning rules here: what a case gives is what came of them.
@Suite(.timeLimit(.minutes(10))) struct ConversionCaseTests {
  private let utc = ZoneCalendar.shared("UTC")!
  private let now = time("2023-01-01")

  /// A member under a rule, purchase by purchase.
  private struct Member {
    let rule: ConversionRule
    var account: ConversionAccount
    var given: Int64 = 0
    private var purchases = 0

    init(every: Int64, cap: Int64? = nil, days: Int = 1, balance: Int64 = 0, pending: [PendingRewards] = []) {
      rule = ConversionRule(every: Points(every), reward: "R", allocateAfterDays: days, perTransaction: cap)
      account = ConversionAccount(balance: Points(balance), pending: pending)
    }

    mutating func earn(_ points: Int64, at now: Instant = time("2023-01-01")) {
      purchases += 1
      let utc = ZoneCalendar.shared("UTC")!
      let made = account.earn(Points(points), by: "P\(purchases)", at: now, under: rule, in: utc)
      given += made?.count ?? 0
    }

    mutating func refund(_ points: Int64) { account.takeBack(Points(points)) }

    var pendingCount: Int64 { account.pending.reduce(0) { $0 + $1.count } }
    var costs: [Int64] { account.pending.map(\.cost.value) }
    var balance: Int64 { account.balance.value }
  }

  /// BPL transaction_with_reward_cap.
  @Test func k19TheSurplusOfACappedPurchaseIsNotKept() {
    for (balance, bought, after, rewards): (Int64, Int64, Int64, Int64) in [
      (0, 55_000, 0, 2), (7_500, 25_000, 7_500, 2), (7_500, 2_900, 400, 1),
    ] {
      var member = Member(every: 10_000, cap: 2, days: 0, balance: balance)
      member.earn(bought)
      #expect(member.balance == after)
      #expect(member.given == rewards)
    }
  }

  /// BPL transaction_refund.
  @Test func k20ARefundTakesTheBalanceAndThenAReward() {
    var member = Member(every: 700)
    member.earn(2_000)
    #expect(member.pendingCount == 2 && member.balance == 600)
    member.refund(700)
    #expect(member.pendingCount == 1 && member.balance == 600)
    member.refund(1_400)
    #expect(member.pendingCount == 0 && member.balance == 0)
  }

  /// BPL transaction_refund_above_max_amount: a purchase gives 500 at most, a refund takes as much.
  @Test func k21ARefundTakesWhatAPurchaseGave() {
    var member = Member(every: 1_000)
    member.earn(500)
    #expect(member.balance == 500)
    member.earn(500)
    #expect(member.pendingCount == 1 && member.balance == 0)
    member.refund(500)
    #expect(member.pendingCount == 0 && member.balance == 500)
    member.refund(300)
    #expect(member.balance == 200)
  }

  /// BPL trc_refund, example 1.
  @Test func k22WhatIsBeyondTheLimitGoesFirst() {
    var member = Member(every: 10_000, cap: 2)
    member.earn(55_000)
    #expect(member.pendingCount == 2 && member.costs == [55_000] && member.balance == 0)
    member.refund(20_000)
    #expect(member.pendingCount == 2 && member.costs == [35_000])
    member.refund(20_000)
    #expect(member.pendingCount == 1 && member.costs == [10_000] && member.balance == 5_000)
  }

  /// BPL trc_refund, example 2.
  @Test func k23TheBalanceGoesSecond() {
    var member = Member(every: 10_000, cap: 2, balance: 7_500)
    member.earn(25_000)
    #expect(member.pendingCount == 2 && member.costs == [25_000] && member.balance == 7_500)
    member.refund(20_000)
    #expect(member.pendingCount == 1 && member.costs == [10_000] && member.balance == 2_500)
  }

  /// BPL trc_refund, example 3.
  @Test func k24WithinTheLimitTheRestIsBalance() {
    var member = Member(every: 10_000, cap: 2, balance: 7_500)
    member.earn(15_000)
    #expect(member.pendingCount == 2 && member.costs == [20_000] && member.balance == 2_500)
  }

  /// BPL trc_refund, example 4: a multiplier of 2.
  @Test func k25DoubledPointsAreTakenBackDoubled() {
    var member = Member(every: 10_000, cap: 2)
    member.earn(2 * 50_000)
    #expect(member.pendingCount == 2 && member.costs == [100_000])
    member.refund(2 * 25_000)
    #expect(member.pendingCount == 2 && member.costs == [50_000] && member.balance == 0)
  }

  private func pending(_ id: String, _ count: Int64, _ cost: Int64) -> PendingRewards {
    PendingRewards(id: id, reward: "R", count: count, every: 10_000, cost: Points(cost), dueAt: now)
  }

  /// BPL reward_cap_refund.
  @Test func k26TheNewestSurplusGoesFirst() {
    let two = [pending("A", 3, 31_000), pending("B", 2, 21_000)]
    var rich = Member(every: 10_000, balance: 2_000, pending: two)
    rich.refund(1_500)
    #expect(rich.costs == [30_500, 20_000] && rich.balance == 2_000)
    var poor = Member(every: 10_000, balance: 500, pending: two)
    poor.refund(2_500)
    #expect(poor.costs == [30_000, 20_000] && poor.balance == 0)
  }

  /// BPL reward_cap_refund.
  @Test func k27RewardsGoLastTheNewestFirst() {
    var member = Member(every: 10_000, balance: 2_000, pending: [pending("A", 2, 27_000), pending("B", 2, 25_000)])
    member.refund(40_000)
    #expect(member.pendingCount == 1 && member.costs == [10_000] && member.balance == 4_000)
    #expect(member.account.pending[0].id == "A")
  }

  /// BPL reward_cap_refund: a multiplier of 2, five days to wait.
  @Test func k28WhatIsOverOfARewardIsBalance() {
    var member = Member(every: 10_000, days: 5)
    member.earn(2 * 5_500)
    #expect(member.pendingCount == 1 && member.balance == 1_000)
    member.refund(2 * 5_000)
    #expect(member.pendingCount == 0 && member.balance == 1_000)
  }

  /// BPL asos/end_campaign: two were issued before. That queued purchases of the rule are passed over is the worker's.
  @Test func k29TheEndDeletesOrIssuesWhatWaits() {
    for (end, issued) in [(ConversionRule.End.delete, Int64(3)), (.issue, 5)] {
      // One more is earned at once, two wait.
      var member = Member(every: 10_000, days: 0)
      member.given = 2
      member.earn(10_000)
      member.account = ConversionAccount(pending: [pending("A", 2, 20_000)])
      let last = member.account.end(end).reduce(0) { $0 + $1.count }
      #expect(member.given + last == issued)
      #expect(member.account == ConversionAccount())
    }
  }

  /// BPL multiple_campaign_with_same_reward. Issued ones are cancelled one by one; another rule's member begins at 0.
  @Test func k30ACancelledRuleLeavesNothingBehind() {
    var member = Member(every: 10_000, balance: 300, pending: [pending("A", 1, 10_000)])
    #expect(member.account.end(.delete).isEmpty)
    #expect(member.balance == 0 && member.pendingCount == 0)
    var issued = Voucher(
      id: "V", pool: "shared", terms: VoucherTerms(.freeShipping(cap: nil)), uses: .times(1), validFrom: now,
      validUntil: .distantFuture)
    var free = issued
    #expect(issued.cancel(at: now) == .cancelled)
    #expect(issued.state(at: now) == .cancelled)
    #expect(free.hold("H", by: VoucherCaller(bill: "B"), at: now).refusal == nil)
  }

  @Test func rewardsAreGivenWhenTheirDaysAreOver() {
    var member = Member(every: 700)
    member.earn(2_000)
    #expect(member.account.settle(at: now.advanced(byMilliseconds: Instant.dayMs - 1)).isEmpty)
    let given = member.account.settle(at: utc.adding(days: 1, to: now))
    #expect(given.map(\.id) == ["P1"] && given.map(\.count) == [2])
    #expect(member.account.settle(at: .distantFuture).isEmpty)
    // What has been given out is not taken back.
    #expect(member.account.takeBack(2_000) == 1_400)
    #expect(member.balance == 0)
  }

  /// A rule may ask for more from some day on: what waits keeps its own price.
  @Test func whatWaitsKeepsItsPriceWhenTheRuleChanges() {
    var member = Member(every: 1_000, pending: [pending("A", 1, 10_000)])
    member.refund(4_000)
    #expect(member.pendingCount == 0 && member.balance == 6_000)
  }

  @Test func soManyPurchasesMayWaitAtMost() {
    var member = Member(
      every: 10, cap: 1, pending: (0..<ConversionAccount.pendingMax).map { pending("\($0)", 1, 10_000) })
    member.earn(25)
    #expect(member.account.pending.count == ConversionAccount.pendingMax && member.balance == 25)
  }
}
