import StreamRuntime
import StreamTesting

/// A service that counts records a key, and that some records harm after they are counted. What was counted for those
/// must not stay.
enum HarmfulTopology {
  static let events = "events"
  static let others = "others"
  static let counts = "counts"
  static let deadLetters = "harmful.dead-letters"
  static let outputBytesMax = 10_000
  static let store = StoreDefinition<String, NoteRow>("notes")

  /// A row of any size.
  struct NoteRow: StoreRow {
    static let format: UInt8 = 1
    var count: Int64
    var text = ""
    var dueMs: Int64? { nil }

    init(count: Int64) { self.count = count }

    func encode(to row: RowEncoder) {
      row.int(count)
      row.string(text)
    }

    init(from row: inout RowDecoder) throws {
      count = try row.int()
      text = try row.string()
    }
  }

  /// - Parameter onTrap: what happens to the process where a real one would trap.
  static func topology(onTrap: @escaping @Sendable () -> Void = {}) -> Topology {
    Topology(
      service: "harmful", inputTopics: [events, others], stores: [store.caching(8)], outputTopics: [counts],
      makeProcessor: { try HarmedProcessor($0, onTrap) })
  }

  private final class HarmedProcessor: Processor {
    private let context: ProcessorContext
    private let notes: Store<String, NoteRow>
    private let onTrap: @Sendable () -> Void

    init(_ context: ProcessorContext, _ onTrap: @escaping @Sendable () -> Void) throws {
      self.context = context
      self.onTrap = onTrap
      notes = try context.store(HarmfulTopology.store)
    }

    func process(_ record: InputRecord) throws {
      let key = String(decoding: record.key ?? .init(start: nil, count: 0), as: UTF8.self)
      var row = try notes.get(key) ?? NoteRow(count: 0)
      row.count += 1
      let harm = String(decoding: record.value ?? .init(start: nil, count: 0), as: UTF8.self)
      if harm == "swell" { row.text = String(repeating: "x", count: HarmfulTopology.outputBytesMax) }
      try notes.put(key, row)
      send(key, harm == "burst" ? String(repeating: "x", count: HarmfulTopology.outputBytesMax) : "\(row.count)")
      switch harm {
      case "nowhere": context.outbox.send(topic: 0, partition: 99, key: nil, value: nil)
      case "throw": throw Unforeseen(content: "of a person")
      case "stuck": throw StreamError(.abortTransaction, "the transaction lasted too long")
      case "fatal": throw StreamError(.fatal, "a row is damaged")
      case "trap":
        onTrap()
        throw Unforeseen(content: "")
      default: break
      }
    }

    private func send(_ key: String, _ value: String) {
      Array(key.utf8).withUnsafeBytes { key in
        Array(value.utf8).withUnsafeBytes { context.outbox.send(topic: 0, key: key, value: $0) }
      }
    }
  }

  private struct Unforeseen: Error { let content: String }
}
