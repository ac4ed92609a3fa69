import StreamRuntime
import StreamTesting
import Testing

/// Rows of one store under releases of a service that write and read other formats.
@Suite(.timeLimit(.minutes(10))) struct RowFormatTests {
  private func publish(_ driver: TopologyDriver, _ keys: Range<Int>, _ value: String = "+") {
    for key in keys { driver.publish(TallyTopology.events, key: "k\(key)", value: value) }
  }

  private func tallies(_ driver: TopologyDriver) -> [String: String] {
    Dictionary(driver.outputs(TallyTopology.tallies).map { ($0.key ?? "", $0.value ?? "") }, uniquingKeysWith: { $1 })
  }

  private func formats(_ driver: TopologyDriver) -> Set<UInt8> {
    Set(driver.disk.rows(partition: 0, table: 0).values.map { $0[1] })
  }

  private func refusal(_ driver: TopologyDriver) -> String {
    let error = #expect(throws: StreamError.self) { try driver.run() }
    #expect(error?.response == .fatal)
    return error?.description ?? ""
  }

  @Test(arguments: [false, true])
  func rowsOfALaterReleaseStopTheWorkerBeforeItIsReady(losingDisk: Bool) throws {
    let driver = try TopologyDriver(TallyTopology.of(Second.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    try driver.restart(as: TallyTopology.of(First.self))
    if losingDisk { try driver.restart(losingDisk: true) }
    publish(driver, 0..<3)
    let told = refusal(driver)
    #expect(told.contains("tally cannot start on partition 0: tallies holds 3 rows of format 2"))
    #expect(told.contains("this release reads 1."))
    #expect(told.contains("A later release wrote them"))
    #expect(told.contains("Deleting the state folder does not help"))
    #expect(!driver.metrics.isReady)
    #expect(driver.outputs(TallyTopology.tallies).count == 3)
  }

  @Test func everyStoreThatCannotBeReadIsNamedAtOnce() throws {
    let driver = try TopologyDriver(TallyTopology.of(Second.self))
    defer { driver.close() }
    publish(driver, 0..<2)
    publish(driver, 5..<6, "mark")
    try driver.run()
    try driver.restart(as: TallyTopology.of(First.self))
    let told = refusal(driver)
    #expect(told.contains("tallies holds 2 rows of format 2") && told.contains("marks holds 1 rows of format 2"))
  }

  @Test func aReleaseReadsTheRowsOfTheOneBeforeAndWritesThemAnew() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<2_500)
    try driver.run()
    #expect(formats(driver) == [1])
    try driver.restart(as: TallyTopology.of(Second.self))
    publish(driver, 0..<10)
    try driver.run()
    #expect(formats(driver) == [2])
    #expect(driver.disk.rows(partition: 0, table: 0).count == 2_500)
    #expect(tallies(driver)["k9"] == "2" && tallies(driver)["k10"] == "1")
    // The changelog holds them too: a release that reads the new format alone starts on an empty disk.
    try driver.restart(as: TallyTopology.of(Third.self))
    try driver.restart(losingDisk: true)
    publish(driver, 0..<2_500)
    try driver.run()
    #expect(tallies(driver)["k9"] == "3" && tallies(driver)["k2499"] == "2")
  }

  @Test func aReleaseThatSkipsOneSaysWhichToRun() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    try driver.restart(as: TallyTopology.of(Third.self))
    let told = refusal(driver)
    #expect(told.contains("tallies holds 3 rows of format 1 and this release reads 2."))
    #expect(told.contains("run the release that came between until its stampede_stores_rewriting is 0"))
  }

  @Test func rollingUpgradeInTwoStepsGoesForwardsAndBack() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    let steps: [Topology] = [
      TallyTopology.of(FirstReadingSecond.self), TallyTopology.of(Second.self),
      TallyTopology.of(FirstReadingSecond.self), TallyTopology.of(Second.self),
    ]
    publish(driver, 0..<20)
    try driver.run()
    for (index, step) in steps.enumerated() {
      try driver.restart(as: step)
      publish(driver, 0..<10)
      try driver.run()
      #expect(tallies(driver)["k0"] == "\(index + 2)" && tallies(driver)["k19"] == "1")
      // What the first step finds of the new format it leaves, but what it writes is of the old one.
      #expect(formats(driver) == [[1], [2], [1, 2], [2]][index])
    }
  }

  @Test func theFirstStepCanBeTakenBackWhole() throws {
    let driver = try TopologyDriver(TallyTopology.of(FirstReadingSecond.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    try driver.restart(as: TallyTopology.of(First.self))
    publish(driver, 0..<3)
    try driver.run()
    #expect(tallies(driver)["k2"] == "2")
  }

  @Test func rewritingThatIsAbortedIsDoneAgain() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<3_000)
    try driver.run()
    try driver.restart(as: TallyTopology.of(Second.self))
    var strikes = 0
    driver.io.onStep = { at in
      guard at == .afterProduce, strikes < 4 else { return }
      strikes += 1
      throw StreamError(.abortTransaction, "struck")
    }
    try driver.run()
    #expect(strikes == 4)
    #expect(formats(driver) == [2])
    try driver.restart(as: TallyTopology.of(Third.self))
    try driver.run()
  }

  @Test func aFormatOfRowsThatAreGoneHoldsNobodyUp() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    publish(driver, 0..<3, "-")
    try driver.run()
    try driver.restart(as: TallyTopology.of(Third.self))
    publish(driver, 0..<1)
    try driver.run()
    #expect(tallies(driver)["k0"] == "1")
  }

  @Test func aDatabaseThatNotesNoFormatsIsLookedThrough() throws {
    let driver = try TopologyDriver(TallyTopology.of(Second.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    driver.close()
    driver.disk.forgetFormats()
    try driver.restart(as: TallyTopology.of(First.self))
    #expect(refusal(driver).contains("tallies holds 3 rows of format 2"))
    driver.disk.forgetFormats()
    try driver.restart(as: TallyTopology.of(Second.self))
    publish(driver, 0..<1)
    try driver.run()
    #expect(tallies(driver)["k0"] == "2")
  }

  /// Another instance, of a later release, has had the partition meanwhile: its rows come by the changelog.
  @Test func aFormatMetWhileAKnownStoreIsRestoredStopsTheWorker() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    #expect(driver.disk.formats(partition: 0, table: 0) == [1])
    driver.close()
    let image = ByteBuffer()
    RowImage.write(TallyRow<Second>(count: 4), to: image)
    driver.log.publish("tally.tallies.changelog", partition: 0, key: Array("k1".utf8), value: Array(image.bytes))
    try driver.start()
    #expect(refusal(driver).contains("tallies holds 1 rows of format 2 and this release reads 1."))
  }

  @Test func aFormatIsForgottenOnceItsRowsAreWrittenAnew() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    publish(driver, 0..<3)
    try driver.run()
    try driver.restart(as: TallyTopology.of(Second.self))
    try driver.run()
    #expect(formats(driver) == [2])
    #expect(driver.disk.formats(partition: 0, table: 0) == [2])
    #expect(driver.metrics.exposition().contains("stampede_stores_rewriting{service=\"tally\"} 0"))
  }

  @Test func aRowOfTheRuntimesOwnThatIsNotKnownStopsTheWorker() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    try driver.run()
    driver.close()
    driver.log.publish("tally.tallies.changelog", partition: 0, key: [0] + Array("stream-time-2".utf8), value: [0, 9])
    try driver.start()
    #expect(refusal(driver).contains("a row of the runtime's own, stream-time-2, that this release does not know"))
  }

  @Test func anImageOfAnotherMakingIsNamedByItsPlace() throws {
    let driver = try TopologyDriver(TallyTopology.of(First.self))
    defer { driver.close() }
    try driver.run()
    driver.close()
    let offset = driver.log.highWatermark(TopicPartition(topic: "tally.tallies.changelog", partition: 0))
    driver.log.publish("tally.tallies.changelog", partition: 0, key: Array("k".utf8), value: [2, 1, 8])
    try driver.start()
    #expect(refusal(driver).contains("tally.tallies.changelog[0]@\(offset) holds no row that this release knows"))
  }

  @Test func aRowOfAFormatThatIsNotReadIsRefusedByNumber() throws {
    let buffer = ByteBuffer()
    RowImage.write(TallyRow<Second>(count: 4), to: buffer)
    let error = #expect(throws: RowFormatError.self) { try RowImage.read(buffer.bytes, as: TallyRow<First>.self) }
    #expect(error?.description == "a row of format 2; this release reads 1")
    let row = try RowImage.read(buffer.bytes, as: TallyRow<FirstReadingSecond>.self)
    #expect(row.count == 4 && row.note == "new")
  }
}

