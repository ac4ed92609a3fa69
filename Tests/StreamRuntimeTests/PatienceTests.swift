import StreamRuntime
import StreamTesting
import Synchronization
import Testing

/// How long a cluster in motion is waited for, and what is said of it.
@Suite(.timeLimit(.minutes(10))) struct PatienceTests {
  private let motion = StreamError(.waitForCluster, "no leader")
  private let missing = StreamError(.waitForTopic, "no such topic")

  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var told: [String] { lines.withLock { $0 } }
    func note(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func patience(_ clock: ManualClock, _ lines: Lines = Lines(), limitMs: Int64 = 60_000) -> Patience {
    Patience(limitMs: limitMs, seed: 1, nowMs: { clock.nowMs }) { level, message, _ in
      if level != .debug { lines.note(message) }
    }
  }

  @Test func waitingIsToldOnceWhenItBeginsAndOnceWhenItIsOver() throws {
    let clock = ManualClock(1_000)
    let lines = Lines()
    var patience = patience(clock, lines)
    patience.end()
    for _ in 0..<2 {
      for _ in 0..<10 {
        try patience.meet(motion)
        clock.nowMs += 500
      }
      patience.end()
      patience.end()
    }
    let once = ["waiting for the cluster", "the cluster answers again"]
    #expect(lines.told == once + once)
  }

  @Test func pausesGrowToTwoSecondsAndBeginShortAgain() throws {
    let clock = ManualClock(1_000)
    var patience = patience(clock)
    var pauses: [Int] = []
    for _ in 0..<10 {
      try patience.meet(motion)
      pauses.append(patience.pauseLeftMs)
      clock.nowMs += Int64(patience.pauseLeftMs)
      #expect(patience.pauseLeftMs == 0)
    }
    #expect((50...100).contains(pauses[0]) && pauses.suffix(4).allSatisfy { (1_000...2_000).contains($0) })
    patience.end()
    try patience.meet(motion)
    #expect((50...100).contains(patience.pauseLeftMs))
  }

  @Test func patienceEndsAtItsLimitWithTheLastFault() throws {
    let clock = ManualClock(1_000)
    var patience = patience(clock)
    try patience.meet(motion)
    clock.nowMs += 59_999
    try patience.meet(motion)
    clock.nowMs += 1
    let error = #expect(throws: StreamError.self) { try patience.meet(motion) }
    #expect(error?.response == .fatal)
    #expect(error?.description == "waited 60 s for the cluster in vain: no leader")
  }

  @Test func topicIsMissingOnlyWhenNothingElseIsSaidForHalfAMinute() throws {
    let clock = ManualClock(1_000)
    var patience = patience(clock)
    try patience.meet(missing)
    clock.nowMs += 20_000
    // Nobody has answered meanwhile, so nobody has said it.
    try patience.meet(motion)
    try patience.meet(missing)
    clock.nowMs += 29_999
    try patience.meet(missing)
    clock.nowMs += 1
    let error = #expect(throws: StreamError.self) { try patience.meet(missing) }
    #expect(error?.response == .fatal && error?.description == "no such topic")
  }

  /// The thread goes on after any number of passing faults, wherever they strike, and each record counts once.
  @Test(arguments: [
    MemoryStep.beforeBegin, .afterRecord, .afterProduce, .afterOffsets, .beforeRenewal, .fetchOffsets, .restoreRead,
  ]) func threadLivesThroughAClusterInMotion(step: MemoryStep) throws {
    let clock = ManualClock(0)
    let log = MemoryLog(partitionCount: 2)
    let topology = CountingTopology.topology
    let io = MemoryIO(
      log: log, group: MemoryGroup(name: topology.service), topology: topology, disk: MemoryDisk(),
      transactionalId: "a", nowMs: { clock.nowMs })
    var strikes = 0
    var seen = 0
    io.onStep = { at in
      // What is renewed is what failed before.
      if at == .afterProduce, step == .beforeRenewal, strikes < 30 { throw StreamError(.waitForCluster, "no leader") }
      guard at == step else { return }
      seen += 1
      guard strikes < 30, seen % 2 == 1 else { return }
      strikes += 1
      throw StreamError(.waitForCluster, "no leader")
    }
    let thread = try StreamThread(
      topology: topology,
      settings: WorkerSettings(
        clock: .stream, batchRecordsMax: 3, commitIntervalMs: 0, changelogDeleteRetentionMs: .max, inputPartitions: 2,
        wallNowMs: { clock.nowMs }, monotonicMs: { clock.nowMs }),
      io: io, index: 0, metrics: WorkerMetrics(service: topology.service), log: { _, _, _ in })
    defer { thread.close() }
    for event in 0..<100 {
      log.publish(CountingTopology.events, key: Array("k\(event % 5)".utf8), value: Array("\(event)".utf8))
    }
    let roundsMax = 3_000
    for _ in 0..<roundsMax where log.records(CountingTopology.counts).count < 100 {
      clock.nowMs += 100
      try thread.step()
    }
    for _ in 0..<10 { try thread.step() }
    #expect(strikes > 0 && log.records(CountingTopology.counts).count == 100)
  }

  /// The coordinator has ended the transaction by its timeout and raised the epoch: nobody has this one's place.
  @Test func falseFenceBeginsAgainAndTooManyEndTheThread() throws {
    let driver = try TopologyDriver(CountingTopology.topology, batchRecordsMax: 7)
    defer { driver.close() }
    var strikes = 0
    driver.io.onStep = { [log = driver.log, id = driver.io.transactionalId] at in
      guard at == .afterOffsets, strikes < 5 else { return }
      strikes += 1
      log.expireTransaction(of: id)
    }
    for event in 0..<100 { driver.publish(CountingTopology.events, key: "k\(event % 5)", value: "\(event)") }
    try driver.run()
    #expect(strikes == 5 && driver.outputs(CountingTopology.counts).count == 100)

    driver.io.onStep = { [log = driver.log, id = driver.io.transactionalId] at in
      if at == .afterOffsets { log.expireTransaction(of: id) }
    }
    driver.publish(CountingTopology.events, key: "k", value: "1")
    let error = #expect(throws: StreamError.self) { try driver.run() }
    #expect(error?.response == .fenced)
    #expect(driver.outputs(CountingTopology.counts).count == 100)
  }

  /// The group says so of a member's own name of before, when its coordinator was away for longer than a session.
  @Test(arguments: [(strikes: 3, ends: false), (4, true)])
  func fencedMemberJoinsAgainUntilItHearsItTooOften(strikes: Int, ends: Bool) throws {
    let clock = ManualClock(0)
    let log = MemoryLog(partitionCount: 2)
    let topology = CountingTopology.topology
    let io = MemoryIO(
      log: log, group: MemoryGroup(name: topology.service), topology: topology, disk: MemoryDisk(),
      transactionalId: "a", nowMs: { clock.nowMs })
    var left = strikes
    io.onStep = { at in
      guard at == .afterRecord, left > 0 else { return }
      left -= 1
      throw StreamError(.fenced, "another instance has this name")
    }
    for event in 0..<100 {
      log.publish(CountingTopology.events, key: Array("k\(event % 5)".utf8), value: Array("\(event)".utf8))
    }
    var looks = 0
    let work = {
      try StreamThread.work(
        topology: topology,
        settings: WorkerSettings(
          clock: .stream, batchRecordsMax: 3, commitIntervalMs: 0, changelogDeleteRetentionMs: .max,
          inputPartitions: 2, wallNowMs: { clock.nowMs }, monotonicMs: { clock.nowMs }),
        io: io, index: 0, metrics: WorkerMetrics(service: topology.service), log: { _, _, _ in }, begin: { true },
        until: {
          clock.nowMs += 1
          looks += 1
          return log.records(CountingTopology.counts).count == 100 || looks > 100_000
        })
    }
    if ends {
      let error = #expect(throws: StreamError.self, performing: work)
      #expect(error?.response == .fenced)
    } else {
      try work()
      #expect(log.records(CountingTopology.counts).count == 100)
    }
  }
}
