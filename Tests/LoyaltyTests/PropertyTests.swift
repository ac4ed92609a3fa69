import Loyalty
import TestValues
import Testing

/// Histories made up from a seed, under programmes made up from it. A failure names the seed.
@Suite(.timeLimit(.minutes(10))) struct PropertyTests {
  static let seeds = Array(UInt64(1)...60)
  /// Histories are checked in groups, for the sake of the test log.
  static let groups = Array(UInt64(0)..<100)
  static let historiesPerGroup: UInt64 = 100
  static let stepsPerHistory = 25

  /// A member's random months: every step is one operation at a later time.
  struct History {
    var shop: Shop
    private var made: RandomProgramme
    private var clock = time("2017-01-01")
    private var steps = 0

    init(seed: UInt64, overdraw: ReturnPolicy.Overdraw) {
      made = RandomProgramme(random: SplitMix(seed: seed))
      shop = Shop(made.programme(overdraw: overdraw))
    }

    mutating func step() {
      steps += 1
      clock = clock.advanced(byMilliseconds: Int64.random(in: 0...4 * 86_400_000, using: &made.random))
      let at = clock.rfc3339
      let earlier = "P\(Int.random(in: 1...max(steps, 1), using: &made.random))"
      switch Int.random(in: 0...10, using: &made.random) {
      case 0...4: shop.buy(made.bought("P\(steps)", at: at))
      case 5:
        shop.bringBack("R\(steps)", of: earlier, at: at, refund: "\(Int.random(in: 0...60, using: &made.random)).17")
      case 6: shop.cancel("C\(steps)", of: earlier, at: at)
      case 7: shop.redeem(Int64.random(in: 1...60, using: &made.random), "E\(steps)", at: at)
      case 8: shop.rollBack("E\(Int.random(in: 1...steps, using: &made.random))", "B\(steps)", at: at)
      case 9:
        let quantity = decimal(made.pick(["1", "0.5", "3"]))
        shop.bringBack(
          "L\(steps)", of: earlier, at: at, lines: [ReturnedLine(sku: made.pick(["S0", "S1"]), quantity: quantity)])
      default:
        let back = Int64.random(in: 0...40 * 86_400_000, using: &made.random)
        shop.reach(made.chance(50) ? "gold" : "member", since: clock.advanced(byMilliseconds: -back))
      }
    }

    /// What must hold after every step.
    func problem(_ overdraw: ReturnPolicy.Overdraw) -> String? {
      let account = shop.account
      if !account.totals.isBalanced { return "the ledger does not balance" }
      if account.totals.pending < 0 { return "pending is negative" }
      if overdraw == .clamp, account.totals.available < 0 { return "available is negative under clamp" }
      if overdraw == .negative, account.shortfall != 0 { return "a shortfall where the member owes" }
      if !account.lots.allSatisfy({ $0.pending >= 0 && $0.available >= 0 && !$0.isEmpty }) { return "an odd lot" }
      if !zip(account.lots, account.lots.dropFirst()).allSatisfy({ !$1.isTakenBefore($0) }) {
        return "lots out of order"
      }
      if shop.records.values.contains(where: { $0.granted < 0 }) { return "a purchase was granted less than nothing" }
      return nil
    }
  }

  @Test(arguments: groups)
  func aHistoryUnderAnyProgrammeKeepsItsBooks(group: UInt64) {
    for index in 0..<Self.historiesPerGroup {
      let seed = group * Self.historiesPerGroup + index
      let overdraw: ReturnPolicy.Overdraw = seed % 3 == 0 ? .negative : .clamp
      var history = History(seed: seed, overdraw: overdraw)
      for step in 1...Self.stepsPerHistory {
        history.step()
        if let problem = history.problem(overdraw) {
          Issue.record("seed \(seed), step \(step): \(problem)")
          break
        }
      }
      if let problem = replay(history.shop) ?? repeated(history.shop) ?? returned(history.shop) {
        Issue.record("seed \(seed): \(problem)")
      }
    }
  }

  /// Adding up the entries alone gives the account, ids are unique, sequences have no gap.
  func replay(_ shop: Shop) -> String? {
    var totals = LedgerTotals()
    for entry in shop.entries {
      if let debit = entry.debit, let credit = entry.credit { totals.move(entry.points, from: debit, to: credit) }
      if entry.balances != Balances(pending: totals.pending, available: totals.available) {
        return "the balances of entry \(entry.sequence) do not follow"
      }
    }
    if totals != shop.account.totals { return "the entries do not add up to the account" }
    if Set(shop.entries.map(\.id)).count != shop.entries.count { return "an entry id stands twice" }
    if shop.entries.map(\.sequence) != Array(1..<Int64(shop.entries.count + 1)) { return "sequences have a gap" }
    return nil
  }

  /// The same input again moves nothing.
  func repeated(_ shop: Shop) -> String? {
    var again = shop
    let at = shop.account.clock.rfc3339
    for key in shop.records.keys.sorted() {
      guard let record = shop.records[key] else { continue }
      again.buy(purchase(record.purchaseId, at: at, lines: [line("A", nil, "99.00")]))
      for id in shop.returned where record.returnIds.contains(IdDigest(of: Lot.id(source: "pos", purchaseId: id))) {
        again.cancel(id, of: record.purchaseId, at: at)
      }
    }
    return again.account == shop.account && again.entries == shop.entries ? nil : "the same input again moved something"
  }

  /// Returning all that is left of every purchase takes back exactly what each was granted; what a period had given
  /// goes with the period's spend.
  func returned(_ shop: Shop) -> String? {
    var all = shop
    let at = shop.account.clock.rfc3339
    for (number, key) in shop.records.keys.sorted().enumerated() {
      all.cancel("all-\(number)", of: shop.records[key]?.purchaseId ?? "", at: at)
    }
    for (key, record) in all.records where record.reversed != record.granted {
      return "\(key): \(record.reversed.value) of \(record.granted.value) points were taken back"
    }
    return all.account.totals.isBalanced ? nil : "the ledger does not balance after all was returned"
  }

  /// What is earned and taken back does not depend on the order of arrival, where the programme looks at each purchase
  /// alone: returns wait for their purchases, and copies move nothing.
  @Test(arguments: seeds)
  func shuffledDeliveryEndsTheSame(seed: UInt64) {
    for part in 0..<5 as Range<UInt64> {
      var made = RandomProgramme(random: SplitMix(seed: seed * 5 + part))
      var program = made.programme(isOrderless: true)
      program.returns.waitDays = 1_000
      program.expiry = .never
      program.pendingDays = 0
      var deliveries: [(inout Shop) -> Void] = []
      for number in 1...12 {
        let day = time("2017-01-01").advanced(byMilliseconds: Int64(number) * 86_400_000).rfc3339
        let bought = made.bought("P\(number)", at: day)
        deliveries.append { $0.buy(bought) }
        if made.chance(60) {
          let refund = "\(Int.random(in: 1...50, using: &made.random)).49"
          deliveries.append { $0.bringBack("R\(number)", of: "P\(number)", at: day, refund: refund) }
        }
        if made.chance(20) { deliveries.append { $0.cancel("C\(number)", of: "P\(number)", at: day) } }
      }
      var orderly = Shop(program)
      for delivery in deliveries { delivery(&orderly) }
      var shuffled = Shop(program)
      for delivery in (deliveries + deliveries).shuffled(using: &made.random) { delivery(&shuffled) }
      // A purchase that comes after its own cancel may leave a shortfall on the way; what was granted and due is equal.
      for (key, record) in orderly.records {
        #expect(shuffled.records[key]?.granted == record.granted && shuffled.records[key]?.reversed == record.reversed)
      }
      #expect(shuffled.account.totals == orderly.account.totals, "seed \(seed * 5 + part)")
    }
  }

  /// A year replayed at once ends as the same year lived day by day.
  @Test(arguments: seeds)
  func replayingAtOnceEndsAsLivingDayByDay(seed: UInt64) {
    var daily = History(seed: seed, overdraw: .clamp)
    var replayed = History(seed: seed, overdraw: .clamp)
    for _ in 0..<Self.stepsPerHistory {
      let before = daily.shop.account.clock
      replayed.step()
      var day = before
      while before > .distantPast, day.advanced(byMilliseconds: 86_400_000) < replayed.shop.account.clock {
        day = day.advanced(byMilliseconds: 86_400_000)
        daily.shop.settle(day)
      }
      daily.step()
    }
    daily.shop.settle("2018-06-01")
    replayed.shop.settle("2018-06-01")
    #expect(daily.shop.account == replayed.shop.account && daily.shop.records == replayed.shop.records)
    #expect(daily.shop.entries.map(\.id) == replayed.shop.entries.map(\.id))
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

  /// The same under programmes with conditions on the tier, multipliers and limits, where one purchase's correction
  /// bears on the next. Nothing is returned, redeemed or run out.
  @Test(arguments: groups)
  func aLateTierChangeEndsWhereATimelyOneDoesUnderAnyProgramme(group: UInt64) {
    for part in 0..<20 as Range<UInt64> {
      let seed = group * 20 + part
      var made = RandomProgramme(random: SplitMix(seed: seed))
      var program = made.programme()
      program.expiry = .never
      var timely = Shop(program)
      var late = Shop(program)
      var changes: [(level: String, since: Instant)] = []
      var clock = time("2017-01-01")
      for step in 1...20 {
        clock = clock.advanced(byMilliseconds: Int64.random(in: 1...3 * 86_400_000, using: &made.random))
        if made.chance(25) {
          changes.append((made.pick(["gold", "member"]), clock))
          timely.reach(changes[changes.count - 1].level, since: clock)
        } else {
          let bought = made.bought("P\(step)", at: clock.rfc3339)
          timely.buy(bought)
          late.buy(bought)
        }
        if made.chance(10) {
          for change in changes.shuffled(using: &made.random) { late.reach(change.level, since: change.since) }
        }
      }
      for change in changes.shuffled(using: &made.random) { late.reach(change.level, since: change.since) }
      let expected = timely.records.mapValues(\.granted)
      #expect(late.records.mapValues(\.granted) == expected, "seed \(seed)")
      #expect(late.account.totals.issued == timely.account.totals.issued, "seed \(seed)")
    }
  }
}