/// What a release writes and reads of a row.
protocol RowRelease: SendableMetatype {
  static var format: UInt8 { get }
  static var formatsRead: ClosedRange<UInt8> { get }
}

enum First: RowRelease {
  static let format: UInt8 = 1
  static let formatsRead: ClosedRange<UInt8> = 1...1
}

/// Step one of a change of format.
enum FirstReadingSecond: RowRelease {
  static let format: UInt8 = 1
  static let formatsRead: ClosedRange<UInt8> = 1...2
}

/// Step two.
enum Second: RowRelease {
  static let format: UInt8 = 2
  static let formatsRead: ClosedRange<UInt8> = 1...2
}

enum Third: RowRelease {
  static let format: UInt8 = 2
  static let formatsRead: ClosedRange<UInt8> = 2...2
}

/// Format 2 has a note more than format 1.
struct TallyRow<Release: RowRelease>: StoreRow {
  var count: Int64
  var note = "new"

  static var format: UInt8 { Release.format }
  static var formatsRead: ClosedRange<UInt8> { Release.formatsRead }
  var dueMs: Int64? { nil }

  init(count: Int64) { self.count = count }

  func encode(to row: RowEncoder) {
    row.int(count)
    if row.format >= 2 { row.string(note) }
  }

  init(from row: inout RowDecoder) throws {
    count = try row.int()
    if row.format >= 2 { note = try row.string() }
  }
}

