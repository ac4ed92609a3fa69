import Contracts
import JSON
import Loyalty
import Rewards
import StreamRuntime

/// Answers a till's command of several codes, all of them or none. The owner of the first code leads:
///
///     till ──▶ lead ── look ──▶ owners ──▶ lead ── act ──▶ owners ──▶ lead ──▶ answer
///                                           │                          └─ one could not: undo ──▶ those that did
///                                           └─ one could not: answer, nothing has changed
///
/// Of each step there is one message, in the transaction that says so: whatever dies, it is taken once.
struct BundleDesk {
  private let book: RewardBook
  private let vouchers: VoucherBook
  private let guesses: GuessDesk
  private let tills: TillDesk

  init(_ book: RewardBook, _ vouchers: VoucherBook, _ guesses: GuessDesk, _ tills: TillDesk) {
    self.book = book
    self.vouchers = vouchers
    self.guesses = guesses
    self.tills = tills
  }

  // MARK: Lead

  func process(_ command: TillCommand) throws {
    try book.context.clock.checkNotInTheFuture(command.occurredAt)
    book.context.clock.observe(command.occurredAt.milliseconds)
    // What is ended for good cannot be undone for another's sake.
    if case .cancel = command.kind {
      return refuse(command, .init(.limitReached(limit: 1, asked: Int64(command.codes.count)), place: 1))
    }
    if let refusal = try guesses.refusal(of: command.source) { return refuse(command, .init(refusal, place: 0)) }
    let key = Self.key(command.source, command.id)
    // The same once more: it is under way, and will be answered.
    guard try book.bundles.get(key) == nil else { return }
    try ask(.look, command, amounts: nil)
  }

  private func ask(_ step: BundleMessage.Step, _ command: TillCommand, amounts: [Int64]?) throws {
    let row = BundleRow(
      command: Self.text { command.encode(to: &$0) }, step: step,
      told: Array(repeating: nil, count: command.codes.count))
    try book.bundles.put(Self.key(command.source, command.id), row)
    for place in command.codes.indices { send(step, command, place, amount: amounts?[place]) }
  }

  private func send(_ step: BundleMessage.Step, _ command: TillCommand, _ place: Int, amount: Int64? = nil) {
    book.send(
      BundleMessage(
        commandId: command.id, source: command.source, lead: command.codes[0], place: Int64(place), step: step,
        content: .ask(command.alone(place), amount: amount), occurredAt: book.now))
  }

  /// An owner has looked, or acted.
  private func take(_ told: BundleMessage.Told, _ message: BundleMessage) throws {
    let key = Self.key(message.source, message.commandId)
    guard var row = try book.bundles.get(key), row.step == message.step,
      row.told.indices.contains(Int(message.place)), row.told[Int(message.place)] == nil
    else { return }
    row.told[Int(message.place)] = Self.text { message.encode(to: &$0) }
    guard row.told.allSatisfy({ $0 != nil }) else { return try book.bundles.put(key, row) }
    let command = try Self.read(row.command) { try TillCommand(decoding: EventEnvelope(data: $0)) }
    let all = try row.told.compactMap { try $0.map(Self.told) }
    let off = Self.off(command, all)
    let refusal = Self.firstRefusal(command, all, off)
    if row.step == .look, refusal == nil, !command.isCheck {
      return try ask(.act, command, amounts: off?.deductions.map(\.total))
    }
    try book.bundles.remove(key)
    guard let refusal else { return book.answer(answer(command, all, off)) }
    for place in command.codes.indices where row.step == .act && all[place].moved { send(.undo, command, place) }
    refuse(command, refusal)
  }

  /// Of all codes that there are, in their order.
  private static func off(_ command: TillCommand, _ all: [BundleMessage.Told]) -> BasketAnswer? {
    command.basket.map { basket in
      BasketDiscounts.apply(
        all.enumerated().map { place, told in
          // One that is not there takes nothing off.
          let terms = told.voucher?.terms ?? VoucherTerms(.freeShipping(cap: 0))
          return BasketVoucher(
            id: told.voucher?.item.id ?? "\(place)", terms: terms, credit: told.voucher?.item.left ?? 0)
        }, to: basket)
    }
  }

  private static func firstRefusal(
    _ command: TillCommand, _ all: [BundleMessage.Told], _ off: BasketAnswer?
  ) -> TillAnswer.Refusal? {
    for place in command.codes.indices where command.codes[..<place].contains(command.codes[place]) {
      guard let voucher = all[place].voucher else { break }
      return .init(.notCombinable(with: voucher.item.id), place: place)
    }
    for place in all.indices {
      if var refusal = all[place].refusal {
        refusal.place = Int64(place)
        return refusal
      }
      if let refusal = off?.deductions[place].refusal { return .init(refusal, place: place) }
    }
    return nil
  }

