import StreamRuntime
import StreamTesting
import Testing

/// The cycle's promise, on the in-memory log: whatever fails and wherever, each record counts once.
@Suite(.timeLimit(.minutes(10))) struct ExactlyOnceTests {
  private static let steps: [MemoryStep] = [.beforeBegin, .afterProduce, .afterOffsets, .afterCommit]

  private func publish(_ driver: TopologyDriver, _ range: Range<Int>) {
    for event in range {
      driver.publish(CountingTopology.events, key: "k\(event % 5)", value: "\(event)")
    }
  }

  private func finalCounts(_ driver: TopologyDriver) -> [String: String] {
    Dictionary(
      driver.outputs(CountingTopology.counts).compactMap { output in
        output.key.flatMap { key in output.value.map { (key, $0) } }
      }, uniquingKeysWith: { $1 })
  }

  private let expected = Dictionary(uniqueKeysWithValues: (0..<5).map { ("k\($0)", "20") })

  /// While records wait, the next cycle's are taken before the store has followed the cycle that commits; not where a
  /// service acts on what is committed, and not where nothing waits.
  @Test(arguments: [true, false]) func nextCycleIsProcessedWhileOneCommits(overlaps: Bool) throws {
    let topology = CountingTopology.named("counter", prefix: "", overlapsCommits: overlaps)
    let driver = try TopologyDriver(topology, batchRecordsMax: 7)
    defer { driver.close() }
    var steps: [MemoryStep] = []
    driver.io.onStep = { if [.poll, .afterCommit, .afterStoreCommit].contains($0) { steps.append($0) } }
    publish(driver, 0..<100)
    try driver.run()
    let pollsUnderWay = steps.split(separator: .afterStoreCommit).compactMap { part in
      part.lastIndex(of: .afterCommit).map { part[$0...].dropFirst().count }
    }
    #expect(pollsUnderWay.count == 15)
    #expect(pollsUnderWay.dropLast().allSatisfy { overlaps ? $0 > 2 : $0 == 0 } && pollsUnderWay.last == 0)
    #expect(finalCounts(driver) == expected)
  }

  @Test(arguments: steps) func abortedCycleIsDoneAgainOnce(step: MemoryStep) throws {
    let driver = try TopologyDriver(CountingTopology.topology, partitionCount: 3, batchRecordsMax: 7)
    defer { driver.close() }
    var strikes = 0
    driver.io.onStep = { at in
      guard at == step, strikes < 6 else { return }
      strikes += 1
      throw StreamError(.abortTransaction, "struck at \(at)")
    }
    publish(driver, 0..<100)
    try driver.run()
    #expect(strikes == 6)
    #expect(finalCounts(driver) == expected)
    #expect(driver.outputs(CountingTopology.counts).count == 100)
  }

  @Test(arguments: steps, [false, true]) func crashAtAnyStepLosesAndDoublesNothing(step: MemoryStep, losingDisk: Bool)
    throws
  {
    let driver = try TopologyDriver(CountingTopology.topology, partitionCount: 2, batchRecordsMax: 7)
    defer { driver.close() }
    var passed = 0
    driver.io.onStep = { at in
      guard at == step else { return }
      passed += 1
      if passed % 3 == 0 { throw StreamError(.fatal, "crashed at \(at)") }
    }
    publish(driver, 0..<100)
    var crashes = 0
    while true {
      do {
        try driver.run()
        break
      } catch let error as StreamError where error.response == .fatal {
        crashes += 1
        try driver.restart(losingDisk: losingDisk)
      }
    }
    #expect(crashes > 2)
    #expect(finalCounts(driver) == expected)
    #expect(driver.outputs(CountingTopology.counts).count == 100)
  }

  @Test func damagedStoreIsRestoredWhole() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    defer { driver.close() }
    publish(driver, 0..<50)
    try driver.run()
    var strikes = 0
    driver.io.onStep = { step in
      guard step == .beforeBegin, strikes == 0 else { return }
      strikes += 1
      throw StreamError(.rebuildStore, "damaged")
    }
    publish(driver, 50..<100)
    try driver.run()
    #expect(strikes == 1 && finalCounts(driver) == expected)
    #expect(!driver.metrics.exposition().contains("stampede_restore_records_total{service=\"counter\"} 0"))
  }

  @Test func poisonGoesToDeadLettersAndTheNextRecordIsUnharmed() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    defer { driver.close() }
    driver.publish(CountingTopology.events, key: "a", value: "no number")
    driver.publish(CountingTopology.events, key: "a", value: "5")
    try driver.run()
    let dead = driver.outputs("counter.dead-letters")
    #expect(dead.map(\.value) == ["no number"])
    #expect(dead.first?.headers["dl_error"] == "not-a-time")
    #expect(dead.first?.headers["dl_topic"] == CountingTopology.events)
    #expect(finalCounts(driver) == ["a": "1"])
  }

  @Test func deadLetterKeepsTheRecordsOwnHeadersInTheirOrder() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    defer { driver.close() }
    let own = [("ce_id", "1"), ("empty", ""), ("ce_id", "2")].map { (name: $0.0, value: Array($0.1.utf8)) }
    driver.log.publish(CountingTopology.events, key: nil, value: Array("no number".utf8), headers: own)
    try driver.run()
    let letter = try #require(driver.log.records("counter.dead-letters").first)
    #expect(letter.headers.prefix(3).map(\.name) == own.map(\.name))
    #expect(letter.headers.prefix(3).map(\.value) == own.map(\.value))
    #expect(letter.headers.dropFirst(3).allSatisfy { $0.name.hasPrefix("dl_") })
  }

  @Test func deadLetterOfARecordWithHeadersWithoutEndKeepsWhatARecordTakes() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    defer { driver.close() }
    let own = (0..<1_500).map { (name: "h\($0)", value: [UInt8]()) }
    driver.log.publish(CountingTopology.events, key: nil, value: Array("no number".utf8), headers: own)
    try driver.run()
    let letter = try #require(driver.log.records("counter.dead-letters").first)
    #expect(letter.headers.prefix(1_000).map(\.name) == own.prefix(1_000).map(\.name))
    #expect(driver.outputs("counter.dead-letters").first?.headers["dl_headers_left_out"] == "500")
  }

  @Test func storeThatIsAheadOfItsChangelogStopsTheWorker() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    publish(driver, 0..<50)
    try driver.run()
    driver.close()
    let io = MemoryIO(
      log: MemoryLog(partitionCount: 1), group: MemoryGroup(name: "counter"), topology: CountingTopology.topology,
      disk: driver.disk, transactionalId: driver.io.transactionalId, nowMs: { 0 })
    let other = try StreamThread(
      topology: CountingTopology.topology,
      settings: WorkerSettings(
        clock: .stream, batchRecordsMax: 10, commitIntervalMs: 0, changelogDeleteRetentionMs: .max, wallNowMs: { 0 },
        monotonicMs: { 0 }), io: io, index: 0, metrics: WorkerMetrics(service: "counter")
    ) { _, _, _ in }
    defer { other.close() }
    let error = #expect(throws: StreamError.self) { for _ in 0..<10 { try other.step() } }
    #expect(error?.response == .fatal && error?.description.contains("the topic was recreated") == true)
  }
}