/// Counts events by key. `-` forgets a key, `mark` counts in a second store.
enum TallyTopology {
  static let events = "events"
  static let tallies = "tallies"

  static func of<Release: RowRelease>(_ release: Release.Type) -> Topology {
    Topology(
      service: "tally", inputTopics: [events],
      stores: [
        StoreDefinition<String, TallyRow<Release>>("tallies").caching(100),
        StoreDefinition<String, TallyRow<Release>>("marks").caching(0),
      ],
      outputTopics: [tallies], makeProcessor: { try TallyProcessor<Release>($0) })
  }
}

final class TallyProcessor<Release: RowRelease>: Processor {
  private let outbox: Outbox
  private let tallies: Store<String, TallyRow<Release>>
  private let marks: Store<String, TallyRow<Release>>

  init(_ context: ProcessorContext) throws {
    outbox = context.outbox
    tallies = try context.store(StoreDefinition("tallies"))
    marks = try context.store(StoreDefinition("marks"))
  }

  func process(_ record: InputRecord) throws {
    let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if value == "-" { return try tallies.remove(key) }
    let store = value == "mark" ? marks : tallies
    let count = (try store.get(key)?.count ?? 0) + 1
    try store.put(key, TallyRow(count: count))
    Array(key.utf8).withUnsafeBytes { key in
      Array("\(count)".utf8).withUnsafeBytes { outbox.send(topic: 0, key: key, value: $0) }
    }
  }
}