  private func answer(
    _ command: TillCommand, _ all: [BundleMessage.Told], _ off: BasketAnswer?
  ) -> TillAnswer {
    var items = all.compactMap(\.voucher?.item)
    var toPay: Money?
    if let off, let currency = command.basket?.currency {
      for place in items.indices {
        let deduction = off.deductions[place]
        items[place].off = .init(
          currency: currency, total: deduction.total, lines: deduction.lines, shipping: deduction.shipping,
          addedUnits: deduction.addedUnits)
      }
      toPay = Money(minorUnits: off.toPay, currency: currency)
    }
    return TillAnswer(
      id: command.id, outcome: command.outcome, code: command.codes[0], hold: command.hold, vouchers: items,
      toPay: toPay, occurredAt: book.now)
  }

  private func refuse(_ command: TillCommand, _ refusal: TillAnswer.Refusal) {
    book.countRefusal(refusal.code)
    book.answer(
      TillAnswer(
        id: command.id, outcome: .refused, code: command.codes[0], hold: command.hold, refusal: refusal,
        occurredAt: book.now))
  }

  // MARK: Owner of one code

  func process(_ message: BundleMessage) throws {
    try book.context.clock.checkTold(message.occurredAt)
    book.context.clock.observe(message.occurredAt.milliseconds)
    switch message.content {
    case .told(let told): try take(told, message)
    case .ask(let command, let amount):
      let told = try perform(message.step, command, amount: amount)
      guard message.step != .undo else { return }
      var answer = message
      answer.content = .told(told)
      answer.occurredAt = book.now
      book.send(answer)
    }
  }

  private func perform(
    _ step: BundleMessage.Step, _ command: TillCommand, amount: Int64?
  ) throws -> BundleMessage.Told {
    if step == .look, let refusal = try guesses.refusal(of: command.source) {
      return .init(refusal: .init(refusal, place: 0))
    }
    guard let before = try book.vouchers.get(command.key)?.held else {
      if step == .look { try guesses.addWrong(by: command.source) }
      return .init(refusal: .init(.unknown, place: 0))
    }
    var held = before
    let answer = step == .undo ? undo(command, &held.voucher) : tills.act(command, amount: amount ?? 0, &held.voucher)
    if let refusal = answer.refusal {
      guard refusal != .wrongHolder else {
        if step == .look { try guesses.addWrong(by: command.source) }
        return .init(refusal: .init(refusal, place: 0))
      }
      return .init(refusal: .init(refusal, place: 0), voucher: seen(before.voucher, answer))
    }
    if step == .look { return .init(voucher: seen(before.voucher, answer)) }
    let moved = held.voucher != before.voucher
    if moved { try vouchers.keep(held, before: before) }
    return .init(voucher: seen(held.voucher, answer), moved: moved)
  }

  private func undo(_ command: TillCommand, _ voucher: inout Voucher) -> VoucherAnswer {
    switch command.kind {
    case .hold(let hold): return voucher.release(hold.hold, bill: hold.bill, at: book.now)
    case .commit(let commit): return voucher.undo(commit.hold, at: book.now)
    // Of these each is right by itself.
    case .check, .release, .rollBack, .cancel: return .released
    }
  }

  private func seen(_ voucher: Voucher, _ answer: VoucherAnswer) -> BundleMessage.Seen {
    var item = TillAnswer.Item(id: voucher.id, state: voucher.state(at: book.now), left: voucher.left)
    switch answer {
    case .held(let hold): item.heldUntil = hold.until
    case .committed(let use, _), .givenBack(let use, _):
      if case .value = voucher.uses, let currency = voucher.terms.currency {
        item.off = .init(currency: currency, total: use.amount)
      }
    case .usable, .released, .cancelled, .refused: break
    }
    return .init(item: item, terms: voucher.terms)
  }

  // MARK: Rows

  private static func key(_ source: String, _ commandId: String) -> String { RecordKey.joined(source, commandId) }

  private static func text(_ encode: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    encode(&writer)
    return writer.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  private static func read<Value>(_ text: String, _ decode: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
    try Array(text.utf8).withUnsafeBytes(decode)
  }

  private static func told(_ text: String) throws -> BundleMessage.Told {
    let message = try read(text) { try BundleMessage(decoding: $0) }
    guard case .told(let told) = message.content else { throw RowFormatError("a bundle's answer that is none") }
    return told
  }
}

extension TillCommand {
  /// What the owner of one of its codes is asked; the basket stays with the lead.
  fileprivate func alone(_ place: Int) -> TillCommand {
    var command = self
    command.codes = [codes[place]]
    switch kind {
    case .check: command.kind = .check(nil)
    case .hold(var hold):
      hold.basket.lines = []
      hold.basket.shipping = 0
      command.kind = .hold(hold)
    case .commit, .release, .rollBack, .cancel: break
    }
    return command
  }

  fileprivate var isCheck: Bool {
    if case .check = kind { return true }
    return false
  }

  fileprivate var basket: Basket? {
    switch kind {
    case .check(let basket): basket
    case .hold(let hold): hold.basket
    case .commit, .release, .rollBack, .cancel: nil
    }
  }

  fileprivate var outcome: TillAnswer.Outcome {
    switch kind {
    case .check: .usable
    case .hold: .held
    case .commit: .committed
    case .release: .released
    case .rollBack: .givenBack
    case .cancel: .cancelled
    }
  }
}
