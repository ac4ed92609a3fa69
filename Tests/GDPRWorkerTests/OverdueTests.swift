import Contracts
import GDPRWorker
import Loyalty
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct OverdueTests {
  @Test func thoseWhoHaveNotReportedGetTheirTasksAgain() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    let first = try privacy.tasks()
    for part in privacy.expected() where part.0 != .notifier && part.1 != 2 { privacy.report("PR-1", part.0, part.1) }
    privacy.driver.wall.nowMs += 999
    try privacy.driver.run()
    #expect(try privacy.tasks().count == first.count)
    func counted(_ name: String, _ value: Int) -> Bool {
      privacy.driver.metrics.exposition().contains("\(name){service=\"gdpr-worker\"} \(value)\n")
    }
    #expect(counted("stampede_privacy_requests_open", 1))
    privacy.driver.wall.nowMs += 1
    try privacy.driver.run()
    #expect(counted("stampede_privacy_requests_overdue", 1))
    let home = privacy.driver.log.partition(of: Array("M-1".utf8))
    let missing: [[Service]] = PrivacyFixture.everyPartition.map { [$0] }
    let again = try privacy.tasks().filter { $0.occurredAt.milliseconds > 1_700_000_000_000 }
    let byMember: [Service] = home == 2 ? PrivacyFixture.byMember : [.notifier]
    #expect(Set(again.map(\.services)) == Set([byMember] + missing))
    #expect(Set(again.map(\.id)).isSubset(of: first.map(\.id)))
    let reminded = 1 + PrivacyFixture.everyPartition.count
    // One reminder a period, however often the worker looks.
    try privacy.driver.run()
    #expect(try privacy.tasks().count == first.count + reminded)
    privacy.driver.wall.nowMs += 1_000
    try privacy.driver.run()
    #expect(try privacy.tasks().count == first.count + 2 * reminded)
  }

  @Test func aReminderSurvivesALostDiskAndTheRequestIsStillClosedOnce() throws {
    let privacy = try PrivacyFixture(clock: .wall)
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    try privacy.driver.restart(losingDisk: true)
    privacy.driver.wall.nowMs += 1_000
    try privacy.driver.run()
    #expect(try privacy.tasks().count == 2 * PrivacyFixture.taskCount)
    for _ in 0..<2 { for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) } }
    try privacy.driver.run()
    #expect(try privacy.certificates().count == 1)
    #expect(
      privacy.driver.metrics.exposition().contains("stampede_privacy_requests_open{service=\"gdpr-worker\"} 0\n"))
    privacy.driver.wall.nowMs += 10_000
    try privacy.driver.run()
    #expect(try privacy.tasks().count == 2 * PrivacyFixture.taskCount)
  }

  /// A commit that fails is done again as a whole: tombstone and certificate come together or not at all.
  @Test func aCrashLeavesNoCertificateWithoutTombstone() throws {
    for step in [MemoryStep.beforeBegin, .afterProduce, .afterOffsets, .afterCommit] {
      let privacy = try PrivacyFixture()
      defer { privacy.driver.close() }
      privacy.request("PR-1")
      try privacy.driver.run()
      for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) }
      struct Crash: Error {}
      privacy.driver.io.onStep = { now in if now == step { throw Crash() } }
      #expect(throws: Crash.self) { try privacy.driver.run() }
      #expect(try privacy.certificates().count == privacy.memberTombstones.count)
      privacy.driver.io.onStep = nil
      privacy.driver.kill()
      try privacy.driver.start()
      try privacy.driver.run()
      #expect(try privacy.certificates().count == 1)
      #expect(privacy.memberTombstones == ["M-1"])
    }
  }
}
