import Contracts
import Loyalty
import Rewards
import StreamRuntime

/// Answers what tills ask of one code, in the order in which their commands lie in the log of its owner.
struct TillDesk {
  private let book: RewardBook
  private let vouchers: VoucherBook
  private let guesses: GuessDesk

  /// What a command did to one voucher.
  private struct Done {
    var answer: VoucherAnswer
    var off: BasketAnswer?
    var currency: Currency?
  }

  init(_ book: RewardBook, _ vouchers: VoucherBook, _ guesses: GuessDesk) {
    self.book = book
    self.vouchers = vouchers
    self.guesses = guesses
  }

  func process(_ command: TillCommand) throws {
    try book.context.clock.checkNotInTheFuture(command.occurredAt)
    book.context.clock.observe(command.occurredAt.milliseconds)
    if let refusal = try guesses.refusal(of: command.source) { return refuse(command, refusal, place: 0) }
    guard let before = try book.vouchers.get(command.key)?.held else {
      try guesses.addWrong(by: command.source)
      return refuse(command, .unknown, place: 0)
    }
    var held = before
    let done = perform(command, &held.voucher)
    if let refusal = done.answer.refusal {
      if refusal == .wrongHolder { try guesses.addWrong(by: command.source) }
      return refuse(command, refusal, place: 0)
    }
    if held.voucher != before.voucher { try vouchers.keep(held, before: before) }
    book.answer(answer(command, done, held.voucher))
  }

  // MARK: One voucher

  /// Of a code that is one of several.
  ///
  /// - Parameter amount: what it takes off, where it is to be held.
  func act(_ command: TillCommand, amount: Int64, _ voucher: inout Voucher) -> VoucherAnswer {
    guard case .hold(let hold) = command.kind else { return perform(command, &voucher).answer }
    let caller = VoucherCaller(bill: hold.bill, store: command.store, member: command.member ?? voucher.holder)
    return voucher.hold(hold.hold, by: caller, amount: amount, ttlMs: hold.ttlMs, at: book.now)
  }

  private func perform(_ command: TillCommand, _ voucher: inout Voucher) -> Done {
    let now = book.now
    // Whoever names no member brings a code, which is its own proof.
    let member = command.member ?? voucher.holder
    func caller(_ bill: String) -> VoucherCaller {
      VoucherCaller(bill: bill, store: command.store, member: member)
    }
    switch command.kind {
    case .check(let basket):
      let answer = voucher.check(by: caller(command.id), at: now)
      guard answer.refusal == nil, let basket else { return Done(answer: answer) }
      let off = BasketDiscounts.apply([BasketVoucher(voucher)], to: basket)
      if let refusal = off.deductions[0].refusal { return Done(answer: .refused(refusal)) }
      return Done(answer: answer, off: off, currency: basket.currency)
    case .hold(let hold):
      var one = [voucher]
      let (answer, off) = VoucherBundle.hold(
        hold.hold, &one, by: caller(hold.bill), basket: hold.basket, ttlMs: hold.ttlMs, at: now)
      voucher = one[0]
      switch answer {
      case .taken(let answers): return Done(answer: answers[0], off: off, currency: hold.basket.currency)
      case .refused(_, let refusal): return Done(answer: .refused(refusal))
      }
    case .commit(let commit): return Done(answer: self.commit(commit, command, &voucher, caller))
    case .release(let hold, let bill): return Done(answer: voucher.release(hold, bill: bill, at: now))
    case .rollBack(let redemption, let reason):
      return Done(answer: voucher.rollBack(redemption, reason: reason, at: now))
    case .cancel: return Done(answer: voucher.cancel(at: now))
    }
  }

  private func commit(
    _ commit: TillCommand.Commit, _ command: TillCommand, _ voucher: inout Voucher,
    _ caller: (String) -> VoucherCaller
  ) -> VoucherAnswer {
    if let amount = commit.amount, amount.currency != voucher.terms.currency { return .refused(.noEffect) }
    guard let bill = commit.offlineBill else {
      return voucher.commit(commit.hold, amount: commit.amount?.minorUnits, at: book.now)
    }
    return voucher.commitOffline(
      commit.hold, by: caller(bill), amount: commit.amount?.minorUnits, occurredAt: command.occurredAt, at: book.now)
  }

  // MARK: Answers

  private func refuse(_ command: TillCommand, _ refusal: VoucherRefusal, place: Int) {
    book.countRefusal(refusal.code)
    book.answer(
      TillAnswer(
        id: command.id, outcome: .refused, code: command.codes[0], hold: command.hold,
        refusal: .init(refusal, place: place), occurredAt: book.now))
  }

  private func answer(_ command: TillCommand, _ done: Done, _ voucher: Voucher) -> TillAnswer {
    var item = TillAnswer.Item(id: voucher.id, state: voucher.state(at: book.now), left: voucher.left)
    var toPay: Money?
    if let off = done.off, let currency = done.currency {
      let deduction = off.deductions[0]
      item.off = .init(
        currency: currency, total: deduction.total, lines: deduction.lines, shipping: deduction.shipping,
        addedUnits: deduction.addedUnits)
      toPay = Money(minorUnits: off.toPay, currency: currency)
    }
    switch done.answer {
    case .held(let hold): item.heldUntil = hold.until
    case .committed(let use, _), .givenBack(let use, _):
      if case .value = voucher.uses, let currency = voucher.terms.currency {
        item.off = .init(currency: currency, total: use.amount)
      }
    case .usable, .released, .cancelled, .refused: break
    }
    return TillAnswer(
      id: command.id, outcome: done.answer.outcome, code: command.codes[0], hold: command.hold, vouchers: [item],
      toPay: toPay, occurredAt: book.now)
  }
}

extension VoucherAnswer {
  fileprivate var outcome: TillAnswer.Outcome {
    switch self {
    case .usable: .usable
    case .held: .held
    case .committed: .committed
    case .released: .released
    case .givenBack: .givenBack
    case .cancelled: .cancelled
    case .refused: .refused
    }
  }
}

extension TillCommand {
  var hold: String? {
    switch kind {
    case .hold(let hold): hold.hold
    case .commit(let commit): commit.hold
    case .release(let hold, _): hold
    case .rollBack(let redemption, _): redemption
    case .check, .cancel: nil
    }
  }
}
