import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

/// What a programme's `convert` does on the ledger; its arithmetic is shown by ConversionCaseTests.
@Suite(.timeLimit(.minutes(10))) struct ConversionTests {
  private static func fixture(
    _ convert: String = #""every":700,"reward":"latte","allocateAfterDays":14,"perTransaction":2"#,
    balances: [String: Int64] = ["M-1": 100_000], rewards: [String] = [RewardFixture.reward("latte")]
  ) throws -> RewardFixture {
    try RewardFixture(programme: programme(convert), rewards: rewards, balances: balances)
  }

  private static func programme(_ convert: String?, version: Int = 1, from: String = "2025-01-01T00:00:00Z") -> String {
    #"{"id":"coffee","version":\#(version),"effectiveFrom":"\#(from)","name":"Coffee","currencies":["VND"],"#
      + #""timeZone":"Asia/Ho_Chi_Minh","earning":[]"# + (convert.map { #","convert":{\#($0)}"# } ?? "") + "}"
  }

  private func told(_ fixture: RewardFixture) throws -> [String] {
    try fixture.statuses().map { status in
      let state = status.state.rawValue.dropFirst("redemption.".count)
      return "\(status.redemptionId) \(state) \(status.quantity) for \(status.points.value)"
    }
  }

  private static let days: Int64 = 24 * 60

  // MARK: Earning

  @Test func pointsBecomeRewardsWhenTheirDaysAreOver() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 600)])
    fixture.booked(2, [(.pointsEarned, 1_000)])
    try fixture.run()
    fixture.wait(minutes: 14 * Self.days - 1)
    try fixture.run()
    #expect(try fixture.statuses().isEmpty)
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/2 issued 2 for 1400"])
    #expect(fixture.balances["M-1"] == 98_600)
    // 200 are left of 1,600.
    fixture.booked(3, [(.pointsEarned, 500)])
    fixture.wait(minutes: 14 * Self.days)
    try fixture.run()
    #expect(try told(fixture).last == "coffee/convert/3 issued 1 for 700")
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func withoutDaysTheyAreGivenAtOnce() throws {
    let fixture = try Self.fixture(#""every":700,"reward":"latte""#)
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 2_200)])
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/1 issued 3 for 2100"])
  }

  @Test func theEntriesOfABookingCountTogether() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    // By themselves they would be two purchases with two rewards each.
    fixture.booked(1, [(.pointsEarned, 1_500), (.pointsReduced, 100), (.pointsEarned, 1_700), (.earningRefused, 0)])
    fixture.wait(minutes: 14 * Self.days)
    try fixture.run()
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/4 issued 2 for 3100"])
  }

  @Test func whatIsNotEarnedByRulesDoesNotCount() throws {
    let fixture = try Self.fixture(#""every":700,"reward":"latte""#)
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsAdjusted, 5_000)])
    fixture.booked(2, [(.transferredIn, 5_000)])
    fixture.booked(3, [(.pointsReleased, 5_000)])
    try fixture.run()
    #expect(try fixture.statuses().isEmpty)
    #expect(fixture.rows("conversions") == 0)
  }

  // MARK: Taking back

  @Test func aReturnTakesWhatWaits() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 1_500)])
    // Of 900 asked back 300 were there.
    fixture.booked(2, [(.pointsReversed, 300)], shortfall: 600)
    fixture.wait(minutes: 14 * Self.days)
    try fixture.run()
    try fixture.run()
    // 1,500 − 900: the balance of 100 and one reward went, and 600 are gathered.
    #expect(try fixture.statuses().isEmpty)
    fixture.booked(3, [(.pointsEarned, 100)])
    fixture.wait(minutes: 14 * Self.days)
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/3 issued 1 for 700"])
  }

  // MARK: Refusals

  @Test func whoHasSpentThePointsGetsNone() throws {
    let fixture = try Self.fixture(#""every":700,"reward":"latte""#, balances: ["M-1": 699])
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 700)])
    try fixture.run()
    #expect(try fixture.status("coffee/convert/1")?.refusal?.code == "insufficient-points")
    #expect(fixture.balances["M-1"] == 699)
  }

  @Test func theRewardsTermsHold() throws {
    let fixture = try Self.fixture(
      #""every":700,"reward":"latte""#, rewards: [RewardFixture.reward("latte", stock: 1)])
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 700)])
    fixture.booked(2, [(.pointsEarned, 700)])
    try fixture.run()
    #expect(try told(fixture).sorted() == ["coffee/convert/1 issued 1 for 700", "coffee/convert/2 refused 1 for 700"])
    #expect(fixture.balances["M-1"] == 99_300)
  }

  // MARK: The end of a rule

  private static let ending = #""every":700,"reward":"latte","allocateAfterDays":30,"until":"2026-12-01T00:00:00Z""#

  @Test(arguments: [("issue", 1), ("delete", 0)]) func whatWaitsAtTheEndIsIssuedOrNot(end: String, issued: Int) throws {
    let fixture = try Self.fixture(Self.ending + #","atEnd":"\#(end)""#)
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 1_000)])
    fixture.wait(minutes: 9 * Self.days)
    try fixture.run()
    try fixture.run()
    #expect(try told(fixture) == (issued == 1 ? ["coffee/convert/1 issued 1 for 700"] : []))
    #expect(fixture.rows("conversions") == 0)
    // What is earned later does not count.
    fixture.booked(2, [(.pointsEarned, 7_000)])
    fixture.wait(minutes: 60 * Self.days)
    try fixture.run()
    #expect(try fixture.statuses().filter { $0.state == .issued }.count == issued)
  }

  @Test func whatWasGatheredCountsNoMoreWhenTheRuleHasEnded() throws {
    let fixture = try Self.fixture(Self.ending)
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 600)])
    try fixture.run()
    #expect(fixture.rows("conversions") == 1)
    fixture.wait(minutes: 10 * Self.days)
    try fixture.run()
    #expect(fixture.rows("conversions") == 0)
  }

  @Test func aVersionWithoutItLeavesWhatWaitsItsTime() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 700)])
    try fixture.run()
    fixture.publish(programme: Self.programme(nil, version: 2, from: "2026-11-23T00:00:00Z"), version: 2)
    fixture.wait(minutes: 2 * Self.days)
    fixture.booked(2, [(.pointsEarned, 700)])
    try fixture.run()
    #expect(try fixture.statuses().isEmpty)
    fixture.wait(minutes: 13 * Self.days)
    try fixture.run()
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/1 issued 1 for 700"])
  }

  // MARK: Crashes, erasure

  @Test func aLostDiskChangesNothing() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 700)])
    // One entry of two is here.
    fixture.booked(2, [(.pointsEarned, 600), (.pointsEarned, 800)], first: 1)
    try fixture.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.booked(2, [(.pointsEarned, 600), (.pointsEarned, 800)], after: 1)
    fixture.wait(minutes: 14 * Self.days)
    try fixture.run()
    try fixture.run()
    #expect(try told(fixture) == ["coffee/convert/1 issued 1 for 700", "coffee/convert/3 issued 2 for 1400"])
  }

  @Test func whoIsErasedHasNothingThatWaits() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.booked(1, [(.pointsEarned, 700)])
    try fixture.run()
    #expect(fixture.rows("conversions") == 1)
    fixture.erase("M-1")
    fixture.wait(minutes: 20 * Self.days)
    try fixture.run()
    #expect(fixture.rows("conversions") == 0)
    #expect(try fixture.statuses().isEmpty)
  }
}

