import Loyalty
import Rewards
import TestValues
import Testing

/// Lives of vouchers made up from a seed. A failure names the seed.
@Suite(.timeLimit(.minutes(10))) struct VoucherPropertyTests {
  private static let bills = ["b1", "b2", "b3", "b4"]

  private struct Life {
    var chance: SplitMix
    var voucher: Voucher
    var now = minute(0)
    /// Redemptions that tills were told of, and those that were rolled back.
    var used: Set<String> = []

    init(seed: UInt64) {
      chance = SplitMix(seed: seed)
      let uses: Voucher.Uses = chance.happens(oneIn: 3) ? .value(500) : .times(Int64(1 + chance.below(4)))
      let effect: VoucherEffect = if case .value = uses { .credit } else { .freeShipping(cap: nil) }
      voucher = Voucher(
        id: "V", pool: "P", terms: VoucherTerms(effect), uses: uses, validFrom: minute(0), validUntil: minute(120))
    }

    mutating func step() -> VoucherAnswer {
      now = now.advanced(byMilliseconds: Int64(chance.below(10)) * 60_000)
      let bill = chance.pick(VoucherPropertyTests.bills)
      let caller = VoucherCaller(bill: bill)
      let amount: Int64? = voucher.terms.effect.isPayment ? Int64(chance.below(400)) : nil
      let id = bill + "-\(chance.below(6))"
      let command = chance.below(10)
      let then = now.advanced(byMilliseconds: -Int64(chance.below(30)) * 60_000)
      let perform = { [now] (voucher: inout Voucher) -> VoucherAnswer in
        switch command {
        case 0...2: voucher.hold(id, by: caller, amount: amount, at: now)
        case 3...5: voucher.commit(id, amount: amount.map { $0 / 2 }, at: now)
        case 6: voucher.commitOffline(id, by: caller, amount: amount, occurredAt: then, at: now)
        case 7: voucher.release(id, bill: bill, at: now)
        case 8: voucher.rollBack(id, reason: "returned", at: now)
        default: command == 9 && id.hasSuffix("0") ? voucher.cancel(at: now) : voucher.check(by: caller, at: now)
        }
      }
      let before = voucher
      let answer = perform(&voucher)
      if answer.refusal != nil { #expect(voucher == before, "a refusal moves nothing") }
      let between = voucher
      let again = perform(&voucher)
      #expect(voucher == between, "\(answer) moved something again")
      if answer.refusal == nil, case .committed(let redemption, _) = answer {
        guard case .committed(let same, _) = again else { return answer }
        #expect(same == redemption)
        if redemption.givenBack == nil { used.insert(redemption.id) }
      }
      if case .givenBack(let redemption, _) = answer { used.remove(redemption.id) }
      return answer
    }
  }

  @Test(arguments: 0..<40) func noOrderOfCommandsUsesItTooOften(group: UInt64) {
    for seed in group * 50..<(group + 1) * 50 {
      var life = Life(seed: seed)
      for _ in 0..<40 {
        _ = life.step()
        let voucher = life.voucher
        #expect(voucher.left >= 0 && voucher.used + voucher.left == voucher.of, "seed \(seed)")
        if case .times(let times) = voucher.uses { #expect(Int64(life.used.count) <= times, "seed \(seed)") }
        #expect(Set(voucher.redemptions.map(\.id)).count == voucher.redemptions.count, "seed \(seed)")
        let standing = voucher.redemptions.filter { $0.givenBack == nil }
        #expect(Set(standing.map(\.id)) == life.used, "seed \(seed): a till was told otherwise")
      }
    }
  }

  @Test func twoTillsThatWereOfflineAreToldOfEachOther() {
    var voucher = Life(seed: 2).voucher
    voucher = Voucher(
      id: "V", pool: "P", terms: voucher.terms, uses: .times(1), validFrom: minute(0), validUntil: minute(120))
    let first = voucher.commitOffline("a", by: .init(bill: "A"), occurredAt: minute(50), at: minute(200))
    #expect(first.refusal == nil, "it was valid then")
    let second = voucher.commitOffline("b", by: .init(bill: "B"), occurredAt: minute(40), at: minute(210))
    #expect(second == .refused(.alreadyUsed(by: "a", at: minute(50))))
    #expect(voucher.redemptions[0].isOffline)
  }

  @Test func aHoldThatBeganLaterDoesNotStandAgainstATillThatWasOffline() {
    var voucher = Voucher(
      id: "V", pool: "P", terms: VoucherTerms(.freeShipping(cap: nil)), uses: .times(1), validFrom: minute(0),
      validUntil: minute(120))
    _ = voucher.hold("a", by: .init(bill: "A"), at: minute(10))
    var other = voucher
    #expect(
      other.commitOffline("b", by: .init(bill: "B"), occurredAt: minute(12), at: minute(14))
        == .refused(.held(until: minute(25))))
    #expect(voucher.commitOffline("b", by: .init(bill: "B"), occurredAt: minute(9), at: minute(14)).refusal == nil)
    #expect(voucher.commit("a", at: minute(15)) == .refused(.used(1, of: 1)))
    #expect(voucher.used == 1)
  }

  @Test func aHoldThatEndedIsCommittedOnlyIfNobodyElseHasIt() {
    var voucher = Voucher(
      id: "V", pool: "P", terms: VoucherTerms(.freeShipping(cap: nil)), uses: .times(1), validFrom: minute(0),
      validUntil: minute(120))
    _ = voucher.hold("a", by: .init(bill: "A"), ttlMs: 60_000, at: minute(10))
    var free = voucher
    #expect(free.commit("a", at: minute(30)).refusal == nil)
    #expect(voucher.hold("b", by: .init(bill: "B"), at: minute(11)).refusal == nil)
    #expect(voucher.commit("a", at: minute(12)) == .refused(.held(until: minute(26))))
    #expect(voucher.commit("a", at: minute(26)).refusal == nil, "the other let it go")
    // Held in time, it may be committed after its last day; not when the hold has ended too.
    var late = voucher
    _ = late.rollBack("a", reason: "returned", at: minute(100))
    #expect(late.hold("c", by: .init(bill: "C"), at: minute(119)).refusal == nil)
    #expect(late.state(at: minute(121)) == .held)
    var later = late
    #expect(late.commit("c", at: minute(121)).refusal == nil)
    #expect(later.commit("c", at: minute(134)) == .refused(.expired(at: minute(120))))
  }
}
