import Loyalty
import Rewards
import TestValues
import Testing

/// Cases of others for budgets, limits and the till (RESEARCH, section 2). MED is Medusa, SAL Saleor, VF Voucherify, GI
/// Got It's merchant API, SF Salesforce.
@Suite(.timeLimit(.minutes(10))) struct VoucherCaseTests {
  private let now = time("2026-01-01")
  private let billA = VoucherCaller(bill: "A"), billB = VoucherCaller(bill: "B")

  private func later(_ minutes: Int64) -> Instant { now.advanced(byMilliseconds: minutes * 60_000) }

  private func voucher(
    _ uses: Voucher.Uses = .times(1), _ effect: VoucherEffect = .percent(decimal("10"), cap: nil), id: String = "V",
    holder: String? = nil, until: Instant = time("2026-02-01")
  ) -> Voucher {
    Voucher(
      id: id, pool: "P", holder: holder, terms: VoucherTerms(effect), uses: uses, validFrom: now, validUntil: until)
  }

  /// MED register-usage.
  @Test func k33ABudgetOfMoneyIsNotOverspent() {
    var budget = VoucherBudget(.money, limit: 1_000)
    #expect(budget.take(200, for: "1") == nil)
    #expect(budget.take(500, for: "2") == nil)
    #expect(budget.used == 700)
    var tight = VoucherBudget(.money, limit: 1_000)
    _ = tight.take(900, for: "0")
    #expect(tight.take(100, for: "1") == nil)
    #expect(tight.take(100, for: "2") == .budgetExhausted(left: 0, asked: 100))
    #expect(tight.used == 1_000)
  }

  /// MED register-usage.
  @Test func k34TwoLinesOfABillAreOneUse() {
    var budget = VoucherBudget(.uses, limit: 1_000)
    #expect(budget.take(300, for: "order") == nil)
    #expect(budget.take(500, for: "order") == nil)
    #expect(budget.used == 1)
    for number in 1..<1_000 { _ = budget.take(1, for: "\(number)") }
    #expect(budget.take(1, for: "late") == .limitReached(limit: 1_000, asked: 1))
    #expect(budget.used == 1_000)
  }

  /// MED revert-usage; SAL decrease at 0.
  @Test func k35WhatIsGivenBackMayBeTakenAgain() {
    var budget = VoucherBudget(.money, limit: 1_000)
    for bill in ["1", "2", "3"] { _ = budget.take(300, for: bill) }
    budget.giveBack("1")
    budget.giveBack("2")
    #expect(budget.used == 300)
    for bill in ["1", "3", "3", "nobody"] { budget.giveBack(bill) }
    #expect(budget.used == 0)
  }

  /// Saleor issue 544. Both at once is one after the other for the one owner; processes race in the worker's tests.
  @Test func k36OneUseAndTwoCheckouts() {
    var voucher = voucher()
    #expect(voucher.hold("a", by: billA, at: now).refusal == nil)
    #expect(voucher.hold("b", by: billB, at: now) == .refused(.held(until: later(15))))
    #expect(voucher.commit("a", at: later(1)).refusal == nil)
    #expect(voucher.commit("b", at: later(1)) == .refused(.noHold))
    #expect(voucher.hold("b", by: billB, at: later(1)) == .refused(.used(1, of: 1)))
  }

  /// eventyay issue 1398.
  @Test func k37ThreeUsesAndFiveCheckouts() {
    var voucher = voucher(.times(3))
    let bills = (1...5).map { "\($0)" }
    let held = bills.filter { voucher.hold("h" + $0, by: VoucherCaller(bill: $0), at: now).refusal == nil }
    let used = bills.filter { voucher.commit("h" + $0, at: now).refusal == nil }
    #expect(held.count == 3 && used == held)
    #expect(voucher.state(at: now) == .used)
  }

  /// Saleor pull request 15855.
  @Test func k38ACheckoutThatComesTwiceHearsTheSame() {
    var voucher = voucher()
    let held = voucher.hold("a", by: billA, at: now)
    #expect(voucher.hold("a", by: billA, at: now) == held)
    let first = voucher.commit("a", at: later(1))
    let between = voucher
    #expect(voucher.commit("a", at: later(2)) == first)
    #expect(voucher == between)
    #expect(voucher.used == 1)
  }

  /// VF guides, locking a validation session. Without a time a hold there ends after 7 days, here after 15 minutes
  /// (REWARDS §4); a fifth is refused `held`, for a hold may yet be released.
  @Test func k39HoldsBeyondTheUsesAreRefused() {
    var voucher = voucher(.times(4))
    for bill in 1...4 {
      let answer = voucher.hold("h\(bill)", by: VoucherCaller(bill: "\(bill)"), ttlMs: 7 * Instant.dayMs, at: now)
      guard case .held(let hold) = answer else {
        Issue.record("another answer")
        return
      }
      #expect(hold.until == later(15))
    }
    #expect(voucher.hold("h5", by: VoucherCaller(bill: "5"), at: now) == .refused(.held(until: later(15))))
    #expect(voucher.hold("h5", by: VoucherCaller(bill: "5"), at: later(15)).refusal == nil)
  }

  /// GI: 213/105, 207, state 4, 101, 212, 208.
  @Test func k41TheMerchantApisReservation() {
    var voucher = voucher()
    #expect(voucher.commit("a", at: now) == .refused(.noHold))
    _ = voucher.hold("a", by: billA, at: now)
    #expect(voucher.hold("b", by: billB, at: now) == .refused(.held(until: later(15))))
    #expect(voucher.release("b", bill: "B", at: now) == .refused(.held(until: later(15))))
    #expect(voucher.commit("b", at: now) == .refused(.noHold))
    var released = voucher
    #expect(released.release("a", bill: "A", at: now) == .released)
    #expect(released.state(at: now) == .active)
    #expect(voucher.commit("a", at: now).refusal == nil)
    #expect(voucher.state(at: now) == .used)
    #expect(voucher.hold("a2", by: billA, at: now) == .refused(.used(1, of: 1)))
  }

  /// SF, stored value.
  @Test func k44AGiftCardLeavesARemainder() {
    var card = voucher(.value(11_466), .credit)
    guard case .held(let hold) = card.hold("a", by: billA, amount: 1_634, at: now) else {
      Issue.record("another answer")
      return
    }
    #expect(hold.amount == 1_634)
    guard case .committed(_, let left) = card.commit("a", at: now) else {
      Issue.record("another answer")
      return
    }
    #expect(left == 9_832)
    #expect(card.state(at: now) == .active)
    var late = card
    _ = card.rollBack("a", reason: "returned", at: now)
    #expect(card.left == 11_466 && card.state(at: now) == .active)
    guard case .givenBack(_, let state) = late.rollBack("a", reason: "returned", at: time("2026-03-01"))
    else {
      Issue.record("another answer")
      return
    }
    #expect(state == .expired)
  }

  /// SAL core_0919: the payment fails. (What it takes off is in BasketCaseTests.)
  @Test func k45AFailedPaymentLeavesTheVoucherUnused() {
    var voucher = voucher()
    _ = voucher.hold("a", by: billA, at: now)
    #expect(voucher.release("a", bill: "A", at: later(1)) == .released)
    #expect(voucher.used == 0 && voucher.state(at: later(1)) == .active)
  }

  /// SAL test_discounts: once per customer. Who is not known is refused as somebody else is.
  @Test func k46OncePerCustomerAsksWhoItIs() {
    let limit = MemberLimit(1)
    var uses = MemberUses()
    let day = LocalDate(year: 2026, month: 1, day: 1)!
    #expect(uses.left(on: day, under: limit) == 1)
    #expect(uses.refusal(on: day, under: limit) == nil)
    uses.add(1, on: day, under: limit)
    #expect(uses.refusal(on: day, under: limit) == .memberLimit(limit: 1, used: 1))
    #expect(uses.left(on: day.adding(days: 400), under: limit) == 0)
    let own = voucher(holder: "m1")
    #expect(own.check(by: billA, at: now) == .refused(.wrongHolder))
    #expect(own.check(by: VoucherCaller(bill: "A", member: "m1"), at: now) == .usable(left: 1))
    #expect(VoucherRefusal.wrongHolder.codeTold == VoucherRefusal.unknown.codeTold)
  }
}
