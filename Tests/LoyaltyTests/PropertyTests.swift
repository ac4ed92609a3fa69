import Loyalty
import Testing

/// Histories made up from a seed. A failure prints the seed; put it in the list to see it again.
@Suite struct PropertyTests {
  static let seeds = Array(UInt64(1)...60)
  static let stepsPerHistory = 120

  /// A member's random year: every step is one operation at a later time.
  struct History {
    var shop: Shop
    private var random: SplitMix
    private var clock = time("2017-01-01")
    private var steps = 0

    init(seed: UInt64, overdraw: ReturnPolicy.Overdraw) {
      random = SplitMix(seed: seed)
      let rules = [
        spendRule("base", "1", per: "3.00"), spendRule("red", "2.5", when: .category(.init(include: ["red"]))),
        EarningRule(id: "third", kind: .visits(every: 3, points: 20)),
      ]
      var program = program(
        rounding: Rounding.allCases[Int.random(in: 0...2, using: &random)],
        pendingDays: [0, 14][Int.random(in: 0...1, using: &random)],
        expiry: [.never, .months(2)][Int.random(in: 0...1, using: &random)],
        returns: ReturnPolicy(overdraw: overdraw, waitDays: 5, graceDays: 10),
        tiers: TierScheme(
          metric: .spend, window: .lifetime,
          levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1, factor: decimal("1.5"))]))
      program.earning = rules
      shop = Shop(program)
    }

    mutating func step() {
      steps += 1
      clock = clock.advanced(byMilliseconds: Int64.random(in: 0...4 * 86_400_000, using: &random))
      let at = clock.rfc3339
      let earlier = "P\(Int.random(in: 1...max(steps, 1), using: &random))"
      switch Int.random(in: 0...9, using: &random) {
      case 0...4: shop.buy(bought("P\(steps)", at: at))
      case 5: shop.bringBack("R\(steps)", of: earlier, at: at, refund: "\(Int.random(in: 0...60, using: &random)).17")
      case 6: shop.cancel("C\(steps)", of: earlier, at: at)
      case 7: shop.redeem(Int64.random(in: 1...60, using: &random), "E\(steps)", at: at)
      case 8: shop.rollBack("E\(Int.random(in: 1...steps, using: &random))", "B\(steps)", at: at)
      default:
        let back = Int64.random(in: 0...40 * 86_400_000, using: &random)
        shop.reach(Bool.random(using: &random) ? "gold" : "member", since: clock.advanced(byMilliseconds: -back))
      }
    }

    private mutating func bought(_ id: String, at: String) -> Transaction {
      let lines = (0...Int.random(in: 0...3, using: &random)).map { index in
        line(
          "S\(index)", Bool.random(using: &random) ? "red" : nil, "\(Int.random(in: -3...40, using: &random)).99",
          quantity: "2")
      }
      return purchase(id, at: at, discount: "\(Int.random(in: 0...3, using: &random)).01", lines: lines)
    }
  }

  @Test(arguments: seeds)
  func theLedgerAlwaysBalancesAndNeverGoesBelowZeroUnderClamp(seed: UInt64) {
    var history = History(seed: seed, overdraw: .clamp)
    for _ in 0..<Self.stepsPerHistory {
      history.step()
      let account = history.shop.account
      #expect(account.totals.isBalanced)
      #expect(account.totals.pending >= 0 && account.totals.available >= 0)
      #expect(account.lots.allSatisfy { $0.pending >= 0 && $0.available >= 0 && !$0.isEmpty })
      #expect(zip(account.lots, account.lots.dropFirst()).allSatisfy { !$1.isTakenBefore($0) })
    }
    replay(history.shop)
  }

  @Test(arguments: seeds)
  func theLedgerBalancesWhileTheMemberOwes(seed: UInt64) {
    var history = History(seed: seed, overdraw: .negative)
    for _ in 0..<Self.stepsPerHistory { history.step() }
    #expect(history.shop.account.totals.isBalanced && history.shop.account.shortfall == 0)
    replay(history.shop)
  }

  /// Adding up the entries alone gives the account, ids are unique, sequences have no gap.
  func replay(_ shop: Shop) {
    var totals = LedgerTotals()
    for entry in shop.entries {
      if let debit = entry.debit, let credit = entry.credit { totals.move(entry.points, from: debit, to: credit) }
      #expect(entry.balances == Balances(pending: totals.pending, available: totals.available))
    }
    #expect(totals == shop.account.totals)
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count)
    #expect(shop.entries.map(\.sequence) == Array(1..<Int64(shop.entries.count + 1)))
  }

  @Test(arguments: seeds)
  func aPurchaseReturnedInAnyPartsTakesExactlyWhatItWasGranted(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var shop = Shop(program(spendRule("base", "0.37", per: "1.10"), rounding: Rounding.allCases[Int(seed % 3)]))
    shop.adjust(by: 1_000, "start", at: "2017-01-01")
    var left = Int64.random(in: 1...30_000, using: &random)
    let granted = shop.buy("P", at: "2017-01-02", Money(minorUnits: left, currency: usd).text)
    var part = 0
    while left > 0 {
      let refund = Int64.random(in: 1...max(1, left / 3), using: &random)
      left -= refund
      part += 1
      shop.bringBack("R\(part)", of: "P", at: "2017-01-03", refund: Money(minorUnits: refund, currency: usd).text)
    }
    #expect(shop.account.totals.reversed.value == granted && shop.available == 1_000)
  }

  @Test(arguments: seeds)
  func aTierChangeThatBecomesKnownLateEndsWhereATimelyOneDoes(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let scheme = TierScheme(
      metric: .spend, window: .lifetime,
      levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1, factor: decimal("1.3"))])
    let program = program(
      spendRule("base", "1", per: "1.70"), rounding: Rounding.allCases[Int(seed % 3)], pendingDays: 14,
      expiry: .months(2), tiers: scheme)
    var timely = Shop(program)
    var late = Shop(program)
    var changes: [(String, Instant)] = []
    var clock = time("2017-01-01")
    for step in 1...60 {
      clock = clock.advanced(byMilliseconds: Int64.random(in: 1...5 * 86_400_000, using: &random))
      let amount = "\(Int.random(in: 1...90, using: &random)).\(Int.random(in: 10...99, using: &random))"
      if step % 7 == 3 {
        let level = Bool.random(using: &random) ? "gold" : "member"
        changes.append((level, clock))
        timely.reach(level, since: clock)
      } else if step % 5 == 4 {
        let earlier = "P\(Int.random(in: 1..<step, using: &random))"
        timely.bringBack("R\(step)", of: earlier, at: clock.rfc3339, refund: amount)
        late.bringBack("R\(step)", of: earlier, at: clock.rfc3339, refund: amount)
      } else {
        timely.buy("P\(step)", at: clock.rfc3339, amount)
        late.buy("P\(step)", at: clock.rfc3339, amount)
      }
      // Odd seeds learn of all changes at the very end, long after points were released and expired.
      if seed % 2 == 0, step % 13 == 0 {
        for (level, since) in changes.shuffled(using: &random) { late.reach(level, since: since) }
      }
    }
    for (level, since) in changes.shuffled(using: &random) { late.reach(level, since: since) }
    #expect(late.account.totals == timely.account.totals)
    #expect(late.lots == timely.lots)
  }

  @Test(arguments: seeds.prefix(20))
  func theSameInputTwiceMovesNothingTheSecondTime(seed: UInt64) {
    var once = History(seed: seed, overdraw: .clamp)
    for _ in 0..<Self.stepsPerHistory { once.step() }
    var again = once.shop
    for key in again.records.keys.sorted() {
      guard let record = again.records[key] else { continue }
      let copy = purchase(record.purchaseId, at: again.account.clock.rfc3339, lines: [line("A", nil, "99.00")])
      again.buy(copy)
      for id in record.returnIds.map({ String($0.dropFirst("pos:".count)) }) {
        again.cancel(id, of: record.purchaseId, at: again.account.clock.rfc3339)
      }
    }
    #expect(again.account == once.shop.account && again.entries == once.shop.entries)
  }
}
