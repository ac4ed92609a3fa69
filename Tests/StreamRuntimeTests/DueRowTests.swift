import StreamRuntime
import StreamTesting
import Testing

/// Rows that are removed as they fall due, from a store that caches none and from one that caches some.
@Suite(.timeLimit(.minutes(10))) struct DueRowTests {
  struct Row: StoreRow, Equatable {
    static let format: UInt8 = 1
    var dueMs: Int64?

    func encode(to row: RowEncoder) { row.optionalInt(dueMs) }
    init(from row: inout RowDecoder) throws { dueMs = try row.optionalInt() }
    init(dueMs: Int64?) { self.dueMs = dueMs }
  }

  /// Keeps each record's key until the time that its value tells.
  final class Keeper: Processor {
    static let plain = StoreDefinition<String, Row>("plain")
    static let cached = StoreDefinition<String, Row>("cached")
    static let topology = Topology(
      service: "keeper", inputTopics: ["events"], stores: [plain.caching(0), cached.caching(4)], outputTopics: [],
      makeProcessor: { try Keeper($0) })

    private let context: ProcessorContext
    private let stores: [Store<String, Row>]

    init(_ context: ProcessorContext) throws {
      self.context = context
      stores = [try context.store(Self.plain), try context.store(Self.cached)]
    }

    func process(_ record: InputRecord) throws {
      let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
      let dueMs = record.value.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
      for store in stores { try store.put(key, Row(dueMs: dueMs)) }
    }

    func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
      try stores.reduce(0) { done, store in done + (try store.removeDue(upToMs: nowMs, limit: limit - done)) }
    }
  }

  private func counts(_ driver: TopologyDriver) -> [Bool] {
    let text = driver.metrics.exposition()
    return ["plain", "cached"].map { store in
      text.contains("stampede_store_rows{service=\"keeper\",store=\"\(store)\"} \(driver.rows(of: store).count)\n")
    }
  }

  @Test func whatIsDueIsGoneAndCountedAndMayComeAgain() throws {
    let driver = try TopologyDriver(Keeper.topology, clock: .wall, wallNowMs: 0)
    defer { driver.close() }
    for number in 1...9 { driver.publish("events", key: "k\(number)", value: "\(number)") }
    driver.publish("events", key: "never", value: "")
    try driver.run()
    driver.wall.nowMs = 6
    try driver.run()
    for store in ["plain", "cached"] { #expect(driver.rows(of: store).count == 4, "\(store)") }
    #expect(counts(driver) == [true, true])
    driver.publish("events", key: "k1", value: "10")
    driver.publish("events", key: "k2", value: "")
    try driver.run()
    #expect(counts(driver) == [true, true])
    driver.wall.nowMs = 100
    try driver.run()
    for store in ["plain", "cached"] { #expect(driver.rows(of: store).count == 2, "\(store)") }
    try driver.restart(losingDisk: true)
    try driver.run()
    for store in ["plain", "cached"] { #expect(driver.rows(of: store).count == 2, "\(store)") }
    #expect(counts(driver) == [true, true])
  }
}
