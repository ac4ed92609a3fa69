import StreamRuntime
import StreamTesting
import Testing

/// A timer that no cycle can be committed with, or that the process dies of, is put off; all others run on time, and
/// what is no timer's fault puts none off.
@Suite(.timeLimit(.minutes(10))) struct TimerBlameTests {
  private typealias Alarm = AlarmTopology

  private static let hourMs: Int64 = 3_600_000
  private let world = AlarmTopology.World()

  private func driver(batchRecordsMax: Int = 100, clock: ClockMode = .wall) throws -> TopologyDriver {
    try TopologyDriver(
      Alarm.topology(world), partitionCount: 2, clock: clock, batchRecordsMax: batchRecordsMax, wallNowMs: 1_000,
      outputBytesMax: Alarm.outputBytesMax)
  }

  /// Twenty alarms in two partitions, all due at the same time but for the harmful ones amidst them.
  private func set(_ harm: String, harmful: Int = 1, on driver: TopologyDriver) throws {
    for index in 0..<20 {
      driver.publish(Alarm.events, partition: Int32(index % 2), key: "a\(index)", value: "ring|2000")
    }
    for index in 0..<harmful {
      driver.publish(Alarm.events, partition: 1, key: "h\(index)", value: "\(harm)|\(index % 2 == 0 ? 1_999 : 2_000)")
    }
    try driver.run()
  }

  private func rung(_ driver: TopologyDriver) -> [String] { driver.outputs(Alarm.rung).compactMap(\.key).sorted() }

  private let all = (0..<20).map { "a\($0)" }.sorted()

  private func putOff(_ driver: TopologyDriver) -> Int {
    let line = driver.metrics.exposition().split(separator: "\n").first {
      $0.hasPrefix("stampede_timers_put_off_total{service=\"alarm\",store=\"alarms\"} ")
    }
    return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
  }

  @Test(arguments: ["burst", "swell", "nowhere", "throw", "stuck"], [1, 3, 100])
  func aTimerThatNoCycleIsCommittedWithIsPutOff(harm: String, batch: Int) throws {
    let driver = try driver(batchRecordsMax: batch)
    defer { driver.close() }
    try set(harm, on: driver)
    driver.wall.nowMs = 2_500
    try driver.run()
    #expect(rung(driver) == all)
    #expect(putOff(driver) == 1)
    #expect(driver.logged.contains("put off a timer whose own cycle cannot be committed"))
    #expect(driver.rows(of: "alarms", partition: 1).count == 1)
    // The partition goes on, with records and with timers.
    driver.publish(Alarm.events, partition: 1, key: "later", value: "ring|3000")
    try driver.run()
    driver.wall.nowMs = 3_000
    try driver.run()
    #expect(rung(driver) == (all + ["later"]).sorted())
    #expect(putOff(driver) == 1 && driver.outputs("alarm.dead-letters").isEmpty)
  }

  @Test func aTimerThatWasPutOffIsTriedAgainAfterAPause() throws {
    let driver = try driver()
    defer { driver.close() }
    try set("burst", on: driver)
    driver.wall.nowMs = 2_500
    try driver.run()
    driver.wall.nowMs = 2_500 + Self.hourMs - 1
    try driver.run()
    #expect(putOff(driver) == 1)
    let aborted = aborts(driver)
    driver.wall.nowMs = 2_500 + Self.hourMs
    try driver.run()
    #expect(putOff(driver) == 2)
    // It is tried alone: nothing else is done again for it.
    #expect(aborts(driver) == aborted + 1)
    world.isHarmless = true
    driver.wall.nowMs = 2_500 + 2 * Self.hourMs
    try driver.run()
    #expect(rung(driver) == (all + ["h0"]).sorted())
    #expect(putOff(driver) == 2 && driver.rows(of: "alarms", partition: 1).isEmpty)
  }

  private func aborts(_ driver: TopologyDriver) -> Int {
    let line = driver.metrics.exposition().split(separator: "\n").first {
      $0.hasPrefix("stampede_cycles_aborted_total")
    }
    return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
  }

  @Test func aStartTriesAtOnceWhatWasPutOff() throws {
    let driver = try driver()
    defer { driver.close() }
    try set("burst", on: driver)
    driver.wall.nowMs = 2_500
    try driver.run()
    world.isHarmless = true
    try driver.restart()
    try driver.run()
    #expect(rung(driver) == (all + ["h0"]).sorted())
  }

  /// More than the cycles that may fail in a row.
  @Test func manyHarmfulTimersAreAllPutOff() throws {
    let driver = try driver(batchRecordsMax: 10)
    defer { driver.close() }
    try set("burst", harmful: 45, on: driver)
    driver.wall.nowMs = 2_500
    try driver.run()
    #expect(rung(driver) == all)
    #expect(putOff(driver) == 45)
  }

  /// Then the partition's other timers wait too, and its records do not.
  @Test func moreHarmfulTimersThanArePutOffAtATimeLetTheOthersWait() throws {
    let driver = try driver()
    defer { driver.close() }
    for index in 0..<1_100 { driver.publish(Alarm.events, partition: 1, key: "h\(index)", value: "burst|1999") }
    try set("ring", harmful: 0, on: driver)
    driver.wall.nowMs = 2_500
    try driver.run()
    #expect(rung(driver).count == 10 && putOff(driver) == 1_000)
    driver.publish(Alarm.events, partition: 1, key: "later", value: "ring|9000")
    try driver.run()
    #expect(driver.rows(of: "alarms", partition: 1).count == 1_111)
    world.isHarmless = true
    driver.wall.nowMs = 2_500 + Self.hourMs
    try driver.run()
    #expect(driver.rows(of: "alarms", partition: 1).isEmpty)
  }

  @Test(arguments: [1, 100]) func aTickRunsAllTimersButTheHarmfulOneBeforeLaterRecords(batch: Int) throws {
    let driver = try driver(batchRecordsMax: batch, clock: .stream)
    defer { driver.close() }
    try set("burst", on: driver)
    for partition in 0..<Int32(2) { driver.publish(Alarm.events, partition: partition, key: nil, value: "tick|2500") }
    driver.publish(Alarm.events, partition: 1, key: "later", value: "ring|2400")
    try driver.run()
    #expect(rung(driver) == (all + ["later"]).sorted())
    #expect(putOff(driver) == 1 && driver.outputs("alarm.dead-letters").isEmpty)
  }

  // MARK: Deaths

  /// `@unchecked Sendable`: one thread uses it, that of the test, which steps the worker.
  private final class Traps: @unchecked Sendable {
    weak var driver: TopologyDriver?
    var isTrapped = false

    func spring() {
      isTrapped = true
      driver?.io.die()
    }
  }

  /// Runs until the process outlives it; returns how often it died.
  private func liveOn(_ driver: TopologyDriver, _ traps: Traps) throws -> Int {
    for deaths in 0..<20 {
      do {
        try driver.run()
        return deaths
      } catch  where traps.isTrapped {
        traps.isTrapped = false
        try driver.die()
      }
    }
    return 20
  }

  private func trapping(batchRecordsMax: Int = 100) throws -> (TopologyDriver, Traps) {
    let traps = Traps()
    let driver = try driver(batchRecordsMax: batchRecordsMax)
    traps.driver = driver
    world.onTrap { traps.spring() }
    try set("trap", on: driver)
    driver.wall.nowMs = 2_500
    return (driver, traps)
  }

  @Test(arguments: [1, 3, 100]) func aTimerThatKillsTheProcessIsPutOff(batch: Int) throws {
    let (driver, traps) = try trapping(batchRecordsMax: batch)
    defer { driver.close() }
    let deaths = try liveOn(driver, traps)
    #expect((3...6).contains(deaths), "died \(deaths) times")
    #expect(rung(driver) == all)
    #expect(putOff(driver) == 1)
    #expect(
      driver.logged.contains { $0.contains("earlier starts died at the timer of key ") && $0.contains("in alarms[1]") })
    driver.publish(Alarm.events, partition: 1, key: "later", value: "ring|2000")
    try driver.run()
    #expect(rung(driver) == (all + ["later"]).sorted())
  }

  /// A stop in good order does not forget it, and with each death the pause is twice as long.
  @Test func aTimerThatKillsIsTriedOnceAPause() throws {
    let (driver, traps) = try trapping()
    defer { driver.close() }
    _ = try liveOn(driver, traps)
    try driver.restart()
    #expect(try liveOn(driver, traps) == 0 && putOff(driver) == 2)
    driver.wall.nowMs += Self.hourMs
    #expect(try liveOn(driver, traps) == 1 && putOff(driver) == 3)
    driver.wall.nowMs += Self.hourMs
    #expect(try liveOn(driver, traps) == 0 && putOff(driver) == 3)
    world.isHarmless = true
    driver.wall.nowMs += Self.hourMs
    #expect(try liveOn(driver, traps) == 0)
    #expect(rung(driver) == (all + ["h0"]).sorted())
    driver.close()
    #expect(driver.disk.notes.isEmpty)
  }

  /// A kill finds a cycle open wherever it strikes; what it strikes is not to blame.
  @Test(arguments: [MemoryStep.afterOffsets, .afterCommit, .beforeStoreCommit]) func killsFromOutsidePutOffNoTimer(
    step: MemoryStep
  ) throws {
    let driver = try driver(batchRecordsMax: 2)
    defer { driver.close() }
    try set("ring", on: driver)
    driver.wall.nowMs = 2_500
    var deaths = 0
    while deaths < 14, rung(driver).count < 21 {
      let io = driver.io
      io.onStep = { if $0 == step { io.die() } }
      #expect(throws: (any Error).self) { try driver.run() }
      try driver.die()
      deaths += 1
    }
    #expect(deaths >= 5)
    try driver.run()
    #expect(rung(driver).count == 21 && putOff(driver) == 0)
  }

  /// Every transaction fails, that of a cycle without timers too.
  @Test func aProducerThatFailsWhateverIsTakenPutsOffNoTimer() throws {
    let driver = try driver()
    try set("ring", on: driver)
    driver.wall.nowMs = 2_500
    driver.io.onStep = { if $0 == .afterOffsets { throw StreamError(.abortTransaction, "fenced") } }
    let error = #expect(throws: StreamError.self) { for _ in 0..<1_000 { try driver.step() } }
    #expect(error?.response == .fatal && error?.description.contains("20 cycles failed in a row") == true)
    #expect(putOff(driver) == 0)
    driver.close()
  }
}
