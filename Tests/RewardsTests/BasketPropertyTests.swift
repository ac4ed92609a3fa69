import Loyalty
import Rewards
import TestValues
import Testing

/// Baskets and vouchers made up from a seed. A failure names the seed.
@Suite(.timeLimit(.minutes(10))) struct BasketPropertyTests {
  private static func effect(_ chance: inout SplitMix) -> VoucherEffect {
    let some = Int64(chance.below(5_000))
    switch chance.below(7) {
    case 0: return .amount(AmountOff(some, spread: chance.pick(AmountOff.Spread.allCases)))
    case 1: return .amount(AmountOff(some, per: chance.pick(AmountOff.Per.allCases)))
    case 2: return .percent(ExactDecimal(significand: Int64(chance.below(10_001)), scale: 2), cap: nil)
    case 3: return .percent(ExactDecimal(Int64(chance.below(101))), cap: some)
    case 4:
      let adding = chance.pick(FreeUnits.Adding.allCases)
      return .freeUnits(FreeUnits(buy: Int64(chance.below(4)), get: Int64(1 + chance.below(2)), adding: adding))
    case 5: return .freeShipping(cap: chance.happens(oneIn: 2) ? nil : some)
    default: return .credit
    }
  }

  private static func made(_ seed: UInt64) -> ([BasketVoucher], Basket) {
    var chance = SplitMix(seed: seed)
    let lines = (0..<1 + chance.below(5)).map { _ in
      BasketLine(
        sku: chance.pick(["a", "b", "c"]), quantity: Int64(1 + chance.below(6)), amount: Int64(chance.below(20_000)))
    }
    let vouchers = (0..<1 + chance.below(5)).map { place in
      var terms = VoucherTerms(effect(&chance), isCombinable: !chance.happens(oneIn: 6))
      if chance.happens(oneIn: 3) { terms.products = Till.only(chance.pick(["a", "b", "c"])) }
      return BasketVoucher(id: "V\(place)", terms: terms, credit: Int64(chance.below(30_000)))
    }
    return (vouchers, Basket(currency: usd, lines: lines, shipping: Int64(chance.below(1_000))))
  }

  @Test(arguments: 0..<40) func noCentIsLostAndNothingGoesBelowZero(group: UInt64) {
    for seed in group * 100..<(group + 1) * 100 {
      let (vouchers, basket) = Self.made(seed)
      let answer = BasketDiscounts.apply(vouchers, to: basket)
      let off = answer.deductions.reduce(0) { $0 + $1.total }
      #expect(answer.toPay + off == basket.total, "seed \(seed)")
      for index in basket.lines.indices {
        let ofLine = answer.deductions.reduce(0) { $0 + $1.lines[index] }
        #expect(answer.lines[index] >= 0 && answer.lines[index] + ofLine == basket.lines[index].amount, "seed \(seed)")
      }
      for (voucher, deduction) in zip(vouchers, answer.deductions) {
        let hasEffect = deduction.total > 0 || deduction.addedUnits > 0
        #expect(hasEffect == (deduction.refusal == nil), "seed \(seed): \(deduction)")
        #expect(deduction.lines.allSatisfy { $0 >= 0 } && deduction.shipping >= 0, "seed \(seed)")
        if voucher.terms.effect == .credit { #expect(deduction.total <= voucher.credit, "seed \(seed)") }
        if case .percent(_, let cap?) = voucher.terms.effect { #expect(deduction.total <= cap, "seed \(seed)") }
        if deduction.cut == nil, deduction.refusal == nil {
          #expect(deduction.total == deduction.promised, "seed \(seed): \(deduction)")
        }
      }
    }
  }

  @Test func largestAmountsDoNotOverflow() {
    let lines = (0..<Basket.linesMax).map {
      BasketLine(sku: "S\($0)", quantity: BasketLine.quantityMax, amount: Money.largestMinorUnits)
    }
    let basket = Basket(currency: usd, lines: lines, shipping: Money.largestMinorUnits)
    let each = AmountOff(Money.largestMinorUnits, per: .unit)
    for effect in [VoucherEffect.percent(decimal("99.999999"), cap: nil), .amount(each), .credit] {
      let voucher = BasketVoucher(id: "V", terms: VoucherTerms(effect), credit: .max)
      let answer = BasketDiscounts.apply([voucher], to: basket)
      #expect(answer.toPay + answer.deductions[0].total == basket.total)
    }
  }

  @Test func storesCurrencyAndOthersAreAsked() {
    let basket = Basket(currency: usd, lines: [BasketLine(sku: "a", amount: 1_000)], store: "s1")
    func refusal(_ change: (inout VoucherTerms) -> Void) -> VoucherRefusal? {
      var terms = VoucherTerms(Till.amount("1"))
      change(&terms)
      return BasketDiscounts.apply([BasketVoucher(id: "V", terms: terms)], to: basket).deductions[0].refusal
    }
    #expect(refusal { $0.stores = .init(include: ["s1"]) } == nil)
    #expect(refusal { $0.stores = .init(exclude: ["s1"]) } == .wrongStore)
    #expect(refusal { $0.currency = currency("VND") } == .noEffect)
    #expect(refusal { $0.products = Till.only("b") } == .noEffect)
    let alone = Till.voucher(Till.amount("1"), "A", isCombinable: false)
    let two = BasketDiscounts.apply([Till.voucher(Till.amount("1")), alone, Till.card("1")], to: basket)
    #expect(two.deductions.map(\.refusal) == [nil, .notCombinable(with: "V"), nil])
  }

  @Test func severalCodesAreHeldAllOrNone() {
    func voucher(_ id: String, _ effect: VoucherEffect, holder: String? = nil) -> Voucher {
      Voucher(
        id: id, pool: "P", holder: holder, terms: VoucherTerms(effect),
        uses: effect == .credit ? .value(500) : .times(1),
        validFrom: minute(0), validUntil: minute(100))
    }
    let caller = VoucherCaller(bill: "A")
    let basket = Till.basket(["20"])
    var codes = [voucher("A", Till.percent("10")), voucher("B", Till.amount("1"), holder: "m2")]
    let before = codes
    let (refused, nothing) = VoucherBundle.hold("h", &codes, by: caller, basket: basket, at: minute(1))
    #expect(refused == .refused(1, .wrongHolder) && nothing == nil && codes == before)
    codes[1] = voucher("G", .credit)
    let (held, off) = VoucherBundle.hold("h", &codes, by: caller, basket: basket, at: minute(1))
    guard case .taken(let answers) = held else {
      Issue.record("another answer")
      return
    }
    #expect(answers.count == 2 && off?.deductions.map(\.total) == [200, 500])
    let used = VoucherBundle.each(&codes) { voucher, _ in voucher.commit("h", at: minute(2)) }
    guard case .taken = used else {
      Issue.record("another answer")
      return
    }
    #expect(codes.map(\.left) == [0, 0])
    var twice = [before[0], before[0]]
    #expect(
      VoucherBundle.hold("h", &twice, by: caller, basket: basket, at: minute(1)).0
        == .refused(1, .notCombinable(with: "A")))
    var many = (0...VoucherBundle.codesMax).map { voucher("\($0)", Till.percent("1")) }
    #expect(
      VoucherBundle.hold("h", &many, by: caller, basket: basket, at: minute(1)).0
        == .refused(20, .limitReached(limit: 20, asked: 21)))
    var useless = [before[0]]
    let free = Till.basket(["0"])
    #expect(VoucherBundle.hold("h", &useless, by: caller, basket: free, at: minute(1)).0 == .refused(0, .noEffect))
  }
}
