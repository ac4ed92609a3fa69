import StreamRuntime
import StreamTesting
import Testing

/// What a worker tells of itself while cycles fail and partitions come and go.
@Suite(.timeLimit(.minutes(10))) struct FiguresTests {
  @Test(arguments: [MemoryStep.beforeBegin, .afterProduce, .afterOffsets])
  func onlyCommittedCyclesAreCounted(step: MemoryStep) throws {
    let driver = try TopologyDriver(CountingTopology.topology, batchRecordsMax: 7)
    defer { driver.close() }
    for event in 0..<20 { driver.publish(CountingTopology.events, key: "k", value: "\(event)") }
    driver.publish(CountingTopology.events, key: "k", value: "no number")
    var strikes = 0
    driver.io.onStep = { at in
      guard at == step, strikes < 5 else { return }
      strikes += 1
      throw StreamError(.abortTransaction, "struck")
    }
    try driver.run()
    let told = driver.metrics.exposition()
    #expect(strikes == 5 && told.contains("stampede_cycles_aborted_total{service=\"counter\"} 5\n"))
    #expect(told.contains("stampede_records_in_total{service=\"counter\",topic=\"\(CountingTopology.events)\"} 21\n"))
    #expect(told.contains("stampede_records_out_total{service=\"counter\",topic=\"\(CountingTopology.counts)\"} 20\n"))
    #expect(told.contains("stampede_records_dead_lettered_total{service=\"counter\"} 1\n"))
  }

  @Test func partitionsThatAreLostEndReadinessAndKeepTheirLag() throws {
    let log = MemoryLog(partitionCount: 2)
    let group = MemoryGroup(name: "counter")
    let metrics = WorkerMetrics(service: "counter")
    let topology = CountingTopology.topology
    let io = MemoryIO(
      log: log, group: group, topology: topology, disk: MemoryDisk(), transactionalId: "counter-0-0", nowMs: { 0 })
    let thread = try StreamThread(
      topology: topology,
      settings: WorkerSettings(
        clock: .stream, batchRecordsMax: 10, commitIntervalMs: 0, changelogDeleteRetentionMs: .max, inputPartitions: 2,
        wallNowMs: { 0 }, monotonicMs: { 0 }), io: io, index: 0, metrics: metrics
    ) { _, _, _ in }
    defer { thread.close() }
    #expect(!metrics.isReady)
    for _ in 0..<10 { try thread.step() }
    #expect(metrics.isReady)
    let series = lagSeries(metrics)
    #expect(series.count == 2 * topology.inputTopics.count)
    #expect(metrics.exposition().contains("stampede_input_partitions{service=\"counter\"} 2\n"))

    var wasLost = false
    #expect(group.expire(instance: "counter-0-0"))
    for _ in 0..<10 {
      try thread.step()
      wasLost = wasLost || !metrics.isReady
      #expect(lagSeries(metrics) == series)
    }
    #expect(wasLost && metrics.isReady)
  }

  private func lagSeries(_ metrics: WorkerMetrics) -> [Substring] {
    metrics.exposition().split(separator: "\n").filter { $0.hasPrefix("stampede_partition_lag_records{") }.sorted()
  }
}