extension RewardFixture {
  /// A booking of M-1 on the ledger, whose first entry has this sequence.
  ///
  /// - Parameters:
  ///   - first: so many of its entries alone.
  ///   - dropped: these are on the ledger already.
  fileprivate func booked(
    _ sequence: Int64, _ entries: [(type: EntryType, points: Points)], shortfall: Points = 0, first: Int? = nil,
    after dropped: Int = 0
  ) {
    for (index, entry) in entries.enumerated().prefix(first ?? entries.count).dropFirst(dropped) {
      let traits = entry.type.traits
      let entry = LedgerEntry(
        id: "e-\(sequence)-\(index)", type: entry.type, memberId: "M-1", programId: "coffee",
        sequence: sequence + Int64(index), points: entry.points,
        debit: traits.gives ?? (traits.takes == nil ? nil : .memberAvailable),
        credit: traits.gives == nil ? traits.takes : .memberAvailable, cause: "p-\(sequence)", source: "pos",
        reason: traits.isRefusal ? "times-limit" : nil, shortfall: shortfall, occurredAt: now, bookedAt: now,
        programVersion: 1, balances: Balances(pending: 0, available: 100_000), bookingEntry: index + 1,
        bookingOf: entries.count)
      driver.publish(Topic.ledger.name, key: "M-1", value: json { entry.encode(to: &$0) })
    }
  }
}
