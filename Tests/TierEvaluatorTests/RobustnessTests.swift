import Contracts
import Loyalty
import StreamRuntime
import StreamTesting
import TestValues
import Testing
import TierEvaluator

@Suite(.timeLimit(.minutes(10))) struct RobustnessTests {
  @Test func whatCannotBeReadIsDeadLetteredAndTheNextRecordIsUnharmed() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    for value in [nil, "", "{", #"{"type":"purchase.accepted"}"#] {
      fixture.driver.publish(Topic.transactions.name, key: "M-1", value: value)
    }
    fixture.driver.publish(Topic.privacyTasks.name, key: "M-1", value: "{}")
    fixture.buy("A", 300, at: "2017-01-02")
    try fixture.driver.run()
    let codes = fixture.deadLetters().compactMap { $0.headers["dl_error"] }
    #expect(codes.sorted() == ["empty-value", "empty-value", "missing-field", "missing-field", "not-json"])
    #expect(try fixture.changes().count == 1)
  }

  @Test func otherCommandsAreLeftToThePointsEngine() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    let redeem = Command.member(
      MemberCommand(
        id: "C", kind: .redeem(points: 5, reference: nil), memberId: "M-1", programId: nil,
        occurredAt: time("2017-01-02"), source: nil, actor: nil, reason: nil))
    for value in [json { redeem.encode(to: &$0) }, #"{"type":"tier.set","id":"C"}"#, "{", nil] {
      fixture.driver.publish(Topic.commands.name, key: "M-1", value: value)
    }
    try fixture.driver.run()
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func aDocumentThatBreaksTheRulesIsLeftOut() throws {
    let fixture = try EvaluatorFixture(programmes: [#"{"id":"x"}"#, EvaluatorFixture.programme()])
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
  }

  /// A year and a half of purchases and returns of some members, some twice, some late.
  private static func life(of fixture: EvaluatorFixture, from step: Int, to end: Int) {
    var random = UInt64(20_170_101)
    func next(_ bound: UInt64) -> Int64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((random >> 33) % bound)
    }
    let start = time("2017-01-01").milliseconds
    for index in 0..<end {
      let member = "M-\(next(9))"
      let amount = next(150)
      let at = Instant(milliseconds: start + Int64(index) * 86_400_000 * 2 - next(3) * 86_400_000 * 20).rfc3339
      let of = next(UInt64(index + 1))
      let kind = next(10)
      guard index >= step else { continue }
      switch kind {
      case 0: fixture.send("R-\(index)", .cancelled(purchaseId: "P-\(of)"), at: at, member: member)
      case 1, 2:
        fixture.send("R-\(index)", .returned(Return(purchaseId: "P-\(of)", refund: 5_000)), at: at, member: member)
      default:
        for _ in 0...(kind == 3 ? 2 : 0) { fixture.buy("P-\(index)", amount, at: at, member: member) }
      }
    }
  }

  private static func outcome(
    partitionCount: Int, batchRecordsMax: Int, _ disturb: (EvaluatorFixture) throws -> Void
  ) throws -> [String: [String]] {
    let fixture = try EvaluatorFixture(partitionCount: partitionCount, batchRecordsMax: batchRecordsMax)
    defer { fixture.driver.close() }
    life(of: fixture, from: 0, to: 150)
    try disturb(fixture)
    fixture.tick(to: "2017-12-01")
    try disturb(fixture)
    life(of: fixture, from: 150, to: 300)
    try fixture.driver.run()
    fixture.tick(to: "2020-01-01")
    try fixture.driver.run()
    return Dictionary(grouping: try fixture.changes()) { String($0.prefix { $0 != " " }) }
  }

  @Test func batchesPartitionsRestartsAndLostDisksChangeNothing() throws {
    let expected = try Self.outcome(partitionCount: 1, batchRecordsMax: 1) { try $0.driver.run() }
    #expect(expected.count == 9 && expected.values.contains { $0.count > 3 })
    for (partitions, batch) in [(1, 100), (1, 7), (4, 1), (4, 100)] {
      #expect(
        try Self.outcome(partitionCount: partitions, batchRecordsMax: batch) { try $0.driver.run() } == expected)
    }
    for losingDisk in [false, true] {
      let restarted = try Self.outcome(partitionCount: 2, batchRecordsMax: 10) {
        try $0.driver.run()
        try $0.driver.restart(losingDisk: losingDisk)
        try $0.driver.run()
      }
      #expect(restarted == expected)
    }
  }

  @Test(arguments: [MemoryStep.beforeBegin, .afterProduce, .afterOffsets, .afterCommit])
  func aCrashInACommitLosesAndDoublesNothing(step: MemoryStep) throws {
    let expected = try Self.outcome(partitionCount: 1, batchRecordsMax: 10) { try $0.driver.run() }
    let crashed = try Self.outcome(partitionCount: 1, batchRecordsMax: 10) { fixture in
      struct Crash: Error {}
      fixture.driver.io.onStep = { now in if now == step { throw Crash() } }
      #expect(throws: Crash.self) { try fixture.driver.run() }
      fixture.driver.io.onStep = nil
      fixture.driver.kill()
      try fixture.driver.start()
      try fixture.driver.run()
    }
    #expect(crashed == expected)
  }
}
