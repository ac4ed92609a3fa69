import StreamRuntime
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct TimerTests {
  @Test func streamTimeTickRunsDueTimersBeforeLaterRecords() throws {
    let driver = try TopologyDriver(CountingTopology.topology)
    defer { driver.close() }
    driver.publish(CountingTopology.events, key: "a", value: "10")
    try driver.run()
    driver.publish(CountingTopology.ticks, key: nil, value: "1010")
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).map(\.value) == ["1", nil])
    #expect(driver.rows(of: "counts").isEmpty)
    try driver.restart(losingDisk: true)
    try driver.run()
    // Brought back by the changelog the row would be due, and be told gone once more.
    #expect(driver.rows(of: "counts").isEmpty && driver.outputs(CountingTopology.counts).count == 2)
  }

  @Test func wallTimersRunWhenTheMachinesClockReachesThem() throws {
    let driver = try TopologyDriver(CountingTopology.topology, clock: .wall, wallNowMs: 0)
    defer { driver.close() }
    driver.publish(CountingTopology.events, key: "a", value: "10")
    try driver.run()
    driver.wall.nowMs = 1_009
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).count == 1)
    driver.wall.nowMs = 1_010
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).map(\.value) == ["1", nil])
  }

  @Test func aClockThatJumpsAheadAndBackRunsEachTimerOnce() throws {
    let driver = try TopologyDriver(CountingTopology.topology, clock: .wall, wallNowMs: 0)
    defer { driver.close() }
    driver.publish(CountingTopology.events, key: "a", value: "10")
    try driver.run()
    driver.wall.nowMs = 1_000_000
    try driver.run()
    driver.wall.nowMs = 0
    try driver.run()
    driver.publish(CountingTopology.events, key: "b", value: "20")
    try driver.run()
    // Back in the past, nothing of what ran ahead of its time is undone or done again, and new timers wait for theirs.
    #expect(driver.outputs(CountingTopology.counts).map(\.value) == ["1", nil, "1"])
    driver.wall.nowMs = 1_020
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).map(\.value) == ["1", nil, "1", nil])
  }

  @Test func aStoreIsCurrentAsOfItsLastCommit() throws {
    let driver = try TopologyDriver(CountingTopology.topology, clock: .wall, wallNowMs: 0)
    defer { driver.close() }
    try driver.run()
    driver.wall.nowMs = 1_000_000
    driver.publish(CountingTopology.events, key: "a", value: "2000000")
    try driver.run()
    driver.wall.nowMs = 0
    let all = driver.log.records("counter.counts.changelog").count
    try driver.restart()
    try driver.run()
    // The last commit lies in what is the future now: a store that took no note of it would pass for current.
    #expect(driver.metrics.exposition().contains("stampede_restore_records_total{service=\"counter\"} \(all)\n"))
  }

  @Test func aStoreLastUsedAtATimeStillToComeIsRestoredWhole() throws {
    let driver = try TopologyDriver(CountingTopology.topology, clock: .wall, wallNowMs: 1_000_000)
    defer { driver.close() }
    for key in 0..<5 { driver.publish(CountingTopology.events, key: "k\(key)", value: "2000000") }
    try driver.run()
    driver.wall.nowMs = 0
    let all = driver.log.records("counter.counts.changelog").count
    try driver.restart()
    try driver.run()
    #expect(driver.metrics.exposition().contains("stampede_restore_records_total{service=\"counter\"} \(all)\n"))
    #expect(driver.rows(of: "counts").count == 5)
  }

  @Test func manyDueTimersRunInBoundedCyclesUntilNoneIsLeft() throws {
    let driver = try TopologyDriver(CountingTopology.topology, batchRecordsMax: 10)
    defer { driver.close() }
    for key in 0..<95 { driver.publish(CountingTopology.events, key: "k\(key)", value: "1") }
    try driver.run()
    driver.publish(CountingTopology.ticks, key: nil, value: "9000")
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).count(where: { $0.value == nil }) == 95)
  }

  @Test func timersThatTakeSeveralCyclesAllRunBeforeTheNextRecord() throws {
    let driver = try TopologyDriver(CountingTopology.topology, batchRecordsMax: 10)
    defer { driver.close() }
    for key in 0..<95 { driver.publish(CountingTopology.events, key: "k\(key)", value: "\(key)") }
    try driver.run()
    driver.publish(CountingTopology.ticks, key: nil, value: "9000")
    while driver.outputs(CountingTopology.counts).count == 95 { try driver.step() }
    driver.publish(CountingTopology.events, key: "k94", value: "9001")
    try driver.run()
    #expect(driver.outputs(CountingTopology.counts).filter { $0.key == "k94" }.map(\.value) == ["1", nil, "1"])
  }
}
