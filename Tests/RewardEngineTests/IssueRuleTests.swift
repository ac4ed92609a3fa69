import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct IssueRuleTests {
  private static func programme(_ issues: String) -> String {
    #"{"id":"coffee","version":1,"effectiveFrom":"2025-01-01T00:00:00Z","name":"Coffee","currencies":["VND"],"#
      + #""timeZone":"Asia/Ho_Chi_Minh","earning":[],"tiers":{"metric":"visits","window":{"kind":"lifetime"},"#
      + #""levels":[{"id":"member","from":"0"},{"id":"gold","from":"5"},{"id":"star","from":"9"}]},"#
      + #""issues":[\#(issues)]}"#
  }

  private static func fixture(_ issues: String, now: String = "2026-11-22") throws -> RewardFixture {
    try RewardFixture(programme: programme(issues), partitionCount: 3, now: now)
  }

  private func issued(_ fixture: RewardFixture) throws -> [String] {
    try fixture.statuses().filter { $0.state == .issued }.map { "\($0.memberId) \($0.redemptionId)" }.sorted()
  }

  // MARK: Levels

  @Test func aLevelIsRewardedOnceInALife() throws {
    let fixture = try Self.fixture(#"{"id":"gold-gift","pool":"own","on":{"level":"gold"}}"#)
    defer { fixture.driver.close() }
    fixture.tier("gold", from: "member")
    fixture.tier("member", from: "gold", .downgrade)
    fixture.wait(minutes: 400 * 24 * 60)
    fixture.tier("gold", from: "member")
    // Others, and those who fall to it, get none.
    fixture.tier("star", from: "member", member: "M-2")
    fixture.tier("gold", from: "star", .downgrade, member: "M-2")
    fixture.tier("gold", from: "star", .manual, member: "M-2")
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/gold-gift/once"])
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func aLevelIsRewardedOnceInAYearWhereTheRuleSaysSo() throws {
    let fixture = try Self.fixture(#"{"id":"gold-gift","pool":"own","on":{"level":"gold"},"per":"year"}"#)
    defer { fixture.driver.close() }
    for _ in 1...2 { fixture.tier("gold", from: "member") }
    fixture.wait(minutes: 60 * 24 * 60)
    for _ in 1...2 { fixture.tier("gold", from: "member") }
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/gold-gift/2026-01-01", "M-1 coffee/gold-gift/2027-01-01"])
  }

  @Test func whatCameAboutLongAgoIsIssuedAsOfThen() throws {
    let fixture = try Self.fixture(#"{"id":"gold-gift","pool":"own","on":{"level":"gold"}}"#)
    defer { fixture.driver.close() }
    fixture.tier("gold", from: "member", at: time("2026-09-01"))
    try fixture.run()
    #expect(try fixture.statuses().map(\.state) == [.issued, .expired])
    #expect(try fixture.vouchers().values.map(\.state) == [.expired])
    #expect(fixture.deadLetters().isEmpty)
  }

  // MARK: Points

  @Test func pointsAreRewardedWhenTheyCrossTheMark() throws {
    let fixture = try Self.fixture(#"{"id":"thousand","pool":"own","on":{"points":1000}}"#)
    defer { fixture.driver.close() }
    fixture.earn(999, available: 999)
    fixture.earn(1, available: 1_000, member: "M-2")
    // Was above already; pending points cannot be spent.
    fixture.earn(5, available: 1_005, member: "M-3")
    fixture.earn(2_000, available: 999, to: .memberPending)
    try fixture.run()
    #expect(try issued(fixture) == ["M-2 coffee/thousand/once"])
    fixture.earn(2, available: 1_001)
    fixture.earn(500, available: 1_200)
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/thousand/once", "M-2 coffee/thousand/once"])
  }

  // MARK: Birthdays

  private static let birthday = #"{"id":"cake","pool":"own","on":{"birthday":true}}"#

  @Test func aBirthdayIsRewardedOnceAYearAsItBeginsThere() throws {
    let fixture = try Self.fixture(Self.birthday)
    defer { fixture.driver.close() }
    fixture.profile(birthday: "1990-11-24")
    fixture.profile(birthday: "1990-11-24")
    try fixture.run()
    #expect(try issued(fixture).isEmpty)
    // In Viet Nam the 24th begins at 17:00 UTC of the 23rd.
    fixture.wait(minutes: (12 + 17) * 60 - 1)
    try fixture.run()
    #expect(try issued(fixture).isEmpty)
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/cake/2026-01-01"])
    #expect(try fixture.status("coffee/cake/2026-01-01")?.occurredAt == time("2026-11-23T17:00:00Z"))
    fixture.wait(minutes: 366 * 24 * 60)
    try fixture.run()
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/cake/2026-01-01", "M-1 coffee/cake/2027-01-01"])
  }

  @Test func aLeapDayIsRewardedOnThe28th() throws {
    let fixture = try Self.fixture(Self.birthday, now: "2027-02-27T16:59:59Z")
    defer { fixture.driver.close() }
    fixture.profile(birthday: "1992-02-29")
    try fixture.run()
    #expect(try issued(fixture).isEmpty)
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/cake/2027-01-01"])
  }

  @Test func aBirthdayThatIsOverIsNotRewardedAndOneThatIsChangedNotTwice() throws {
    let fixture = try Self.fixture(Self.birthday, now: "2026-11-22T11:00:00Z")
    defer { fixture.driver.close() }
    // In Viet Nam the 21st is over, and not yet everywhere.
    fixture.profile(birthday: "1990-11-21")
    fixture.profile(birthday: "1990-11-22", member: "M-2")
    try fixture.run()
    #expect(try issued(fixture) == ["M-2 coffee/cake/2026-01-01"])
    fixture.profile(birthday: "1990-11-25", member: "M-2")
    fixture.wait(minutes: 5 * 24 * 60)
    try fixture.run()
    #expect(try issued(fixture) == ["M-2 coffee/cake/2026-01-01"])
  }

  // MARK: Conditions, pools, erasure

  @Test func aConditionIsAskedOfTheMember() throws {
    let fixture = try Self.fixture(
      #"{"id":"cake","pool":"own","on":{"birthday":true},"when":{"tier":["gold"],"not":{"segment":["staff"]}}}"#)
    defer { fixture.driver.close() }
    for member in ["M-1", "M-3"] { fixture.tier("gold", from: "member", member: member) }
    try fixture.run()
    for member in ["M-1", "M-2", "M-3"] {
      fixture.profile(
        birthday: "1990-11-22", segments: member == "M-3" ? ["staff"] : [], member: member)
    }
    try fixture.run()
    #expect(try issued(fixture) == ["M-1 coffee/cake/2026-01-01"])
  }

  @Test func aPoolThatIsNotThereIsTold() throws {
    let fixture = try Self.fixture(#"{"id":"gift","pool":"none","on":{"level":"gold"}}"#)
    defer { fixture.driver.close() }
    fixture.tier("gold", from: "member")
    try fixture.run()
    let status = try #require(try fixture.status("coffee/gift/once"))
    #expect(status.state == .refused && status.refusal?.code == "unknown-reward")
  }

  @Test func theErasedAreForgottenWithWhatRulesGave() throws {
    let fixture = try Self.fixture(Self.birthday + #",{"id":"gift","pool":"own","on":{"level":"gold"}}"#)
    defer { fixture.driver.close() }
    fixture.profile(birthday: "1990-12-24")
    fixture.tier("gold", from: "member")
    try fixture.run()
    #expect(fixture.rows("birthdays") == 1 && fixture.rows("grants") == 1)
    fixture.erase("M-1")
    fixture.wait(minutes: 60 * 24 * 60)
    try fixture.run()
    #expect(fixture.rows("birthdays") == 0 && fixture.rows("grants") == 0)
    #expect(try issued(fixture) == ["M-1 coffee/gift/once"])
  }

  @Test(arguments: 1...8) func eachCauseIssuesOnceThroughCrashes(seed: Int) throws {
    let fixture = try Self.fixture(
      Self.birthday + #",{"id":"gift","pool":"own","on":{"level":"gold"}},"#
        + #"{"id":"hundred","pool":"imported","on":{"points":100},"per":"month"}"#)
    defer { fixture.driver.close() }
    let members = (1...6).map { "M-\($0)" }
    fixture.import(members.map { "CODE-\($0)" })
    for member in members {
      fixture.profile(birthday: "1990-11-22", member: member)
      for _ in 1...2 { fixture.tier("gold", from: "member", member: member) }
      for _ in 1...2 { fixture.earn(100, available: 100, member: member) }
    }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    let ids = ["coffee/cake/2026-01-01", "coffee/gift/once", "coffee/hundred/2026-11-01"]
    #expect(try issued(fixture) == members.flatMap { member in ids.map { "\(member) \($0)" } }.sorted())
    #expect(try fixture.statuses().count == members.count * ids.count)
    #expect(fixture.deadLetters().isEmpty)
  }
}

extension RewardFixture {
  func tier(
    _ level: String, from previous: String, _ reason: TierChange.Reason = .upgrade, member: String = "M-1",
    at instant: Instant? = nil
  ) {
    let change = TierChange(
      memberId: member, programId: "coffee", level: level, previous: previous, since: instant ?? now, until: nil,
      reason: reason, measures: .visits, metric: ExactDecimal(5), cause: "c")
    driver.publish(
      Topic.tiers.name, partition: driver.log.partition(of: Array(member.utf8)),
      key: RecordKey.memberProgram(member, "coffee"), value: json { change.encode(to: &$0) })
  }

  func earn(
    _ points: Points, available: Points, to account: LedgerAccount = .memberAvailable, member: String = "M-1"
  ) {
    let entry = LedgerEntry(
      id: "e", type: .pointsEarned, memberId: member, programId: "coffee", sequence: 1, points: points,
      debit: .programIssued, credit: account, cause: "p-1", source: "pos", shortfall: 0, occurredAt: now, bookedAt: now,
      programVersion: 1, balances: Balances(pending: 0, available: available))
    driver.publish(Topic.ledger.name, key: member, value: json { entry.encode(to: &$0) })
  }

  func profile(birthday: String, segments: [String] = [], member: String = "M-1") {
    let words = segments.map { #""\#($0)""# }.joined(separator: ",")
    driver.publish(
      Topic.members.name, key: member,
      value: #"{"type":"member.profile","id":"\#(member)","occurredAt":"\#(now.rfc3339)","birthday":"\#(birthday)","#
        + #""segments":[\#(words)]}"#)
  }
}
