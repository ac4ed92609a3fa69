import StreamRuntime
import StreamTesting
import Synchronization

/// A service that rings a key when it is due, and that some alarms harm when they ring.
///
/// `events`: `ring|ms`, or another harm instead of `ring`; `tick|ms` moves stream time. `rung`: the key.
enum AlarmTopology {
  static let events = "events"
  static let rung = "rung"
  static let outputBytesMax = 10_000
  static let store = StoreDefinition<String, AlarmRow>("alarms")

  struct AlarmRow: StoreRow {
    static let format: UInt8 = 1
    var harm: String
    var dueMs: Int64?

    init(harm: String, dueMs: Int64?) {
      self.harm = harm
      self.dueMs = dueMs
    }

    func encode(to row: RowEncoder) {
      row.string(harm)
      row.optionalInt(dueMs)
    }

    init(from row: inout RowDecoder) throws {
      harm = try row.string()
      dueMs = try row.optionalInt()
    }
  }

  /// What a test changes while the service runs.
  final class World: Sendable {
    private let state = Mutex((isHarmless: false, onTrap: { @Sendable in }))

    var isHarmless: Bool {
      get { state.withLock { $0.isHarmless } }
      set { state.withLock { $0.isHarmless = newValue } }
    }

    /// What happens to the process where a real one would trap.
    func onTrap(_ trap: @escaping @Sendable () -> Void) { state.withLock { $0.onTrap = trap } }
    func spring() { state.withLock { $0.onTrap }() }
  }

  static func topology(_ world: World) -> Topology {
    Topology(
      service: "alarm", inputTopics: [events], stores: [store.caching(8)], outputTopics: [rung],
      makeProcessor: { try AlarmProcessor($0, world) })
  }

  private final class AlarmProcessor: Processor {
    private let context: ProcessorContext
    private let alarms: Store<String, AlarmRow>
    private let world: World

    init(_ context: ProcessorContext, _ world: World) throws {
      self.context = context
      self.world = world
      alarms = try context.store(AlarmTopology.store)
    }

    func process(_ record: InputRecord) throws {
      let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
      let words = record.value.map { String(decoding: $0, as: UTF8.self).split(separator: "|") } ?? []
      guard words.count == 2, let ms = Int64(words[1]) else { throw PoisonRecord(code: "words", "not two words") }
      if words[0] == "tick" { return context.clock.advance(to: ms) }
      try alarms.put(key, AlarmRow(harm: String(words[0]), dueMs: ms))
    }

    func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
      let due = try alarms.due(upToMs: nowMs, limit: limit)
      for (key, row) in due { try ring(key, world.isHarmless ? "ring" : row.harm) }
      return due.count
    }

    private func ring(_ key: String, _ harm: String) throws {
      try alarms.remove(key)
      send(key, harm == "burst" ? String(repeating: "x", count: AlarmTopology.outputBytesMax) : "")
      switch harm {
      case "swell":
        try alarms.put(key, AlarmRow(harm: String(repeating: "x", count: AlarmTopology.outputBytesMax), dueMs: nil))
      case "nowhere": context.outbox.send(topic: 0, partition: 99, key: nil, value: nil)
      case "throw": throw Unforeseen()
      case "stuck": throw StreamError(.abortTransaction, "the transaction lasted too long")
      case "trap":
        world.spring()
        throw Unforeseen()
      default: break
      }
    }

    private func send(_ key: String, _ value: String) {
      Array(key.utf8).withUnsafeBytes { key in
        Array(value.utf8).withUnsafeBytes { context.outbox.send(topic: 0, key: key, value: $0) }
      }
    }
  }

  private struct Unforeseen: Error {}
}
