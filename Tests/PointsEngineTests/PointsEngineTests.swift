import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct PointsEngineTests {
  @Test func aPurchaseBecomesALedgerEntryAndAnAccount() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    try engine.run()
    let output = try #require(engine.driver.outputs(Topic.ledger.name).first)
    #expect(output.key == "M-1")
    #expect(output.headers["ce_type"] == "points.earned" && output.headers["ce_source"] == "points-engine")
    #expect(output.headers["ce_id"] == "journey/event/pos/P/\(time("2017-01-02T12:00:00Z").milliseconds)/1")
    #expect(output.headers["ce_time"] == "2017-01-02T12:00:00Z")
    let entry = try #require(engine.entries().first)
    #expect(entry.debit == .programIssued && entry.credit == .memberPending && entry.lotId == "pos:P")
    let account = try #require(try engine.account())
    #expect(account.balances == Balances(pending: 100, available: 0) && account.sequence == 1)
    #expect(account.expiries.first?.at == time("2017-07-02"))
  }

  @Test func theSamePurchaseFiveTimesIsOneAward() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    for _ in 0..<5 { engine.buy("P", 100, at: "2017-01-02") }
    try engine.run()
    engine.buy("P", 100, at: "2017-01-02")
    try engine.driver.restart(losingDisk: true)
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
  }

  @Test func anAccountIsPublishedOnceACycle() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    for number in 0..<20 { engine.buy("P\(number)", 1, at: "2017-01-02") }
    try engine.run()
    #expect(engine.driver.outputs(Topic.accounts.name).count == 1)
    #expect(try engine.account()?.balances.pending == 20)
  }

  @Test func anAccountTellsWhatItsNextPurchaseIsRatedBy() throws {
    let engine = try Engine(programmes: [
      Engine.programme.replacing("\"pending\"", with: "\"limits\":{\"pointsPerDay\":500},\"pending\"")
    ])
    defer { engine.driver.close() }
    engine.buy("P1", 100, at: "2017-01-02")
    engine.buy("P2", 40, at: "2017-01-02")
    engine.reach("gold", since: "2017-01-03")
    try engine.run()
    let earning = try #require(try engine.account()?.earning)
    #expect(earning.since == nil && earning.levels == [TierStep(level: "gold", since: time("2017-01-03"))])
    #expect(earning.counters.purchases == 2)
    #expect(earning.counters.points.first?.amounts.map(\.amount) == [140])
    engine.buy("P3", 7, at: "2017-02-02")
    engine.buy("P4", 7, at: "2017-06-02")
    try engine.run()
    let later = try #require(try engine.account()?.earning)
    #expect(later.since == time("2017-05-02"))
    #expect(later.counters.purchases == 4)
    #expect(later.counters.points.first?.amounts.map(\.amount) == [10, 10])
  }

  @Test func aTraceparentIsPassedOn() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let purchase = Transaction(
      id: "P", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time("2017-01-02"), currency: usd,
      lines: [PurchaseLine(sku: "A", amount: 500)], total: 500)
    engine.driver.publish(
      Topic.transactions.name, key: "M-1", value: json { purchase.encode(to: &$0) }, headers: ["traceparent": trace])
    try engine.run()
    #expect(engine.driver.outputs(Topic.ledger.name).first?.headers["traceparent"] == trace)
  }

  @Test func purchasesOutsideTheProgrammeEarnNothing() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("early", 100, at: "2016-12-31")
    var dong = Transaction(
      id: "D", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time("2017-01-02"), currency: usd,
      lines: [PurchaseLine(sku: "A", amount: 90_000)], total: 90_000)
    dong.currency = try #require(Currency.known("VND"))
    engine.send(dong)
    var other = dong
    other.currency = usd
    other.programId = "elsewhere"
    engine.send(other)
    try engine.run()
    #expect(try engine.ledger().isEmpty && engine.rowCount() == 0)
  }

  @Test func programmesRunSideBySideWithSeparateBalances() throws {
    let second = Engine.programme.replacing("\"journey\"", with: "\"second\"").replacing(
      "\"points\":1", with: "\"points\":3")
    let engine = try Engine(programmes: [Engine.programme, second])
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    engine.bringBack("R", of: "P", 50, at: "2017-01-03")
    try engine.run()
    #expect(try engine.account()?.balances.pending == 50)
    #expect(try engine.account("M-1", "second")?.balances.pending == 150)
    engine.command("X", .redeem(points: 1, reference: nil), at: "2017-02-03")
    try engine.run()
    #expect(engine.driver.outputs("points-engine.dead-letters").first?.headers["dl_error"] == "program-required")
  }

  @Test func theVersionInForceWhenAPurchaseOccurredRatesIt() throws {
    let second = Engine.programme.replacing("\"version\":1", with: "\"version\":2")
      .replacing("2017-01-01T00:00:00Z", with: "2017-03-01T00:00:00Z").replacing("\"points\":1", with: "\"points\":2")
    let engine = try Engine(programmes: [Engine.programme, second])
    defer { engine.driver.close() }
    engine.buy("B", 10, at: "2017-03-02")
    engine.buy("A", 10, at: "2017-02-02")
    engine.bringBack("R", of: "A", 10, at: "2017-03-03")
    try engine.run()
    let entries = try engine.entries()
    #expect(
      entries.map { "\($0.type.rawValue) \($0.points.value) v\($0.programVersion)" } == [
        "points.earned 20 v2", "points.earned 10 v1", "points.released 10 v1", "points.reversed 10 v1",
      ])
  }

  @Test func aReturnFindsItsPurchaseWhateverItsSource() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02", source: "https://shop:8080/pos")
    engine.bringBack("R", of: "P", 40, at: "2017-01-03", source: "web")
    engine.bringBack("R", of: "P", 40, at: "2017-01-03", source: "web")
    try engine.run()
    #expect(try engine.account()?.balances.pending == 60)
  }

  @Test func aReturnThatCameFirstIsAppliedWhenItsPurchaseComes() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.bringBack("R", of: "P", 40, at: "2017-01-03")
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    engine.buy("P", 100, at: "2017-01-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.reversed 40"])
  }

  @Test func commandsAreAnsweredOnceAndRefusedOnTheLedger() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.command("A", .adjust(points: 1000), at: "2017-01-02")
    engine.command("R", .redeem(points: 300, reference: "order-7"), at: "2017-01-03")
    engine.command("R", .redeem(points: 300, reference: "order-7"), at: "2017-01-03")
    engine.command("S", .redeem(points: 800, reference: nil), at: "2017-01-03")
    engine.command("B", .cancelRedemption(redemptionId: "R"), at: "2017-01-04")
    engine.command("C", .cancelRedemption(redemptionId: "R"), at: "2017-01-04")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjusted 1000", "points.redeemed 300", "points.redemption-refused 0 insufficient-points",
        "points.redemption-cancelled 300", "points.redemption-cancel-refused 0 already-cancelled",
      ])
    #expect(try engine.account()?.balances.available == 1000)
  }

  @Test func aLateTierChangeCorrectsWhatWasBookedMeanwhile() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.buy("B", 100, at: "2017-02-02")
    try engine.run()
    engine.reach("gold", since: "2017-01-15")
    engine.reach("gold", since: "2017-01-15")
    try engine.run()
    #expect(try engine.ledger().last == "points.corrected 50")
    #expect(try engine.account()?.balances == Balances(pending: 150, available: 100))
    #expect(try engine.account()?.tier?.level == "gold")
    engine.buy("C", 100, at: "2017-02-03")
    try engine.run()
    #expect(try engine.ledger().suffix(2) == ["points.earned 100", "points.earned 50"])
  }

  @Test func aLateTierChangeKnowsWhatHasExpired() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.buy("B", 100, at: "2017-06-02")
    engine.tick(to: "2017-08-01")
    try engine.run()
    #expect(try engine.account()?.totals.expired == 100)
    try engine.driver.restart(losingDisk: true)
    engine.reach("gold", since: "2017-01-01T13:00:00Z")
    engine.bringBack("R", of: "A", 100, at: "2017-08-02")
    try engine.run()
    let account = try #require(try engine.account())
    #expect(account.balances.available == 150 && account.totals.expired == 0 && account.totals.reversed == 150)
  }

  @Test func onStreamTimeOnlyTicksAndTheMembersOwnEventsMoveItsTime() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02", member: "M-1")
    engine.buy("B", 100, at: "2017-12-02", member: "M-2")
    try engine.run()
    #expect(try engine.ledger(of: "M-1") == ["points.earned 100"])
    engine.tick(to: "2017-01-16")
    try engine.run()
    #expect(try engine.ledger(of: "M-1") == ["points.earned 100", "points.released 100"])
    engine.tick(to: "2018-01-16")
    try engine.run()
    #expect(try engine.ledger(of: "M-1").last == "points.expired 100")
    #expect(try engine.ledger(of: "M-2") == ["points.earned 100", "points.released 100"])
  }

  @Test func onWallTimePointsAreReleasedAsTimePasses() throws {
    let engine = try Engine(clock: .wall, wallNow: "2017-01-02")
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.tick(to: "2018-01-16")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
    engine.driver.wall.nowMs = time("2017-01-16").milliseconds
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.released 100"])
    #expect(try engine.entries().last?.bookedAt == time("2017-01-16"))
  }

  @Test func onWallTimeACommandFromTheFutureIsPoisonAndRunsNothingOut() throws {
    let engine = try Engine(clock: .wall, wallNow: "2017-02-02")
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.command("R", .redeem(points: 30, reference: nil), at: "2062-01-01")
    engine.command("S", .redeem(points: 30, reference: nil), at: "2017-02-03")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.released 100", "points.redeemed 30"])
    #expect(engine.driver.outputs(Topic.deadLetters(of: .pointsEngine)).count == 1)
  }

  @Test func erasureForfeitsForgetsAndReports() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.buy("B", 50, at: "2017-01-20")
    engine.buy("C", 70, at: "2017-01-20", member: "M-10")
    engine.command("R", .redeem(points: 30, reference: nil), at: "2017-01-21")
    engine.erase("M-1")
    try engine.run()
    #expect(try engine.ledger(of: "M-1").suffix(2) == ["points.forfeited 50", "points.forfeited 70"])
    #expect(try engine.account() == nil && engine.rowCount() == 2)
    let report = try #require(engine.driver.outputs(Topic.privacyReports.name).first?.value)
    let decoded = try bytes(report) { try PrivacyReport(decoding: $0) }
    #expect(decoded.rowsErased == 5 && decoded.service == .pointsEngine && decoded.requestId == "E-1")
    let changelogs = ["accounts", "purchases", "commands"].flatMap {
      engine.driver.outputs("points-engine.\($0).changelog")
    }
    let last = Dictionary(changelogs.map { ($0.key ?? "", $0.value) }, uniquingKeysWith: { $1 })
    #expect(last.filter { $0.key.hasPrefix("M-1\u{1F}") }.allSatisfy { $0.value == nil })
    engine.buy("D", 10, at: "2017-06-02")
    try engine.run()
    #expect(try engine.account()?.sequence == 1)
  }

  @Test func eventsStillUnderWayAtAnErasureBringNothingBack() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    engine.erase("M-1")
    try engine.run()
    let told = try engine.ledger().count
    for losesDisk in [false, true] {
      try engine.driver.restart(losingDisk: losesDisk)
      engine.buy("late", 50, at: "2017-06-01")
      engine.bringBack("R", of: "A", 100, at: "2017-05-30")
      engine.reach("gold", since: "2017-06-01T12:00:00.001Z")
      engine.command("C", .adjust(points: 5), at: "2017-05-31", program: "journey")
      try engine.run()
      #expect(try engine.rowCount() == 0 && engine.account() == nil && engine.ledger().count == told)
    }
    let counted = "stampede_records_rejected_total{service=\"points-engine\",code=\"member-erased\"} 8\n"
    #expect(engine.driver.metrics.exposition().contains(counted))
    // Others are not concerned, and what occurred later is a new life.
    engine.buy("B", 70, at: "2017-05-01", member: "M-2")
    engine.buy("new", 30, at: "2017-06-01T12:00:00.001Z")
    try engine.run()
    #expect(try engine.account("M-2")?.balances.pending == 70)
    #expect(try engine.account()?.balances.pending == 30)
  }

  @Test func anErasureIsRememberedForNinetyDaysByNothingThatNamesTheMember() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.erase("M-1")
    try engine.run()
    engine.tick(to: "2017-08-30T11:59:59Z")
    try engine.run()
    let changelog = "points-engine.erased-members.changelog"
    let row = try #require(engine.driver.outputs(changelog).first)
    #expect(row.key?.utf8.count == 64 && row.value != nil)
    #expect(engine.driver.outputs(changelog).count == 1)
    engine.tick(to: "2017-08-30T12:00:00Z")
    try engine.run()
    let last = try #require(engine.driver.outputs(changelog).last)
    #expect(last.key == row.key && last.value == nil)
  }

  @Test func aPurchaseIsForgottenWhenItCannotBeReturnedAndItsPointsHaveExpired() throws {
    let days: Int64 = 86_400_000
    for (memoryDays, forgotten) in [(Int64(30), "2017-07-02"), (400, "2018-02-06")] {
      let engine = try Engine(settings: PointsSettings(purchaseMemoryMs: memoryDays * days))
      defer { engine.driver.close() }
      engine.buy("A", 100, at: "2017-01-02")
      engine.tick(to: time(forgotten).advanced(byMilliseconds: -1).rfc3339)
      try engine.run()
      #expect(engine.purchaseRows() == 1)
      engine.tick(to: forgotten)
      try engine.run()
      #expect(engine.purchaseRows() == 0, "\(memoryDays)")
      engine.bringBack("R", of: "A", 100, at: "2018-03-01")
      engine.tick(to: "2018-04-01")
      try engine.run()
      #expect(try engine.ledger().last == "return.refused 0 purchase-not-found")
    }
  }

  @Test func forgettingLooksAtAnAccountOnceAMonth() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    for day in 1...28 { engine.buy("P\(day)", 10, at: "2017-01-\(day < 10 ? "0" : "")\(day)") }
    engine.tick(to: "2018-02-05")
    try engine.run()
    #expect(engine.purchaseRows() == 27)
    engine.tick(to: "2018-03-06")
    try engine.run()
    #expect(engine.purchaseRows() == 27)
    engine.tick(to: "2018-03-07")
    try engine.run()
    #expect(engine.purchaseRows() == 0)
    engine.buy("new", 10, at: "2018-03-08")
    try engine.driver.restart(losingDisk: true)
    engine.tick(to: "2019-04-12")
    try engine.run()
    #expect(engine.purchaseRows() == 0)
  }

  @Test func whatCannotBeReadIsDeadLetteredAndTheNextRecordIsUnharmed() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.driver.publish(Topic.transactions.name, key: "M-1", value: "{\"type\":\"purchase.accepted\"")
    engine.driver.publish(Topic.commands.name, key: "M-1", value: nil)
    engine.driver.publish(Topic.tiers.name, key: "M-1", value: nil)
    engine.buy("P", 100, at: "2017-01-02")
    try engine.run()
    let letters = engine.driver.outputs("points-engine.dead-letters")
    #expect(Set(letters.compactMap { $0.headers["dl_error"] }) == ["not-json", "empty-value"])
    #expect(try engine.ledger() == ["points.earned 100"])
  }

  @Test func aCommandInCloudEventsBinaryModeIsTakenAndDeadLetteredWhole() throws {
    let engine = try Engine(programmes: [])
    defer { engine.driver.close() }
    let headers = [
      "ce_specversion": "1.0", "ce_id": "C-1", "ce_type": "points.adjust", "ce_source": "desk",
      "ce_time": "2017-01-02T12:00:00Z", "traceparent": "00-ab", "x-own": "é",
    ]
    let adjust = "{\"memberId\":\"M-1\",\"points\":50,\"actor\":\"ann\",\"reason\":\"sorry\"}"
    engine.driver.publish(Topic.commands.name, key: "M-1", value: adjust, headers: headers)
    try engine.run()
    let letter = try #require(engine.driver.outputs("points-engine.dead-letters").first)
    #expect(letter.headers["dl_error"] == "program-required")
    #expect(letter.headers.filter { !$0.key.hasPrefix("dl_") } == headers)
    engine.driver.publish(Topic.programs.name, key: "journey:1", value: Engine.programme)
    engine.driver.publish(Topic.commands.name, key: letter.key, value: letter.value, headers: letter.headers)
    try engine.run()
    #expect(try engine.ledger() == ["points.adjusted 50"])
    #expect(try engine.entries().first?.cause == "C-1")
  }

  @Test func aProgrammePublishedLaterIsTakenUpAndABrokenOneLeftOut() throws {
    let engine = try Engine(programmes: ["{\"id\":\"broken\"}"])
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-01-02")
    try engine.run()
    engine.driver.publish(Topic.programs.name, key: "journey:1", value: Engine.programme)
    try engine.run()
    engine.buy("B", 100, at: "2017-01-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
  }
}
