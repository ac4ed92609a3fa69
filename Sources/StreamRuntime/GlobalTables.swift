/// Reads reference topics whole. A port: one a thread.
package protocol GlobalTopicReader: AnyObject {
  /// Delivers what was written since the last call, up to the topics' ends as they were when the call began. Blocks until
  /// then. `topic` is an index into ``Topology/globalTopics``; a nil value is a tombstone.
  /// - Returns: false when the broker did not say where the topics end, so that something may be missing.
  func catchUp(
    _ body: (_ topic: Int, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Bool
  func close()
}

/// A thread's copy of the reference topics, and those who want to know of their records.
package final class GlobalTables {
  /// Every record so far in the order read: a processor made later hears them all.
  private var latest: [GlobalKey: [UInt8]] = [:]
  private var order: [GlobalKey] = []
  package private(set) var version = 0
  private let reader: (any GlobalTopicReader)?

  private struct GlobalKey: Hashable {
    let topic: Int
    let key: [UInt8]
  }

  init(reader: (any GlobalTopicReader)?) { self.reader = reader }

  /// Reads what was written since the last call. False: something may be missing, see the reader.
  @discardableResult
  func catchUp() throws -> Bool {
    guard let reader else { return true }
    return try reader.catchUp { topic, key, value in
      let id = GlobalKey(topic: topic, key: key.map(Array.init) ?? [])
      if latest[id] == nil { order.append(id) }
      latest[id] = value.map(Array.init)
      if value == nil { order.removeAll { $0 == id } }
      version += 1
    }
  }

  func close() { reader?.close() }

  /// Calls `body` with each live record of the topic, oldest key first. A processor does so when ``version`` has moved.
  package func forEach(topic: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    for id in order where id.topic == topic {
      if let value = latest[id] { try value.withUnsafeBytes { try body($0) } }
    }
  }
}
