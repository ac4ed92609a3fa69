import Loyalty
import TestValues
import Testing

/// What an account remembers is bounded in bytes, whatever comes in; what the bound leaves is exact where it matters.
@Suite(.timeLimit(.minutes(10))) struct RowBoundTests {
  /// As long as an id may be: 128 characters of four bytes each.
  private static func longId(_ number: Int) -> String {
    let digits = String(number)
    return digits + String(repeating: "😀", count: 128 - digits.utf8.count)
  }

  private static func manyLines(_ number: Int) -> [ReturnedLine] {
    (0..<470).map { ReturnedLine(sku: longId(number * 1_000 + $0), quantity: .one) }
  }

  // MARK: Returns

  @Test func aPurchaseTakesAThousandReturnsAndEachOnce() {
    var shop = Shop(program())
    shop.buy("P", at: "2017-01-02", "1000.00")
    for number in 0..<1_060 { shop.bringBack("\(Self.longId(number))", of: "P", at: "2017-01-03", refund: "0") }
    #expect(shop.records["pos:P"]?.returnIds.count == 1_000)
    #expect(shop.entries.count { $0.reason == RefusalCode.tooManyReturns.rawValue } == 60)
    let before = shop
    shop.bringBack(Self.longId(7), of: "P", at: "2017-01-03", refund: "0")
    #expect(shop.account == before.account && shop.entries == before.entries, "a copy of one that was taken")
  }

  @Test func returnsThatWaitTakeBoundedBytesAndTheOthersAreRefused() {
    var shop = Shop(program())
    for number in 0..<5 { shop.bringBack("R\(number)", of: "P", at: "2017-01-05", lines: Self.manyLines(number)) }
    #expect(shop.account.waitingReturns.map(\.transaction.id) == ["R0"])
    #expect(shop.entries.map(\.reason) == Array(repeating: "too-many-returns", count: 4))
    shop.bringBack("small", of: "P", at: "2017-01-05", refund: "4.00")
    shop.buy("P", at: "2017-01-02", "10.00")
    #expect(shop.available == 6 && shop.account.waitingReturns.isEmpty)
  }

  @Test func aHundredReturnsWaitAndNoMore() {
    var shop = Shop(program())
    for number in 0..<101 { shop.bringBack("R\(number)", of: "P\(number)", at: "2017-01-05", refund: "4.00") }
    #expect(shop.account.waitingReturns.count == 100)
    #expect(shop.entries.map(\.reason) == ["too-many-returns"])
  }

  /// The tier evaluator asks the same rule, of returns that it keeps elsewhere.
  @Test func theRoomOfReturnsIsTheSameWhereverTheyLie() {
    var state = TierState(memberId: "M-1", programId: "p")
    var shop = Shop(program())
    for number in 0..<130 {
      let lines = number % 20 == 0 ? Array(Self.manyLines(number).prefix(100)) : []
      let waiting = shop.account.waitingReturns.count
      shop.bringBack("R\(number)", of: "P\(number)", at: "2017-01-05", lines: lines)
      guard shop.account.waitingReturns.count > waiting, let last = shop.account.waitingReturns.last else { continue }
      let noted = (0..<2).map { _ in state.noteWaiting(last, at: last.transaction.occurredAt) }
      #expect(noted == [true, false], "\(number): the second time it waits already")
    }
    #expect(state.waitingReturns == shop.account.waitingReturns.map(\.mark) && state.waitingReturns.count == 100)
    var next = shop.account.waitingReturns[0]
    next.transaction.id = "one more"
    // By its deadline the others have waited in vain.
    let noted = [next.transaction.occurredAt, next.deadline].map { state.noteWaiting(next, at: $0) }
    #expect(noted == [false, true] && state.waitingReturns == [next.mark])
  }

  // MARK: Bonuses of periods

  private func thresholds() -> Program {
    program(
      EarningRule(
        id: "bonus",
        kind: .threshold(.init(amount: decimal("50.00"), points: 10, within: .year, repeats: true))))
  }

  @Test func holdersOfBonusesTakeFewBytesHoweverLongTheirIdsAre() {
    var shop = Shop(thresholds())
    for number in 0..<560 { shop.buy(Self.longId(number), at: "2017-01-02", "50.00") }
    #expect(shop.available == 5_600)
    #expect(shop.account.counters.rowBytesMax < 560 * 60)
    // The last that was given goes first, whoever comes back.
    shop.cancel("R", of: Self.longId(0), at: "2017-01-03")
    #expect(shop.available == 5_590)
    #expect(shop.records[Lot.id(source: "pos", purchaseId: Self.longId(559))]?.reversed == 10)
    shop.cancel("S", of: Self.longId(559), at: "2017-01-03")
    #expect(shop.available == 5_580)
    #expect(shop.records[Lot.id(source: "pos", purchaseId: Self.longId(558))]?.reversed == 10)
  }

  @Test func beyondTwoThousandHoldersTheOldestKeepTheirBonuses() {
    var shop = Shop(thresholds())
    for number in 0...2_000 { shop.buy("P\(number)", at: "2017-01-02", "50.00") }
    let held = shop.account.counters.thresholds[0].holders
    #expect(held.count == 1_001 && held[0] == .init(lotId: "", times: 1_001))
    #expect(shop.account.counters.thresholds[0].timesHeld == 2_001)
    for number in 0..<1_000 { shop.cancel("R\(number)", of: "P\(number)", at: "2017-01-03") }
    #expect(shop.available == 10_010, "the last thousand are known by name")
    shop.cancel("S", of: "P1000", at: "2017-01-03")
    #expect(shop.available == 10_010, "and of the others each keeps what it has")
  }

  @Test func aDigestStandsForLongIdsAlone() {
    #expect(Lot.shortId("pos-hcm-07:POS7-000123") == "pos-hcm-07:POS7-000123")
    let long = "pos:" + Self.longId(1)
    #expect(Lot.shortId(long).utf8.count == Lot.shortIdBytesMax && Lot.shortId(long) != Lot.shortId(long + "x"))
    #expect(Lot.shortId(Lot.shortId(long)) == Lot.shortId(long), "rows that hold it are read again")
    #expect(!Lot.shortId(long).contains(":"))
  }

  // MARK: Lots

  @Test func lotsOfLongIdsAreMergedByTheirBytes() {
    var shop = Shop(program(spendRule("b", "1"), expiry: .never))
    for number in 0..<600 { shop.buy(Self.longId(number), at: "2017-01-02", "2.00") }
    let bytes = shop.account.lots.reduce(0) { $0 + $1.id.utf8.count }
    #expect(bytes <= Account.lotIdsBytesMax && shop.account.lots.count > 300)
    #expect(shop.available == 1_200 && shop.entries.contains { $0.type == .lotsMerged })
  }

  @Test func lotsThatAreNotAlikeSideBySideAreMergedAllTheSame() {
    var account = Account(memberId: "M-1", programId: "p")
    account.lots = (0..<1_200).map { number in
      let isPending = number % 2 == 0
      return Lot(
        id: "pos:\(number)", pending: isPending ? 1 : 0, available: isPending ? 0 : 1,
        earnedAt: time("2017-01-02").advanced(byMilliseconds: Int64(number)),
        pendingUntil: isPending ? time("2017-03-01") : nil)
    }
    account.totals.issued = 1_200
    account.totals.pending = 600
    account.totals.available = 600
    var journal = Journal()
    account.settle(upTo: time("2017-01-03"), bookedAt: time("2017-01-03"), into: &journal)
    #expect(account.lots.count <= 900 && account.balances == Balances(pending: 600, available: 600))
    #expect(zip(account.lots, account.lots.dropFirst()).allSatisfy { $0.isTakenBefore($1) })
  }

  @Test func idsOfLotsDoNotGrowWithEachReturnOfTheirPoints() {
    var shop = Shop(program(spendRule("b", "1"), expiry: .days(1)))
    shop.buy("P", at: "2017-01-02", "10.00")
    var at = time("2017-01-02T13:00:00Z")
    for number in 0..<12 {
      shop.redeem(10, "R\(Self.longId(number))".prefix(128).description, at: at.rfc3339)
      at = at.advanced(byMilliseconds: 40 * Instant.dayMs)
      shop.rollBack(
        "R\(Self.longId(number))".prefix(128).description, "C\(Self.longId(number))".prefix(128).description,
        at: at.rfc3339)
      at = at.advanced(byMilliseconds: Instant.hourMs)
    }
    #expect(shop.available == 10 && shop.account.lots.count == 1)
    #expect(shop.account.lots.allSatisfy { $0.id.utf8.count <= Lot.idBytesMax && $0.id.hasPrefix(":grace:") })
  }

  @Test func mostAccountsNeedNotBeWeighed() {
    #expect(Account.lotsLightMax * (Lot.idBytesMax + ":merged:".utf8.count) <= Account.lotIdsBytesMax)
  }

  // MARK: Counters, levels, sums

  @Test func countersOfManyRulesForgetTheOldestDays() {
    var account = Account(memberId: "M-1", programId: "p")
    let today = LocalDate(daysSinceEpoch: 17_200)
    account.counters.points = (0..<200).flatMap { rule in
      [Period.day, .month].map { period in
        PeriodSeries(
          scope: Self.longId(rule), period: period,
          amounts: (0..<400).map {
            PeriodAmount(start: period.start(of: today.adding(days: $0 - 399)), amount: .max)
          })
      }
    }
    let shopping = program(spendRule("b", "1"))
    var journal = Journal()
    var bought = purchase("P", lines: [line("A", nil, "10.00")])
    bought.occurredAt = Instant(milliseconds: Int64(today.daysSinceEpoch) * Instant.dayMs)
    _ = account.book(bought, under: shopping, bookedAt: bought.occurredAt, into: &journal)
    #expect(account.counters.rowBytesMax <= EarningCounters.bytesMax)
    #expect(account.counters.points.allSatisfy { $0.amounts.last?.amount == .max }, "the running periods stand")
    let earning = account.statement.earning
    #expect((earning?.textBytes ?? 0) <= EarningPast.textBytesMax)
  }

  @Test func nothingMoreIsGivenBeyondWhatAnAccountMayHold() {
    var shop = Shop(program(spendRule("b", "1")))
    shop.account.totals.issued = Points.largestTotal + 1
    shop.account.totals.redeemed = Points.largestTotal + 1
    #expect(shop.buy("P", at: "2017-01-02", "10.00") == 0)
    #expect(shop.entries.map(\.reason) == ["amount-out-of-range"])
    shop.account.totals.adjusted = -Points.largestTotal - 1
    shop.account.totals.redeemed += Points.largestTotal + 1
    shop.adjust(by: 5, "A", at: "2017-01-03")
    #expect(shop.entries.last?.reason == "amount-out-of-range" && shop.account.totals.isBalanced)
  }

  @Test func aTransferBeyondWhatAnAccountMayHoldGoesBack() {
    var shop = Shop(program())
    shop.account.totals.transferred = -Points.largestTotal - 1
    shop.account.totals.redeemed = Points.largestTotal + 1
    let transfer = Transfer(
      id: "T", programId: "p", programVersion: 1, from: "M-2", to: "M-1", occurredAt: time("2017-01-03"),
      parts: [Transfer.Part(points: 5, earnedAt: time("2017-01-02"), expiresAt: nil, programVersion: 1)])
    #expect(shop.receive(transfer) == .amountOutOfRange && shop.available == 0)
  }

  @Test func daysOfATierBeyondThirtyYearsAreMerged() {
    let levels = [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 500_00)]
    let program = program(tiers: TierScheme(metric: .spend, window: .rolling(months: 1_200), levels: levels))
    var state = TierState(memberId: "M-1", programId: "journey")
    state.days = (0..<Int32(TierState.daysMax)).map {
      TierDay(day: LocalDate(daysSinceEpoch: 1_000 + $0), amounts: TierAmounts(spend: 1, visits: 1))
    }
    let at = time("2017-01-02")
    _ = state.count(
      TierActivity(purchasedAt: at, spend: 1, visits: 1), occurredAt: at, cause: "P", under: program)
    #expect(state.days.count == TierState.daysMax && state.days[0].amounts.visits == 2)
    #expect(state.days.reduce(0) { $0 + $1.amounts.spend } == Int64(TierState.daysMax + 1))
  }
}
