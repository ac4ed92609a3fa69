import Loyalty
import Rewards
import TestValues
import Testing

/// Cases of others' suites for what vouchers take off (RESEARCH, sections 1 and 2). ODO is Odoo's sale_loyalty, SAL
/// Saleor, MED Medusa, VF Voucherify.
@Suite(.timeLimit(.minutes(10))) struct BasketCaseTests {
  /// ODO test_pay_with_gift_card.
  @Test func k12DiscountsComeBeforeGiftCardsInWhateverOrder() {
    let basket = Till.basket(["100"])
    #expect(Till.toPay([Till.card("50")], basket) == "50")
    #expect(Till.toPay([Till.card("50"), Till.voucher(Till.percent("10"))], basket) == "40")
    #expect(Till.toPay([Till.voucher(Till.percent("10")), Till.card("50")], basket) == "40")
  }

  /// ODO test_pay_with_gift_card.
  @Test func k13ACodeStillTakesOffWhatACardWouldPay() {
    let answer = BasketDiscounts.apply([Till.card("100"), Till.voucher(Till.percent("10"))], to: Till.basket(["100"]))
    #expect(answer.toPay == 0)
    #expect(answer.deductions.map(\.total) == [9000, 1000])
    #expect(answer.deductions.allSatisfy { $0.refusal == nil })
  }

  /// ODO test_pay_with_gift_card.
  @Test func k14CardsPayOneAfterTheOther() {
    let answer = BasketDiscounts.apply([Till.card("100", "A"), Till.card("100", "B")], to: Till.basket(["500"]))
    #expect(answer.deductions.map(\.total) == [10_000, 10_000])
    #expect(answer.toPay == 30_000)
  }

  /// SAL, end to end, part of a gift card.
  @Test func k15ACardPaysTheShippingToo() {
    #expect(Till.toPay([Till.card("25.00")], Till.basket(["4x9.99"], shipping: "10")) == "24.96")
  }

  private func added(_ free: FreeUnits, _ line: String) -> Int64 {
    BasketDiscounts.apply([Till.voucher(.freeUnits(free))], to: Till.basket([line])).deductions[0].addedUnits
  }

  /// ODO test_program_numbers: the free unit is put in beside those that are bought, and a code makes it no cheaper.
  @Test func k16OneIsFreeForEveryThreeBought() {
    let free = FreeUnits(buy: 3, get: 1, adding: .always)
    #expect(added(free, "75x1") == 25)
    #expect(added(free, "6x1") == 2)
    let none = BasketDiscounts.apply([Till.voucher(.freeUnits(free))], to: Till.basket(["2x1"]))
    #expect(none.deductions[0].refusal == .noEffect)
    let both = [Till.voucher(.freeUnits(free)), Till.voucher(Till.percent("10"), "P")]
    #expect(Till.toPay(both, Till.basket(["3x320"])) == "864")
  }

  /// ODO test_program_numbers. Prices are with tax; the net is the till's to work out.
  @Test func k17APercentageOfOneProductWithFreeUnitsAndACap() {
    let twenty = Till.voucher(Till.percent("20"), products: Till.only("S0"))
    #expect(Till.toPay([twenty], Till.basket(["368"])) == "294.4")
    #expect(Till.toPay([twenty], Till.basket(["368", "10x25"])) == "544.4")
    let free = Till.voucher(.freeUnits(FreeUnits(buy: 4, get: 1)), "F", products: Till.only("S0"))
    #expect(Till.toPay([twenty, free], Till.basket(["10x368", "10x25"])) == "2605.2")
    #expect(Till.toPay([free, twenty], Till.basket(["10x368", "10x25"])) == "2605.2")
    let capped = Till.voucher(Till.percent("20", cap: "200"), products: Till.only("S0"))
    let answer = BasketDiscounts.apply([free, capped], to: Till.basket(["10x368", "10x25"]))
    #expect(Till.money(answer.toPay) == "2994")
    #expect(answer.deductions[1].cut == .cap)
    #expect(answer.deductions[1].promised == 58_880)
    let net = Rounding.nearest.divide(Int128(answer.lines[0]) * 100, by: 115) + Int128(answer.lines[1])
    #expect(net == 263_609)
  }

  /// ODO test_program_numbers.
  @Test func k18AMinimumWithoutTaxIsNotReachedByTax() {
    let line = BasketLine(sku: "S0", amount: 32_000, tax: 4174)
    let basket = Basket(currency: usd, lines: [line])
    let net = Till.voucher(Till.amount("1"), minimum: .init(minorUnits: 32_000, includesTax: false))
    #expect(
      BasketDiscounts.apply([net], to: basket).deductions[0].refusal == .belowMinimum(needed: 32_000, has: 27_826))
    let gross = Till.voucher(Till.amount("1"), minimum: .init(minorUnits: 32_000))
    #expect(BasketDiscounts.apply([gross], to: basket).deductions[0].refusal == nil)
  }

  /// SAL core_0919, of the arithmetic; that a failed payment leaves the voucher unused is in VoucherCaseTests.
  @Test func k45TenPercentOfTwoIsFourDollars() {
    #expect(Till.off(Till.percent("10"), ["2x19.99"]) == ["4"])
  }

  /// SAL.
  @Test func k47AMinimumAsksForAmountAndPieces() {
    func refusal(_ amount: String, _ units: Int64) -> VoucherRefusal? {
      let minimum = VoucherTerms.Minimum(minorUnits: Till.cents(amount), units: units)
      let vouchers = [Till.voucher(Till.amount("1"), minimum: minimum)]
      return BasketDiscounts.apply(vouchers, to: Till.basket(["2x10"])).deductions[0].refusal
    }
    #expect(refusal("20", 2) == nil)
    #expect(refusal("50", 0) == .belowMinimum(needed: 5000, has: 2000))
    #expect(refusal("0", 10) == .belowMinimum(needed: 10, has: 2))
    #expect(refusal("0", 3) == .belowMinimum(needed: 3, has: 2))
  }

  /// SAL split_manual_discount.
  @Test func k48ASumIsSplitByWhatLinesCost() {
    #expect(Till.off(Till.amount("20"), ["30", "10"]) == ["15", "5"])
    #expect(Till.off(Till.amount("100"), ["30", "10"]) == ["30", "10"])
    #expect(Till.off(Till.amount("13.77"), ["30", "10"]) == ["10.33", "3.44"])
    #expect(Till.off(Till.amount("20"), ["0", "10"]) == ["0", "10"])
    #expect(Till.off(Till.percent("33.33"), ["30", "10"]) == ["10", "3.33"])
    #expect(Till.off(Till.percent("100"), ["30", "10"]) == ["30", "10"])
  }

  /// MED compute-actions.
  @Test func k49ASumAcrossTwoLines() {
    #expect(Till.off(Till.amount("400"), ["200", "600"]) == ["100", "300"])
    #expect(Till.off(Till.percent("10"), ["200", "600"]) == ["20", "60"])
  }

  private func offs(_ effects: [VoucherEffect], _ lines: [String]) -> [[String]] {
    let vouchers = effects.enumerated().map { Till.voucher($0.element, "V\($0.offset)") }
    let answer = BasketDiscounts.apply(vouchers, to: Till.basket(lines))
    return answer.deductions.map { $0.lines.map(Till.money) }
  }

  /// MED compute-actions.
  @Test func k50TheSecondWorksOnWhatTheFirstLeft() {
    #expect(offs([Till.amount("30"), Till.amount("50")], ["50", "150"]) == [["7.5", "22.5"], ["12.5", "37.5"]])
    #expect(offs([Till.percent("10"), Till.percent("10")], ["50", "150"]) == [["5", "15"], ["4.5", "13.5"]])
  }

  /// MED compute-actions.
  @Test func k51AUnitIsNeverCheaperThanNothing() {
    let each = Till.amount("200", per: .unit, unitsPerLineMax: 1)
    #expect(Till.off(each, ["1x100", "5x150"]) == ["100", "150"])
    #expect(offs([Till.amount("500"), Till.amount("50")], ["50", "150"]) == [["50", "150"], ["0", "0"]])
    let second = [Till.voucher(Till.amount("500"), "A"), Till.voucher(Till.amount("50"), "B")]
    let answer = BasketDiscounts.apply(second, to: Till.basket(["50", "150"]))
    #expect(answer.deductions[0].cut == .basket)
    #expect(answer.deductions[1].refusal == .noEffect)
  }

  /// VF manage-stackable-discounts has gift credit in the order named: 1,999.00, 1,599.20, 1,519.20. REWARDS §4 puts
  /// gift cards last, so that the percentage is of the whole.
  @Test func k52GiftCreditComesLastAndNotFirst() {
    let vouchers = [Till.card("1"), Till.voucher(Till.percent("20"), "P"), Till.voucher(Till.amount("80"), "A")]
    let answer = BasketDiscounts.apply(vouchers, to: Till.basket(["2000"]))
    #expect(answer.deductions.map(\.total) == [100, 40_000, 8_000])
    #expect(Till.money(answer.toPay) == "1519")
  }

  /// VF discount-types-and-effects: S3 is excluded.
  @Test func k53OneSumInFiveWays() {
    let lines = ["2x10", "3x15", "3x20", "2x25"]
    let three = Till.only("S0", "S1", "S2")
    func off(_ effect: VoucherEffect) -> [String] { Array(Till.off(effect, lines, products: three).prefix(3)) }
    #expect(off(Till.amount("10", per: .line)) == ["10", "10", "10"])
    #expect(off(Till.amount("10", per: .unit)) == ["20", "30", "30"])
    #expect(off(Till.amount("10")) == ["1.6", "3.6", "4.8"])
    #expect(off(Till.amount("10", spread: .quantity)) == ["2.5", "3.75", "3.75"])
    #expect(off(Till.percent("10")) == ["2", "4.5", "6"])
    #expect(Till.off(Till.amount("10"), lines, products: three)[3] == "0")
  }

  private func discounted(_ wanted: Int64, _ sku: String, _ room: inout UnitRoom) -> Int64 {
    let line = BasketLine(sku: sku, quantity: wanted, amount: wanted * 100)
    let voucher = Till.voucher(Till.percent("50"), room: room)
    let units = BasketDiscounts.apply([voucher], to: Basket(currency: usd, lines: [line])).deductions[0].units[0]
    _ = room.take(units, of: sku)
    return units
  }

  /// VF.
  @Test func k54PiecesOfACampaignAndOfAMember() {
    var campaign = UnitRoom(left: 10)
    #expect([5, 4, 3].map { discounted($0, "T", &campaign) } == [5, 4, 1])
    var member = UnitRoom(left: 5)
    #expect([3, 3].map { discounted($0, "T", &member) } == [3, 2])
  }

  /// VF.
  @Test func k55PiecesOfAProduct() {
    var room = UnitRoom(leftOfSku: ["T": 5, "B": 5, "P": 5])
    let buy = { (t: Int64, b: Int64, p: Int64) in
      [("T", t), ("B", b), ("P", p)].map { self.discounted($0.1, $0.0, &room) }
    }
    #expect(buy(5, 1, 4) == [5, 1, 4])
    #expect(buy(3, 3, 2) == [0, 3, 1])
    #expect(buy(1, 3, 3) == [0, 1, 0])
  }

  /// MED buyget.
  @Test func k56BuyTwoGetTwo() {
    let free = VoucherEffect.freeUnits(FreeUnits(buy: 2, get: 2))
    #expect(Till.off(free, ["4x250"]) == ["500"])
    #expect(Till.off(free, ["3x250"]) == ["0"])
    #expect(Till.off(free, ["250", "250"]) == ["0", "0"])
    #expect(Till.off(free, ["500", "500", "1000", "1000"]) == ["500", "500", "0", "0"])
  }

  /// MED buyget: a piece counts for one voucher.
  @Test func k57TwoVouchersShareThePieces() {
    let vouchers = [
      Till.voucher(.freeUnits(FreeUnits(buy: 50, get: 1000)), "A"),
      Till.voucher(.freeUnits(FreeUnits(buy: 10, get: 20)), "B"),
    ]
    let answer = BasketDiscounts.apply(vouchers, to: Till.basket(["1080x2.50"]))
    #expect(answer.deductions.map { Till.money($0.total) } == ["2500", "50"])
  }

  /// VF: two pieces are promised.
  @Test func k58MissingPiecesAreAdded() {
    let missing = FreeUnits(buy: 0, get: 2, adding: .missing)
    let gift = Till.voucher(.freeUnits(missing), products: Till.only("S0"))
    let none = BasketDiscounts.apply([gift], to: Basket(currency: usd, lines: [BasketLine(sku: "X", amount: 100)]))
    #expect(none.deductions[0].addedUnits == 2)
    let both = BasketDiscounts.apply([gift], to: Till.basket(["2x5"])).deductions[0]
    #expect(both.addedUnits == 0)
    #expect(both.total == 1000)
    let always = FreeUnits(buy: 0, get: 2, adding: .always)
    #expect(added(always, "2x5") == 2)
  }
}
