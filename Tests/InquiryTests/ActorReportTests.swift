import Contracts
import Inquiry
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct ActorReportTests {
  private static func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? .distantPast }

  private static func entry(
    _ type: EntryType, _ points: Points, at instant: String, actor: String? = "ann", member: String = "M-1",
    approval: Approval? = nil, booking: (Int, Int) = (1, 1)
  ) -> LedgerEntry {
    let gives = type == .pointsAdjusted && points > 0
    return LedgerEntry(
      id: "e", type: type, memberId: member, programId: "p", sequence: 1, points: points > 0 ? points : -points,
      debit: gives ? .programIssued : .memberAvailable, credit: gives ? .memberAvailable : .programAdjusted,
      cause: "C", actor: actor, approval: approval, occurredAt: at(instant), bookedAt: at(instant), programVersion: 1,
      balances: Balances(), bookingEntry: booking.0, bookingOf: booking.1)
  }

  private func report(_ entries: [LedgerEntry], since: String? = nil, until: String? = nil) throws -> ActorReport {
    let hanoi = try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh"))
    var report = ActorReport(
      calendars: ["p": hanoi], since: since.map(Self.at) ?? .distantPast, until: until.map(Self.at) ?? .distantFuture)
    for entry in entries { report.book(entry) }
    return report
  }

  private func line(_ report: ActorReport, _ actor: String, _ day: String) -> ActorReport.Line? {
    report.lines.first { $0.key.actor == actor && $0.key.day.text == day }?.value
  }

  @Test func sumsAndCountsAreThoseOfTheLocalDay() throws {
    let report = try report([
      Self.entry(.pointsAdjusted, 500, at: "2017-02-01T02:00:00Z"),
      Self.entry(.pointsAdjusted, -3, at: "2017-02-01T03:00:00Z", member: "M-2", booking: (1, 2)),
      Self.entry(.pointsAdjusted, -4, at: "2017-02-01T03:00:00Z", member: "M-2", booking: (2, 2)),
      // After midnight in Hanoi.
      Self.entry(.pointsAdjusted, 1, at: "2017-02-01T17:00:00Z"),
    ])
    let first = try #require(line(report, "ann", "2017-02-01"))
    #expect(first.adjustments == 2 && first.awarded == 500 && first.deducted == 7)
    #expect(first.members == ["M-1": 1, "M-2": 1])
    #expect(line(report, "ann", "2017-02-02")?.awarded == 1 && report.lines.count == 2)
  }

  @Test func roundAmountsAndThoseAfterHoursAreMarked() throws {
    let report = try report([
      // 07:59 and 20:00 in Hanoi, then 08:00 and 19:59.
      Self.entry(.pointsAdjusted, 999, at: "2017-02-01T00:59:00Z"),
      Self.entry(.pointsAdjusted, 2_000, at: "2017-02-01T13:00:00Z"),
      Self.entry(.pointsAdjusted, -1_000, at: "2017-02-01T01:00:00Z"),
      Self.entry(.pointsAdjusted, 1_001, at: "2017-02-01T12:59:00Z"),
    ])
    let marked = try #require(line(report, "ann", "2017-02-01"))
    #expect(marked.afterHours == 2 && marked.round == 2)
  }

  @Test func anAwardThatIsSpentWithinADayIsMarkedOnce() throws {
    func spent(after instant: String, _ type: EntryType = .pointsRedeemed, member: String = "M-1") throws -> Int {
      let report = try report([
        Self.entry(.pointsAdjusted, 5, at: "2017-02-01T02:00:00Z"),
        Self.entry(type, 3, at: instant, actor: nil, member: member),
        Self.entry(type, 2, at: instant, actor: nil, member: member),
      ])
      return try #require(line(report, "ann", "2017-02-01")).spentSoon
    }
    #expect(try spent(after: "2017-02-02T02:00:00Z") == 1)
    #expect(try spent(after: "2017-02-02T02:00:01Z") == 0)
    #expect(try spent(after: "2017-02-01T03:00:00Z", .transferredOut) == 1)
    #expect(try spent(after: "2017-02-01T03:00:00Z", member: "M-2") == 0)
  }

  @Test func proposalsAndApprovalsAreTheirActorsOwn() throws {
    let report = try report([
      Self.entry(.adjustmentProposed, 0, at: "2017-02-01T02:00:00Z", approval: Approval(proposed: 70)),
      Self.entry(
        .pointsAdjusted, 70, at: "2017-02-01T03:00:00Z", approval: Approval(approvedBy: "bob", commandId: "OK")),
    ])
    #expect(line(report, "ann", "2017-02-01")?.proposed == 1 && line(report, "ann", "2017-02-01")?.adjustments == 1)
    let bob = try #require(line(report, "bob", "2017-02-01"))
    #expect(bob.approved == 1 && bob.approvedPoints == 70 && bob.adjustments == 0)
  }

  @Test func whoDeclinedWhatAnotherProposedIsTold() throws {
    let report = try report([
      Self.entry(
        .adjustmentRefused, 0, at: "2017-02-01T03:00:00Z",
        approval: Approval(proposed: 70, declinedBy: "bob", commandId: "NO")),
      // Withdrawn by its own author, and nobody's decision.
      Self.entry(
        .adjustmentRefused, 0, at: "2017-02-01T03:00:00Z",
        approval: Approval(proposed: 70, declinedBy: "ann", commandId: "NO")),
      Self.entry(.adjustmentRefused, 0, at: "2017-02-01T03:00:00Z", approval: Approval(proposed: 70)),
    ])
    #expect(line(report, "bob", "2017-02-01")?.declined == 1 && report.lines.count == 1)
  }

  /// Whoever writes to the ledger beside the engine may write any number.
  @Test func sumsOfAnySizeAreBounded() throws {
    let huge = Points.largestRead
    let entries = (1...20).flatMap { number in
      [
        Self.entry(.pointsAdjusted, huge, at: "2017-02-01T02:00:00Z", approval: Approval(approvedBy: "bob")),
        Self.entry(.pointsAdjusted, -huge, at: "2017-02-01T02:00:00Z", booking: (number, 20)),
      ]
    }
    let ann = try #require(line(try report(entries), "ann", "2017-02-01"))
    #expect(ann.awarded == huge && ann.deducted == huge)
    #expect(line(try report(entries), "bob", "2017-02-01")?.approvedPoints == huge)
  }

  @Test func onlyAwardsOfTheLastDayAreSpentSoon() throws {
    let report = try report(
      ["2017-02-01T02:00:00Z", "2017-02-02T02:40:00Z", "2017-02-02T03:00:00Z"].map {
        Self.entry(.pointsAdjusted, 5, at: $0)
      } + [Self.entry(.pointsRedeemed, 3, at: "2017-02-03T02:30:00Z", actor: nil)])
    #expect(line(report, "ann", "2017-02-01")?.spentSoon == 0)
    #expect(line(report, "ann", "2017-02-02")?.spentSoon == 2)
  }

  @Test func onlyWhatWasBookedInTheSpanCounts() throws {
    let entries = ["2017-02-01T02:00:00Z", "2017-02-02T02:00:00Z", "2017-02-03T02:00:00Z"].map {
      Self.entry(.pointsAdjusted, 5, at: $0)
    }
    let report = try report(entries, since: "2017-02-02T02:00:00Z", until: "2017-02-03T02:00:00Z")
    #expect(report.lines.keys.map(\.day.text) == ["2017-02-02"])
  }
}
