/// Free pieces: the cheapest that a voucher may work on, paid for by the dearest. A piece counts for one such voucher.
extension BasketDiscounts {
  mutating func give(_ free: FreeUnits, _ voucher: BasketVoucher, _ deduction: inout Deduction) {
    let lines = byPrice(voucher)
    let open = lines.reduce(Int64(0)) { $0 + paidUnits[$1] - spentUnits[$1] }
    let gift = Gift(free, open: open)
    var room = voucher.room
    var wanted = gift.inBasket
    for index in lines where wanted > 0 {
      let units = room.take(min(wanted, paidUnits[index] - spentUnits[index]), of: line(index).sku)
      guard units > 0 else { continue }
      deduction.units[index] = units
      deduction.lines[index] = price(of: units, line: index)
      paidUnits[index] -= units
      wanted -= units
    }
    deduction.promised = deduction.total
    deduction.addedUnits = gift.added
    var bought = gift.bought
    for index in lines.reversed() where bought > 0 {
      let units = min(bought, paidUnits[index] - spentUnits[index])
      spentUnits[index] += units
      bought -= units
    }
  }

  /// Lines with open pieces, the cheapest piece first; the earlier of equal ones first.
  private func byPrice(_ voucher: BasketVoucher) -> [Int] {
    paidUnits.indices.filter { voucher.terms.products.holds(line($0)) && paidUnits[$0] > spentUnits[$0] }
      .sorted {
        let first = Int128(left[$0]) * Int128(paidUnits[$1])
        let second = Int128(left[$1]) * Int128(paidUnits[$0])
        return first == second ? $0 < $1 : first < second
      }
  }

  /// How many pieces are free in the basket, how many are put in, and how many are bought for them.
  private struct Gift {
    var inBasket: Int64 = 0
    var added: Int64 = 0
    var bought: Int64 = 0

    init(_ free: FreeUnits, open: Int64) {
      let timesMax = free.timesMax ?? (free.buy == 0 ? 1 : .max)
      switch free.adding {
      case .missing where free.buy == 0:
        inBasket = min(open, timesMax * free.get)
        added = timesMax * free.get - inBasket
      case .always:
        let times = free.buy == 0 ? timesMax : min(open / free.buy, timesMax)
        added = times * free.get
        bought = times * free.buy
      case .none, .missing:
        let times = min(open / (free.buy + free.get), timesMax)
        inBasket = times * free.get
        bought = times * free.buy
        let rest = open - times * (free.buy + free.get)
        guard free.adding == .missing, times < timesMax, rest >= free.buy else { return }
        inBasket += rest - free.buy
        added = free.get - (rest - free.buy)
        bought += free.buy
      }
    }
  }
}
