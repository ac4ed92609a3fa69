import Contracts
import Loyalty
import PointsEngine
import StreamTesting
import TestValues
import Testing

/// How much one person alone may adjust, and what becomes of more.
@Suite(.timeLimit(.minutes(10))) struct ApprovalTests {
  private static func settings(
    max: Points? = nil, dayMax: Points? = nil, tierSets: Int64? = nil, proposalMs: Int64 = 7 * Instant.dayMs
  ) -> PointsSettings {
    var settings = PointsSettings()
    settings.limits = AdjustmentLimits(pointsMax: max, pointsDayMax: dayMax, proposalMs: proposalMs)
    settings.tierSetsDayMax = tierSets
    return settings
  }

  private func adjust(
    _ engine: Engine, _ id: String, _ points: Points, at instant: String = "2017-02-01", by actor: String = "ann",
    member: String = "M-1", kind: MemberCommand.Kind? = nil
  ) {
    let command = MemberCommand(
      id: id, kind: kind ?? .adjust(points: points), memberId: member, occurredAt: time(instant), actor: actor,
      reason: "sorry")
    engine.driver.publish(Topic.commands.name, key: member, value: json { Command.member(command).encode(to: &$0) })
  }

  private func approve(
    _ engine: Engine, _ id: String, of proposal: String, at instant: String = "2017-02-02", by actor: String = "bob"
  ) {
    adjust(engine, id, 0, at: instant, by: actor, kind: .approve(proposalId: proposal))
  }

  private func decline(
    _ engine: Engine, _ id: String, of proposal: String, at instant: String = "2017-02-02", by actor: String = "bob"
  ) {
    adjust(engine, id, 0, at: instant, by: actor, kind: .decline(proposalId: proposal))
  }

  /// What waits now, as `loyalty.proposals` tells it.
  private func waiting(_ engine: Engine) throws -> [String] {
    let last = Dictionary(
      engine.driver.outputs(Topic.proposals.name).map { ($0.key ?? "", $0.value) }, uniquingKeysWith: { $1 })
    return try last.values.compactMap { value in
      try value.map { try bytes($0) { try Proposal(decoding: $0) }.id }
    }.sorted()
  }

  @Test func moreThanOnePersonMayAdjustWaitsForAnother() throws {
    let engine = try Engine(settings: Self.settings(max: 100))
    defer { engine.driver.close() }
    adjust(engine, "A-1", 100)
    adjust(engine, "A-2", 101)
    adjust(engine, "A-3", -101)
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjusted 100", "points.adjustment-proposed 0", "points.adjustment-proposed 0",
      ])
    #expect(try waiting(engine) == ["A-2", "A-3"])
    #expect(try engine.entries().map { $0.approval?.proposed } == [nil, 101, -101])
    #expect(try engine.account()?.balances.available == 100)
    for _ in 0..<2 { approve(engine, "OK", of: "A-2") }
    try engine.driver.restart(losingDisk: true)
    adjust(engine, "A-2", 101)
    try engine.run()
    #expect(try engine.ledger().dropFirst(3) == ["points.adjusted 101"], "once, whatever comes again")
    #expect(try engine.entries().last?.approval == Approval(approvedBy: "bob", commandId: "OK"))
    #expect(try waiting(engine) == ["A-3"] && engine.account()?.balances.available == 201)
  }

  @Test func aProposalIsApprovedByAnotherPersonOnceAndInTime() throws {
    let engine = try Engine(settings: Self.settings(max: 100))
    defer { engine.driver.close() }
    adjust(engine, "A", 500)
    approve(engine, "own", of: "A", by: "Ann")
    approve(engine, "nobodys", of: "B")
    approve(engine, "OK", of: "A")
    approve(engine, "again", of: "A")
    adjust(engine, "B", 500)
    try engine.run()
    // The account's own time was the second as it was proposed.
    approve(engine, "late", of: "B", at: "2017-02-09")
    engine.tick(to: "2017-02-10")
    try engine.run()
    approve(engine, "later", of: "B", at: "2017-02-10")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjustment-proposed 0", "points.approval-refused 0 own-proposal",
        "points.approval-refused 0 unknown-proposal", "points.adjusted 500",
        "points.approval-refused 0 already-booked", "points.adjustment-proposed 0",
        "points.approval-refused 0 proposal-expired", "points.adjustment-refused 0 proposal-expired",
        "points.approval-refused 0 proposal-expired",
      ])
    #expect(try waiting(engine) == [] && engine.driver.rows(of: "proposals").isEmpty)
    #expect(try engine.entries().first { $0.type == .adjustmentRefused }?.occurredAt == time("2017-02-09"))
  }

  @Test func aDeclinedProposalIsBookedByNobody() throws {
    let engine = try Engine(settings: Self.settings(max: 100))
    defer { engine.driver.close() }
    adjust(engine, "A", 500)
    adjust(engine, "B", -500)
    for _ in 0..<2 { decline(engine, "NO", of: "A") }
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    decline(engine, "NO", of: "A")
    decline(engine, "withdrawn", of: "B", by: "ann")
    approve(engine, "OK", of: "A")
    decline(engine, "again", of: "A", by: "eve")
    adjust(engine, "A", 500)
    engine.tick(to: "2017-03-01")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjustment-proposed 0", "points.adjustment-proposed 0",
        "points.adjustment-refused 0 proposal-declined", "points.adjustment-refused 0 proposal-declined",
        "points.approval-refused 0 proposal-declined", "points.decline-refused 0 proposal-declined",
      ])
    let told = try engine.entries().compactMap { $0.approval?.declinedBy }
    #expect(told == ["bob", "ann"] && engine.driver.rows(of: "proposals").isEmpty)
    #expect(try waiting(engine) == [] && engine.account()?.balances == Balances())
  }

  @Test func whatWasBookedOrNeverProposedCannotBeDeclined() throws {
    let engine = try Engine(settings: Self.settings(max: 100))
    defer { engine.driver.close() }
    decline(engine, "nobodys", of: "A")
    adjust(engine, "A", 500)
    approve(engine, "OK", of: "A")
    decline(engine, "late", of: "A")
    // One that was booked at once.
    adjust(engine, "small", 5)
    decline(engine, "small too", of: "small")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.decline-refused 0 unknown-proposal", "points.adjustment-proposed 0", "points.adjusted 500",
        "points.decline-refused 0 already-booked", "points.adjusted 5", "points.decline-refused 0 already-booked",
      ])
  }

  @Test func whatIsProposedOnPurposeWaitsWhateverTheLimits() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    adjust(engine, "A", 5, kind: .propose(points: 5))
    try engine.run()
    #expect(try engine.ledger() == ["points.adjustment-proposed 0"] && waiting(engine) == ["A"])
  }

  /// The members lie in several partitions, the day's sum in one.
  @Test func anActorsDayIsOneSumOverAllPartitions() throws {
    let engine = try Engine(settings: Self.settings(dayMax: 100), partitionCount: 5)
    defer { engine.driver.close() }
    let members = (1...12).map { "M-\($0)" }
    for member in members {
      for _ in 0..<2 { adjust(engine, "A", member == "M-2" ? -10 : 10, member: member) }
      adjust(engine, "B", 7, by: "bob", member: member)
    }
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    for member in members { adjust(engine, "A", member == "M-2" ? -10 : 10, member: member) }
    try engine.run()
    let entries = try engine.entries()
    func points(_ actor: String) -> Int64 {
      entries.reduce(0) { $0 + ($1.actor == actor && $1.type == .pointsAdjusted ? $1.points.value : 0) }
    }
    let told = entries.filter { $0.actor == "ann" }
    // Of M-2 there is nothing to deduct: that was granted, and then refused.
    let isRefused = told.contains { $0.reason == "insufficient-points" }
    #expect(told.count == 12 && told.count { $0.type == .adjustmentProposed } == 2)
    #expect(points("ann") == (isRefused ? 90 : 100) && points("bob") == 84)
    #expect(Set(entries.map(\.id)).count == entries.count)
  }

  @Test func theNextDayIsAnother() throws {
    let engine = try Engine(settings: Self.settings(max: 90, dayMax: 100))
    defer { engine.driver.close() }
    for (index, instant) in ["2017-02-01T00:00:00Z", "2017-02-01T23:59:59Z", "2017-02-02T00:00:00Z"].enumerated() {
      adjust(engine, "A-\(index)", 60, at: instant)
      try engine.run()
    }
    adjust(engine, "A-3", 91, at: "2017-02-02T00:00:00Z")
    adjust(engine, "A-4", 40, at: "2017-02-02T00:00:00Z")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjusted 60", "points.adjustment-proposed 0", "points.adjusted 60", "points.adjustment-proposed 0",
        "points.adjusted 40",
      ], "what waits for another person uses nothing up")
  }

  /// On wall time the day is that on which a command comes: an old date on it opens no other day's account.
  @Test func aCommandOfAnotherDayCountsOnTheDayItComes() throws {
    let engine = try Engine(settings: Self.settings(dayMax: 100), clock: .wall, wallNow: "2017-03-01")
    defer { engine.driver.close() }
    for day in 1...3 { adjust(engine, "A-\(day)", 60, at: "2017-02-0\(day)") }
    try engine.run()
    #expect(try engine.ledger().count { $0 == "points.adjusted 60" } == 1)
    #expect(try engine.ledger().count { $0 == "points.adjustment-proposed 0" } == 2)
  }

  @Test func anErasedMembersProposalsGoToo() throws {
    let engine = try Engine(settings: Self.settings(max: 100, dayMax: 1_000))
    defer { engine.driver.close() }
    adjust(engine, "A", 500)
    adjust(engine, "B", 50)
    try engine.run()
    engine.erase("M-1")
    try engine.run()
    #expect(try waiting(engine) == [])
    for store in ["proposals", "commands"] {
      #expect(engine.driver.rows(of: store).isEmpty, "\(store)")
    }
    #expect(
      engine.driver.rows(of: "actor-days").keys.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("M-1") })
  }

  @Test func anAnswerThatNobodyAskedForIsNone() throws {
    let engine = try Engine(settings: Self.settings(dayMax: 100))
    defer { engine.driver.close() }
    let command = MemberCommand(
      id: "forged", kind: .adjust(points: 1_000_000), memberId: "M-1", programId: "journey",
      occurredAt: time("2017-02-01"), actor: "ann", reason: "r")
    let answer = Clearance(
      service: .pointsEngine, command: .member(command), actor: "ann", kind: .adjustedPoints,
      day: LocalDate(daysSinceEpoch: 17_198), amount: 1_000_000, most: 1_000_000, stage: .answered(isGranted: true))
    engine.driver.publish(Topic.clearances.name, key: "M-1", value: json { answer.encode(to: &$0) })
    try engine.run()
    #expect(try engine.entries().isEmpty)
  }

  @Test func levelsThatOneActorSetsInADayAreCounted() throws {
    let programme = Engine.programme.replacing(#""metric":"spend""#, with: #""metric":"points""#)
    let engine = try Engine(programmes: [programme], settings: Self.settings(tierSets: 2), partitionCount: 3)
    defer { engine.driver.close() }
    for member in ["M-1", "M-2", "M-3", "M-4"] {
      let command = Command.tier(
        TierCommand(
          id: "T", memberId: member, level: "gold", until: time("2018-01-01"), occurredAt: time("2017-02-01"),
          actor: "ann", reason: "match"))
      for _ in 0..<2 {
        engine.driver.publish(Topic.commands.name, key: member, value: json { command.encode(to: &$0) })
      }
    }
    try engine.run()
    let set = try engine.driver.values(of: Topic.tiers.name) { try TierChange(decoding: $0) }
    #expect(set.count { $0.reason == .manual } == 2)
    let letters = engine.driver.outputs("points-engine.dead-letters").map { $0.headers["dl_error"] }
    #expect(letters == ["too-many-tier-sets", "too-many-tier-sets"])
  }
}
