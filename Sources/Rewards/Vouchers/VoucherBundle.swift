import Loyalty

/// Several codes of one bill: all of them or none, and the first that cannot be had is named.
package enum VoucherBundle {
  /// Codes of one bill.
  package static let codesMax = 20

  package enum Answer: Equatable, Sendable {
    case taken([VoucherAnswer])
    /// The place among the codes, counted from 0.
    case refused(Int, VoucherRefusal)
  }

  /// Does the same to each. Where one is refused, all are as they were.
  package static func each(
    _ vouchers: inout [Voucher], _ command: (inout Voucher, _ place: Int) -> VoucherAnswer
  ) -> Answer {
    let before = vouchers
    var answers: [VoucherAnswer] = []
    for place in vouchers.indices {
      let answer = command(&vouchers[place], place)
      if let refusal = answer.refusal {
        vouchers = before
        return .refused(place, refusal)
      }
      answers.append(answer)
    }
    return .taken(answers)
  }

  /// Holds them for a basket, each for what it takes off. A code that would take nothing off is refused.
  package static func hold(
    _ id: String, _ vouchers: inout [Voucher], by caller: VoucherCaller, basket: Basket, ttlMs: Int64? = nil,
    at now: Instant
  ) -> (Answer, BasketAnswer?) {
    if vouchers.count > codesMax {
      return (.refused(codesMax, .limitReached(limit: Int64(codesMax), asked: Int64(vouchers.count))), nil)
    }
    for (place, voucher) in vouchers.enumerated() where vouchers[..<place].contains(where: { $0.id == voucher.id }) {
      return (.refused(place, .notCombinable(with: voucher.id)), nil)
    }
    let off = BasketDiscounts.apply(vouchers.map { BasketVoucher($0) }, to: basket)
    let answer = each(&vouchers) { voucher, place in
      // A code that cannot be had says so, rather than what it would do to the basket.
      if let refusal = voucher.refusal(of: caller, at: now) { return .refused(refusal) }
      let deduction = off.deductions[place]
      if let refusal = deduction.refusal { return .refused(refusal) }
      return voucher.hold(id, by: caller, amount: deduction.total, ttlMs: ttlMs, at: now)
    }
    if case .refused = answer { return (answer, nil) }
    return (answer, off)
  }
}

extension BasketVoucher {
  package init(_ voucher: Voucher) {
    self.init(id: voucher.id, terms: voucher.terms, credit: voucher.left)
  }
}
