import StreamRuntime

/// The smallest service that uses everything: counts records a key, emits each count, forgets a key when its timer is
/// due.
///
/// Used by the conformance tests, which run it on the in-memory log and on a real broker alike.
package enum CountingTopology {
  /// Events are `key` → event time in ms as decimal text; a record of `ticks` moves stream time.
  package static let events = "events"
  package static let ticks = "ticks"
  package static let counts = "counts"
  package static let forgetAfterMs: Int64 = 1_000

  static let countStore = StoreDefinition<String, CountRow>("counts")

  package static let topology = named("counter", prefix: "")

  /// A further store, of rows like those of the one it has.
  package static func store(_ name: String) -> Topology.StoreSpec { StoreDefinition<String, CountRow>(name).caching(8) }

  /// The same under a service name of its own, with a prefix before every topic: for a broker that others use too.
  package static func named(_ service: String, prefix: String, overlapsCommits: Bool = true) -> Topology {
    Topology(
      service: service, inputTopics: [prefix + events, prefix + ticks],
      stores: [countStore.caching(8)], outputTopics: [prefix + counts], overlapsCommits: overlapsCommits,
      makeProcessor: { try CountingProcessor($0) })
  }
}

struct CountRow: StoreRow, Equatable {
  static let format: UInt8 = 1

  var count: Int64
  var dueMs: Int64?

  init(count: Int64, dueMs: Int64?) {
    self.count = count
    self.dueMs = dueMs
  }

  func encode(to row: RowEncoder) {
    row.int(count)
    row.optionalInt(dueMs)
  }

  init(from row: inout RowDecoder) throws {
    count = try row.int()
    dueMs = try row.optionalInt()
  }
}

final class CountingProcessor: Processor {
  private let context: ProcessorContext
  private let counts: Store<String, CountRow>

  init(_ context: ProcessorContext) throws {
    self.context = context
    counts = try context.store(CountingTopology.countStore)
  }

  func process(_ record: InputRecord) throws {
    let text = record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let eventMs = Int64(text) else { throw PoisonRecord(code: "not-a-time", "the value is not a decimal time") }
    if record.topic == 1 { return context.clock.advance(to: eventMs) }
    context.clock.observe(eventMs)
    let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let count = (try counts.get(key)?.count ?? 0) + 1
    try counts.put(key, CountRow(count: count, dueMs: eventMs + CountingTopology.forgetAfterMs))
    emit(key, "\(count)")
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    let due = try counts.due(upToMs: nowMs, limit: limit)
    for (key, _) in due {
      try counts.remove(key)
      emit(key, nil)
    }
    return due.count
  }

  private func emit(_ key: String, _ value: String?) {
    Array(key.utf8).withUnsafeBytes { key in
      if let value {
        Array(value.utf8).withUnsafeBytes { context.outbox.send(topic: 0, key: key, value: $0) }
      } else {
        context.outbox.send(topic: 0, key: key, value: nil)
      }
    }
  }
}
