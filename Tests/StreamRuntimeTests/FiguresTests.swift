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

  @Test func figuresOfOneNameAndLabelsBecomeOne() {
    let metrics = WorkerMetrics(service: "s")
    func age(_ value: Int) -> Gauge { Gauge("age", "Age.", value, labels: [.init("channel", "sms")], whole: .largest) }
    func ended(_ code: String, _ value: Int) -> Gauge {
      Gauge("ended_total", "Ended.", value, labels: [.init("channel", "sms"), .init("code", code)], isCounter: true)
    }
    let gauges = [
      age(3), age(9), age(4), ended("b\"", 1), ended("a", 2), ended("a", 3), Gauge("plain", "Plain.", 0),
    ]
    metrics.tell { gauges }
    let told = metrics.exposition()
    #expect(told.contains("# TYPE age gauge\nage{service=\"s\",channel=\"sms\"} 9\n"))
    #expect(
      told.contains(
        "# TYPE ended_total counter\nended_total{service=\"s\",channel=\"sms\",code=\"a\"} 5\n"
          + "ended_total{service=\"s\",channel=\"sms\",code=\"b\\\"\"} 1\n"))
    #expect(told.contains("plain{service=\"s\"} 0\n"))
  }

  @Test func histogramsOfOneNameStandUnderOneHead() {
    func histogram(_ channel: String, _ values: Double...) -> Histogram {
      var made = Histogram("wait_seconds", "Wait.", labels: [.init("channel", channel)], bounds: [1, 10])
      for value in values { made.observe(value) }
      return made
    }
    let metrics = WorkerMetrics(service: "s")
    let histograms = [histogram("sms", 0.5, 1, 2, 11), histogram("email")]
    metrics.tellHistograms { histograms }
    let lines = metrics.exposition().split(separator: "\n").filter { $0.contains("wait_seconds") }
    let labels = "service=\"s\",channel"
    #expect(
      lines == [
        "# HELP wait_seconds Wait.", "# TYPE wait_seconds histogram",
        "wait_seconds_bucket{\(labels)=\"email\",le=\"1.0\"} 0",
        "wait_seconds_bucket{\(labels)=\"email\",le=\"10.0\"} 0",
        "wait_seconds_bucket{\(labels)=\"email\",le=\"+Inf\"} 0", "wait_seconds_sum{\(labels)=\"email\"} 0.0",
        "wait_seconds_count{\(labels)=\"email\"} 0", "wait_seconds_bucket{\(labels)=\"sms\",le=\"1.0\"} 2",
        "wait_seconds_bucket{\(labels)=\"sms\",le=\"10.0\"} 3", "wait_seconds_bucket{\(labels)=\"sms\",le=\"+Inf\"} 4",
        "wait_seconds_sum{\(labels)=\"sms\"} 14.5", "wait_seconds_count{\(labels)=\"sms\"} 4",
      ])
  }

  private func lagSeries(_ metrics: WorkerMetrics) -> [Substring] {
    metrics.exposition().split(separator: "\n").filter { $0.hasPrefix("stampede_partition_lag_records{") }.sorted()
  }
}
