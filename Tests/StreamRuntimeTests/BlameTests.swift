import StreamRuntime
import StreamTesting
import Testing

/// A record that no cycle can be committed with, or that the process dies of, becomes a dead letter; every other record
/// counts once, and what is no record's fault makes none.
@Suite(.timeLimit(.minutes(10))) struct BlameTests {
  private typealias Harmful = HarmfulTopology

  private func driver(batchRecordsMax: Int = 100) throws -> TopologyDriver {
    try TopologyDriver(
      Harmful.topology(), partitionCount: 2, batchRecordsMax: batchRecordsMax, outputBytesMax: Harmful.outputBytesMax)
  }

  /// Twenty records of four keys, the harmful one amidst them.
  private func publish(_ harm: String, to driver: TopologyDriver) {
    for index in 0..<20 {
      if index == 9 { driver.publish(Harmful.events, partition: 1, key: "k1", value: harm) }
      driver.publish(index % 5 == 4 ? Harmful.others : Harmful.events, key: "k\(index % 4)", value: "fine")
    }
  }

  private func expectAllButOneCounted(_ driver: TopologyDriver, _ code: String) throws {
    let letters = driver.outputs(Harmful.deadLetters)
    #expect(letters.map { $0.headers["dl_error"] } == [code])
    let counts = driver.outputs(Harmful.counts)
    #expect(counts.count == 20)
    #expect(
      Dictionary(grouping: counts, by: \.key).mapValues { $0.map(\.value) }.values.allSatisfy {
        $0 == ["1", "2", "3", "4", "5"]
      })
  }

  @Test(
    arguments: [
      ("burst", "output-too-large"), ("swell", "output-too-large"), ("nowhere", "unknown-partition"),
      ("throw", "failed-record"), ("stuck", "failed-cycle"),
    ], [1, 3, 100]) func aRecordThatNoCycleIsCommittedWithIsADeadLetter(harm: (String, String), batch: Int) throws
  {
    let driver = try driver(batchRecordsMax: batch)
    defer { driver.close() }
    publish(harm.0, to: driver)
    try driver.run()
    try expectAllButOneCounted(driver, harm.1)
    let letter = try #require(driver.outputs(Harmful.deadLetters).first)
    #expect(letter.key == "k1" && letter.value == harm.0)
    #expect(letter.headers["dl_message"]?.contains("person") == false)
  }

  @Test func theDeadLetterSaysWhatDidNotFitWhere() throws {
    let driver = try driver()
    defer { driver.close() }
    for harm in ["burst", "swell", "nowhere"] { driver.publish(Harmful.events, partition: 0, key: "a", value: harm) }
    try driver.run()
    let messages = driver.outputs(Harmful.deadLetters).compactMap { $0.headers["dl_message"] }
    #expect(messages.count == 3)
    #expect(messages[0].contains("a record for counts has 10129 bytes, and the topic takes 10000"))
    #expect(messages[1].contains("harmful.notes.changelog"))
    #expect(messages[2] == "a record is for partition 99 of counts, which has 2")
  }

  /// Dies of the record until it is a dead letter; returns how often it died.
  private func liveOn(_ driver: TopologyDriver, _ isDead: () -> Bool) throws -> Int {
    for deaths in 0..<20 {
      do {
        try driver.run()
        return deaths
      } catch  where isDead() {
        try driver.die()
      }
    }
    return 20
  }

  /// `@unchecked Sendable`: one thread uses it, that of the test, which steps the worker.
  private final class Traps: @unchecked Sendable {
    weak var driver: TopologyDriver?
    var isTrapped = false

    func spring() {
      isTrapped = true
      driver?.io.die()
    }

    func isDead() -> Bool {
      defer { isTrapped = false }
      return isTrapped
    }
  }

  @Test(arguments: [1, 3, 100]) func aRecordThatKillsTheProcessIsADeadLetter(batch: Int) throws {
    let traps = Traps()
    let driver = try TopologyDriver(
      Harmful.topology { traps.spring() }, partitionCount: 2, batchRecordsMax: batch,
      outputBytesMax: Harmful.outputBytesMax)
    defer { driver.close() }
    traps.driver = driver
    publish("trap", to: driver)
    let deaths = try liveOn(driver, traps.isDead)
    #expect((4...5).contains(deaths), "died \(deaths) times")
    try expectAllButOneCounted(driver, "crashed-worker")
    let letter = try #require(driver.outputs(Harmful.deadLetters).first)
    let place =
      "\(letter.headers["dl_topic"] ?? "")[\(letter.headers["dl_partition"] ?? "")]@\(letter.headers["dl_offset"] ?? "")"
    #expect(letter.headers["dl_message"] == "The worker died 2 times while it processed \(place).")
    #expect(
      driver.logged.contains { $0.contains("earlier starts died at \(place), 1 times; taking one record a cycle") })
    driver.close()
    #expect(driver.disk.notes.isEmpty)
  }

  /// A kill finds a cycle open wherever it strikes; what it strikes is not to blame.
  @Test(arguments: [MemoryStep.afterOffsets, .afterCommit, .beforeStoreCommit]) func killsFromOutsideBlameNoRecord(
    step: MemoryStep
  ) throws {
    let driver = try driver(batchRecordsMax: 3)
    defer { driver.close() }
    publish("fine", to: driver)
    var deaths = 0
    while deaths < 12, driver.outputs(Harmful.counts).count < 21 {
      let io = driver.io
      io.onStep = { if $0 == step { io.die() } }
      #expect(throws: (any Error).self) { try driver.run() }
      try driver.die()
      deaths += 1
    }
    #expect(deaths >= 7)
    try driver.run()
    #expect(driver.outputs(Harmful.deadLetters).isEmpty)
    #expect(driver.outputs(Harmful.counts).count == 21)
  }

  /// The disk is full, the name is taken: a process that ends in good order has died of nothing.
  @Test func startsThatEndInGoodOrderBlameNoRecord() throws {
    let driver = try driver()
    defer { driver.close() }
    publish("fine", to: driver)
    for _ in 0..<12 {
      driver.io.onStep = { if $0 == .afterProduce { throw StreamError(.fatal, "the disk is full") } }
      #expect(throws: StreamError.self) { try driver.run() }
      try driver.restart()
    }
    driver.io.onStep = nil
    try driver.run()
    #expect(driver.outputs(Harmful.deadLetters).isEmpty)
    #expect(!driver.logged.contains { $0.contains("one record a cycle") })
    #expect(driver.outputs(Harmful.counts).count == 21)
  }

  /// Every transaction fails, that of a cycle without records too.
  @Test func aProducerThatFailsWhateverIsTakenBlamesNoRecord() throws {
    let driver = try driver()
    publish("fine", to: driver)
    try driver.run()
    publish("fine", to: driver)
    driver.io.onStep = { if $0 == .afterOffsets { throw StreamError(.abortTransaction, "fenced") } }
    let error = #expect(throws: StreamError.self) { for _ in 0..<1_000 { try driver.step() } }
    #expect(error?.response == .fatal && error?.description.contains("20 cycles failed in a row") == true)
    #expect(driver.outputs(Harmful.deadLetters).isEmpty)
    driver.close()
  }

  @Test func anErrorThatEndsTheThreadNamesTheRecordAtHand() throws {
    let driver = try driver()
    defer { driver.close() }
    driver.publish(Harmful.others, partition: 1, key: "a", value: "fine")
    driver.publish(Harmful.others, partition: 1, key: "a", value: "fatal")
    let error = #expect(throws: StreamError.self) { try driver.run() }
    #expect(error?.description == "at others[1]@1: a row is damaged")
  }

  @Test func aDeadLetterLeavesOutWhatItCannotHold() throws {
    let driver = try driver()
    defer { driver.close() }
    func harmful(value: Int, headers: [Int]) {
      driver.log.publish(
        Harmful.events, partition: 0, key: nil, value: Array("throw".utf8) + [UInt8](repeating: 32, count: value),
        headers: headers.enumerated().map { ("h\($0)", [UInt8](repeating: 120, count: $1)) })
    }
    let topology = Topology(
      service: "harmful", inputTopics: [Harmful.events], stores: Harmful.topology().stores,
      outputTopics: [Harmful.counts]
    ) { try Refusal($0) }
    let refusing = try TopologyDriver(
      topology, partitionCount: 2, log: driver.log, outputBytesMax: Harmful.outputBytesMax)
    defer { refusing.close() }
    harmful(value: 100, headers: [50, 9_000, 50])
    harmful(value: 20_000, headers: [50])
    try refusing.run()
    let letters = driver.outputs(Harmful.deadLetters)
    #expect(letters.map { $0.value?.count } == [105, nil])
    #expect(letters.map { $0.headers["dl_headers_left_out"] } == ["2", nil])
    #expect(letters.map { $0.headers["dl_value_left_out"] } == [nil, "20005"])
    #expect(letters.map { $0.headers["h0"]?.count } == [50, 50])
    #expect(letters.allSatisfy { $0.headers["dl_message"]?.utf8.count ?? .max <= 1_024 })
  }

  private final class Refusal: Processor {
    init(_ context: ProcessorContext) throws { _ = try context.store(Harmful.store) }

    func process(_ record: InputRecord) throws {
      throw PoisonRecord(code: "refused", String(repeating: "é", count: 5_000))
    }
  }
}
