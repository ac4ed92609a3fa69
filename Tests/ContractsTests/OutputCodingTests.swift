import Contracts
import JSON
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct OutputCodingTests {
  private let at = Instant(milliseconds: 1_700_000_000_123)
  private let later = Instant(milliseconds: 1_800_000_000_000)

  @Test func ledgerEntrySurvivesTheRoundTrip() throws {
    let entry = LedgerEntry(
      id: "e-1", type: .pointsReversed, memberId: "M-1", programId: "journey", sequence: 7, points: 12,
      debit: .memberPending, credit: .programReversed, lotId: "pos:P-1",
      pendingUntil: at, expiresAt: later, latestExpiry: later.advanced(byMilliseconds: 1), earnedAt: at,
      keptUntil: later, counterparty: "M-2", cause: "R-1",
      source: "pos", rule: "base",
      actor: "anna", reason: "why", shortfall: 3, occurredAt: at, bookedAt: later, programVersion: 2,
      balances: Balances(pending: 4, available: -5), accountStatus: .frozen, bookingEntry: 2, bookingOf: 3)
    let bytes = Sample.encoded { entry.encode(to: &$0) }
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try LedgerEntry(decoding: b) } == entry)
  }

  @Test func refusalHasNoAccounts() throws {
    let entry = LedgerEntry(
      id: "e-2", type: .redemptionRefused, memberId: "M-1", programId: "journey", sequence: 8, points: 0, cause: "C-1",
      reason: "insufficient-points", occurredAt: at, bookedAt: at, programVersion: 1, balances: Balances())
    let bytes = Sample.encoded { entry.encode(to: &$0) }
    #expect(try JSONValue(parsing: bytes)["debit"] == nil)
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try LedgerEntry(decoding: b) } == entry)
  }

  @Test func accountSurvivesTheRoundTrip() throws {
    var totals = LedgerTotals()
    totals.move(30, from: .programIssued, to: .memberPending)
    let account = AccountStatement(
      memberId: "M-1", programId: "journey", sequence: 9, status: .closed, endsAt: later,
      balances: Balances(pending: 30, available: -12), releases: [Due(at: later, points: 30)],
      expiries: [Due(at: at, points: 20), Due(at: later, points: 2)],
      tier: TierStanding(
        level: "gold", since: at, until: nil, measures: .visits, metric: ExactDecimal(7), next: nil, asOf: at),
      shortfall: 3, totals: totals, asOf: at)
    let bytes = Sample.encoded { account.encode(to: &$0) }
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try AccountStatement(decoding: b) } == account)
  }

  @Test func whatAnAccountsNextPurchaseIsRatedBySurvivesTheRoundTrip() throws {
    let day = try #require(LocalDate(year: 2026, month: 11, day: 2))
    var counters = EarningCounters()
    counters.purchases = 12
    counters.visits = [
      VisitProgress(rule: "fifth", count: -1),
      VisitProgress(rule: "third-day", count: 2, days: [VisitDay(day: day, purchases: 1)]),
    ]
    counters.points = [
      PeriodSeries(
        scope: "", period: .day,
        amounts: [PeriodAmount(start: day, amount: 40), PeriodAmount(start: day.adding(days: 1), amount: -2)]),
      PeriodSeries(
        scope: "fuel", period: .lifetime,
        amounts: [PeriodAmount(start: LocalDate(daysSinceEpoch: 0), amount: 900)]),
    ]
    counters.times = [PeriodSeries(scope: "review", period: .week, amounts: [])]
    counters.thresholds = [
      ThresholdPeriod(rule: "big", start: day, spend: 12_050, holders: [.init(lotId: "", times: 3)]),
      ThresholdPeriod(rule: "big", start: day.adding(days: 30), spend: 5),
    ]
    let earning = EarningPast(
      since: at, levels: [TierStep(level: "member", since: .distantPast), TierStep(level: "gold", since: later)],
      counters: counters)
    let account = AccountStatement(
      memberId: "M-1", programId: "journey", sequence: 9, balances: Balances(), earning: earning,
      totals: LedgerTotals(), asOf: at)
    let bytes = Sample.encoded { account.encode(to: &$0) }
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try AccountStatement(decoding: b) } == account)
    guard case .array(let series)? = try JSONValue(parsing: bytes)["earning"]?["points"] else {
      Issue.record("no sums of points are told")
      return
    }
    #expect(series.first?["amounts"]?["2026-11-03"]?.integer == -2)
  }

  @Test func tierChangeSurvivesTheRoundTrip() throws {
    let change = TierChange(
      memberId: "M-1", programId: "journey", level: "gold", previous: "silver", since: at, until: later,
      reason: .upgrade, metric: ExactDecimal(minorUnits: 100_050, exponent: 2), cause: "P-1")
    let bytes = Sample.encoded { change.encode(to: &$0) }
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try TierChange(decoding: b) } == change)
  }

  @Test func progressOfAMemberWhoNeverLeftTheFirstLevelSurvivesTheRoundTrip() throws {
    let progress = TierChange(
      memberId: "M-1", programId: "journey", level: "member", previous: "member", since: .distantPast, until: nil,
      reason: .progress, measures: .basePoints, metric: ExactDecimal(40),
      next: NextTier(level: "gold", from: ExactDecimal(100), missing: ExactDecimal(60)),
      progress: TierProgress(asOf: at, counted: ExactDecimal(40)), cause: "P-1", occurredAt: at)
    let bytes = Sample.encoded { progress.encode(to: &$0) }
    #expect(try JSONValue(parsing: bytes)["since"] == nil)
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try TierChange(decoding: b) } == progress)
    #expect(progress.standing.since == nil && progress.causedAt == at)
  }

  @Test func tierStandingSurvivesTheRoundTrip() throws {
    let standing = TierStanding(
      level: "silver", since: at, until: later, measures: .spend, metric: ExactDecimal(minorUnits: 31_250, exponent: 2),
      next: NextTier(level: "gold", from: ExactDecimal(1_000), missing: ExactDecimal(minorUnits: 68_750, exponent: 2)),
      asOf: later,
      progress: TierProgress(
        asOf: at, counted: ExactDecimal(minorUnits: 31_250, exponent: 2), endsAt: later,
        leaves: [
          .init(at: later, amount: ExactDecimal(minorUnits: -1_050, exponent: 2)), .init(at: later, amount: .one),
        ])
    )
    let bytes = Sample.encoded { writer in
      writer.beginObject()
      standing.encode("tier", to: &writer)
      writer.endObject()
    }
    let read = try Sample.withBytes(bytes) { b throws(ContractViolation) in
      try decoding(b) { reader in
        try reader.beginObject()
        _ = try reader.nextKey()
        let standing = try TierStanding(reading: &reader)
        _ = try reader.nextKey()
        return standing
      }
    }
    #expect(read == standing)
  }

  @Test func notificationSurvivesTheRoundTrip() throws {
    let notification = Notification(
      id: "n-1", memberId: "M-1", programId: "journey", channel: .email, template: "points-earned", locale: "vi",
      cause: "e-1", outcome: .maybeSent, reason: "timeout", attempts: 2, occurredAt: at)
    let bytes = Sample.encoded { notification.encode(to: &$0) }
    #expect(
      try Sample.withBytes(bytes) { b throws(ContractViolation) in try Notification(decoding: b) } == notification)
  }

  @Test func aTransferSurvivesTheRoundTrip() throws {
    let transfer = Transfer(
      id: "T-1", programId: "journey", programVersion: 1, from: "M-1", to: "M-2", occurredAt: at,
      parts: [
        .init(
          points: 3, earnedAt: at, expiresAt: later, latestExpiry: later.advanced(byMilliseconds: 1), programVersion: 2),
        .init(points: 1, earnedAt: at, expiresAt: nil, programVersion: 1),
      ])
    let bytes = Sample.encoded { transfer.encode(to: &$0) }
    #expect(try Sample.withBytes(bytes) { b throws(ContractViolation) in try Transfer(decoding: b) } == transfer)
  }

  /// Whoever reads a topic may take an id for the event's own.
  @Test func eventsOfOneCauseHaveIdsOfTheirOwn() {
    let sent = Transfer(
      id: "T-1", programId: "journey", programVersion: 1, from: "M-1", to: "M-2", occurredAt: at, parts: [])
    let ids = [sent.eventId, sent.declined(.accountClosed).eventId]
    #expect(Set(ids).count == 2)
    let reports = (0..<2).map {
      PrivacyReport(
        requestId: "E-1", memberId: "M-1", service: .transactionIngest, partition: $0, rowsErased: 1, occurredAt: at
      ).id
    }
    #expect(Set(reports).count == 2)
  }

  @Test func certificateTellsHowManyRowsWentInAll() throws {
    let parts = [3, 4].map {
      PrivacyCertificate.Part(service: .pointsEngine, partition: 0, rowsErased: $0, completedAt: at)
    }
    let certificate = PrivacyCertificate(
      requestId: "E-1", kind: .erasure, requestedAt: at, outcome: .completed(parts), occurredAt: later)
    #expect(try JSONValue(parsing: Sample.encoded { certificate.encode(to: &$0) })["rowsErased"] == .number("7"))
  }

  @Test func outputsCarryCloudEventsHeadersAndTheTrace() {
    final class Sink: EventSink {
      var headers: [String: String] = [:]
      var key = ""
      var value: String?
      func begin(topic: Int, partition: Int32?, key: UnsafeRawBufferPointer?) {
        self.key = key.map { String(decoding: $0, as: UTF8.self) } ?? ""
      }
      func header(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        headers["\(name)"] = String(decoding: value, as: UTF8.self)
      }
      func end(value: UnsafeRawBufferPointer?) { self.value = value.map { String(decoding: $0, as: UTF8.self) } }
    }
    let sink = Sink()
    var writer = JSONWriter()
    writer.integer(1)
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    sink.send(
      EventAttributes(id: "i", type: .literal("t"), source: "points-engine", occurredAt: at), topic: 0, key: "k",
      traceparent: TraceParent(trace), value: writer)
    #expect(
      sink.headers == [
        "ce_specversion": "1.0", "ce_id": "i", "ce_type": "t", "ce_source": "points-engine",
        "ce_time": "2023-11-14T22:13:20.123Z", "content-type": "application/json", "traceparent": trace,
      ])
    #expect(sink.value == "1")
    sink.sendTombstone(topic: 0, key: "gone")
    #expect(sink.value == nil && sink.key == "gone")
  }
}
