import StreamRuntime
import StreamTesting
import Testing

/// What a worker does where its inputs are not what they were: records deleted, a topic made again, offsets lost or set
/// by another hand, a disk of another cluster.
@Suite(.timeLimit(.minutes(5))) struct InputLossTests {
  private static let group = "counter"
  private let place = TopicPartition(topic: CountingTopology.events, partition: 0)

  private func driver(partitionCount: Int = 1) throws -> TopologyDriver {
    try TopologyDriver(CountingTopology.topology, partitionCount: partitionCount)
  }

  private func publish(_ driver: TopologyDriver, _ count: Int, from first: Int = 0, partition: Int32 = 0) {
    for event in first..<first + count {
      driver.log.publish(
        CountingTopology.events, partition: partition, key: Array("k".utf8), value: Array("1\(event)".utf8),
        timestampMs: Int64(event))
    }
  }

  /// As many steps as a partition takes to stop or to go on.
  private func settle(_ driver: TopologyDriver) throws {
    for _ in 0..<8 {
      driver.steady.nowMs += 1_000
      try driver.step()
    }
  }

  private func processed(_ driver: TopologyDriver) -> Int { driver.outputs(CountingTopology.counts).count }

  private func lost(_ driver: TopologyDriver) -> String? {
    let name = "stampede_partition_lost_records{service=\"counter\",topic=\"events\",partition=\"0\"} "
    return driver.metrics.exposition().split(separator: "\n").first { $0.hasPrefix(name) }
      .map { String($0.dropFirst(name.count)) }
  }

  private func stops(_ driver: TopologyDriver) -> [String] {
    driver.logged.filter { $0.hasPrefix("partition stopped") }
  }

  // MARK: Records that are gone

  @Test func recordsDeletedBeforeTheyWereProcessedStopTheirPartitionAloneAndOnce() throws {
    let driver = try driver(partitionCount: 2)
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    publish(driver, 10, from: 10)
    driver.log.delete(place, before: 15)
    try driver.start()
    publish(driver, 5, partition: 1)
    try settle(driver)
    #expect(processed(driver) == 15, "the other partition goes on")
    #expect(lost(driver) == "5" && !driver.metrics.isReady)
    #expect(stops(driver).count == 1)
    let told = stops(driver).first ?? ""
    for words in [
      "events[0] lost 5 records", "begins at offset 15, and next was 10",
      "`loyalty offsets accept-loss counter --topic events --partition 0 --from 10 --up-to 15`",
    ] { #expect(told.contains(words), "\(told)") }
  }

  @Test func partitionGoesOnByItselfOnceTheLossIsAccepted() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    publish(driver, 10, from: 10)
    driver.log.delete(place, before: 15)
    try driver.start()
    try settle(driver)
    // Said of another position, it says nothing of this one.
    driver.log.setCommitted(group: Self.group, place, .init(15, .accepted(from: 9)))
    try settle(driver)
    #expect(processed(driver) == 10 && lost(driver) == "0" && stops(driver).count == 2)
    driver.log.setCommitted(group: Self.group, place, .init(15, .accepted(from: 10)))
    try settle(driver)
    #expect(processed(driver) == 15 && lost(driver) == nil && driver.metrics.isReady)
    #expect(driver.log.committed(group: Self.group, place) == 20)
    try driver.restart(losingDisk: true)
    try settle(driver)
    #expect(processed(driver) == 15 && stops(driver).count == 2)
  }

  @Test func recordsDeletedUnderARunningWorkerStopIt() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 3)
    try driver.run()
    publish(driver, 10, from: 3)
    driver.log.delete(place, before: 7)
    try settle(driver)
    #expect(processed(driver) == 3 && lost(driver) == "4")
  }

  @Test(arguments: [false, true]) func recordsDeletedAfterTheyWereProcessedAreNoLoss(losingDisk: Bool) throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.log.delete(place, before: 10)
    try driver.restart(losingDisk: losingDisk)
    try settle(driver)
    publish(driver, 2, from: 10)
    try settle(driver)
    #expect(processed(driver) == 12 && stops(driver).isEmpty && driver.metrics.isReady)
  }

  @Test func firstStartBeginsWhereTheTopicDoes() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    driver.log.delete(place, before: 4)
    try driver.run()
    #expect(processed(driver) == 6 && stops(driver).isEmpty)
  }

  @Test func emptyTopicIsPromisedFromTheFirstStartOn() throws {
    let driver = try driver()
    defer { driver.close() }
    try driver.run()
    driver.close()
    publish(driver, 10)
    driver.log.delete(place, before: 10)
    try driver.start()
    try settle(driver)
    #expect(lost(driver) == "10")
  }

  // MARK: A topic made again

  @Test(arguments: [0, 4, 30], [false, true]) func recreatedTopicStopsThePartition(records: Int, withItsOffsets: Bool)
    throws
  {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    driver.log.recreate(CountingTopology.events)
    if withItsOffsets { driver.log.setCommitted(group: Self.group, place, nil) }
    publish(driver, records, from: 1_000)
    try driver.start()
    try settle(driver)
    #expect(processed(driver) == 10 && !driver.metrics.isReady && lost(driver) == "0")
    let words = records > 10 ? "holds another record before offset 10" : "ends at offset \(records), but all before 10"
    #expect(stops(driver).first?.contains(words) == true, "\(stops(driver))")
    driver.log.setCommitted(group: Self.group, place, .init(0, .accepted(from: 10)))
    try settle(driver)
    #expect(processed(driver) == 10 + records && driver.metrics.isReady)
  }

  // MARK: Offsets of another hand

  @Test(arguments: [false, true]) func lostOffsetsOfTheGroupRepeatNothing(losingDisk: Bool) throws {
    let driver = try driver(partitionCount: 2)
    defer { driver.close() }
    publish(driver, 10)
    publish(driver, 7, partition: 1)
    try driver.run()
    driver.log.forgetOffsets(group: Self.group)
    try driver.restart(losingDisk: losingDisk)
    try driver.run()
    #expect(processed(driver) == 17 && driver.log.committed(group: Self.group, place) == 10)
    publish(driver, 1, from: 10)
    try driver.run()
    #expect(processed(driver) == 18)
    #expect(driver.logged.contains { $0.contains("the group has lost its offset of events[0]; going on at 10") })
  }

  @Test func offsetSetBackStopsThePartitionWithBothNumbers() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    driver.log.setCommitted(group: Self.group, place, .init(4, .none))
    try driver.start()
    try settle(driver)
    #expect(processed(driver) == 10)
    #expect(stops(driver).first?.contains("has committed 4 of events[0], but the store stands at 10") == true)
    driver.log.setCommitted(group: Self.group, place, .init(10, .accepted(from: 10)))
    try settle(driver)
    #expect(processed(driver) == 10 && driver.metrics.isReady)
  }

  /// As after a turn of release 0.1.0, whose commits bear no note and whose stores keep no position.
  @Test func offsetSetAheadByAnotherHandIsFollowed() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    publish(driver, 5, from: 10)
    driver.log.setCommitted(group: Self.group, place, .init(12, .none))
    try driver.start()
    try driver.run()
    #expect(processed(driver) == 13 && stops(driver).isEmpty)
  }

  @Test func ownOffsetAheadOfTheStoreSaysThatTheChangelogLostItsEnd() throws {
    let driver = try driver()
    defer { driver.close() }
    publish(driver, 10)
    try driver.run()
    driver.close()
    publish(driver, 5, from: 10)
    driver.log.setCommitted(group: Self.group, place, .init(12, .kept))
    try driver.start()
    try settle(driver)
    #expect(processed(driver) == 10 && stops(driver).first?.contains("changelogs have lost their ends") == true)
  }

  // MARK: Markers

  @Test func idleTopicIsCommittedBehindTheMarkersOfItsTransactions() throws {
    let driver = try driver()
    defer { driver.close() }
    try driver.log.publish([.init(key: [1], value: Array("1".utf8))], to: place, isCommitted: true)
    try driver.run()
    try settle(driver)
    #expect(driver.log.highWatermark(place) == 2 && driver.log.committed(group: Self.group, place) == 2)
    let lag = "stampede_partition_lag_records{service=\"counter\",topic=\"events\",partition=\"0\"} 0"
    #expect(driver.metrics.exposition().contains(lag))
    try driver.log.publish([.init(key: [1], value: Array("1".utf8))], to: place, isCommitted: false)
    try settle(driver)
    #expect(driver.log.committed(group: Self.group, place) == 4)
    // Nothing more to say, nothing more is committed.
    let transactions = driver.log.highWatermark(TopicPartition(topic: "counter.counts.changelog", partition: 0))
    try settle(driver)
    #expect(driver.log.highWatermark(TopicPartition(topic: "counter.counts.changelog", partition: 0)) == transactions)
  }

  // MARK: A disk of another cluster

  private func moved(_ driver: TopologyDriver, to log: MemoryLog) throws -> StreamThread {
    let io = MemoryIO(
      log: log, group: MemoryGroup(name: Self.group), topology: CountingTopology.topology, disk: driver.disk,
      transactionalId: driver.io.transactionalId, nowMs: { 0 })
    return try StreamThread(
      topology: CountingTopology.topology,
      settings: WorkerSettings(
        clock: .stream, batchRecordsMax: 10, commitIntervalMs: 0, changelogDeleteRetentionMs: .max, wallNowMs: { 0 },
        monotonicMs: { 0 }), io: io, index: 0, metrics: WorkerMetrics(service: Self.group)
    ) { _, _, _ in }
  }

  @Test func diskOfAnotherClusterIsRestoredFromThisOnesChangelog() throws {
    let here = try TopologyDriver(CountingTopology.topology)
    publish(here, 3)
    try here.run()
    here.close()
    let there = MemoryLog(partitionCount: 1, clusterId: "there")
    let other = try TopologyDriver(CountingTopology.topology, log: there)
    for key in ["a", "b", "c", "d"] {
      there.publish(CountingTopology.events, partition: 0, key: Array(key.utf8), value: Array("1".utf8))
    }
    try other.run()
    let rows = other.rows(of: "counts")
    other.close()
    let thread = try moved(here, to: there)
    for _ in 0..<8 { try thread.step() }
    thread.close()
    #expect(here.disk.rows(partition: 0, table: 0) == rows)
  }

  @Test func diskOfAnotherClusterIsNotEmptiedWhereTheChangelogIsEmpty() throws {
    let here = try TopologyDriver(CountingTopology.topology)
    publish(here, 3)
    try here.run()
    let rows = here.rows(of: "counts")
    here.close()
    let thread = try moved(here, to: MemoryLog(partitionCount: 1, clusterId: "there"))
    let error = #expect(throws: StreamError.self) { for _ in 0..<8 { try thread.step() } }
    thread.close()
    #expect(
      error?.response == .fatal && error?.description.contains("of another cluster (memory; this is there)") == true)
    #expect(here.disk.rows(partition: 0, table: 0) == rows)
  }

  @Test func rowsWithoutAnyPositionStopThePartition() throws {
    let driver = try driver()
    defer { driver.close() }
    driver.log.publish("counter.counts.changelog", partition: 0, key: Array("k".utf8), value: [0, 1, 2, 0])
    publish(driver, 3)
    try settle(driver)
    #expect(processed(driver) == 0)
    #expect(stops(driver).first?.contains("neither it nor the group counter says") == true, "\(driver.logged)")
    driver.log.setCommitted(group: Self.group, place, .init(1, .accepted(from: 0)))
    try settle(driver)
    #expect(processed(driver) == 2)
  }
}
