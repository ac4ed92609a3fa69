/// Reads reference topics whole. A port: one a thread.
package protocol GlobalTopicReader: AnyObject {
  /// Delivers what was written since the last call, up to the topics' ends as they were when the call began. Blocks
  /// until then. `topic` is an index into ``Topology/globalTopics``; a nil value is a tombstone.
  /// - Returns: false when the broker did not say where the topics end, so that something may be missing.
  func catchUp(
    _ body: (_ topic: Int, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Bool
  func close()
}

/// A thread's copies of the reference topics.
final class GlobalTables {
  private let reader: (any GlobalTopicReader)?
  /// How many of the first topics cycles wait for.
  private let awaited: Int
  private var tables: [Table]
  /// Cycles in a row that a record came to while they ran.
  private var staleCycles = 0

  fileprivate struct Table {
    /// The latest record of each key; a tombstone stays, for those who have seen what it deletes.
    var rows: [[UInt8]: Row] = [:]
    /// Keys in the order of their records. Only the entry of a key's latest record counts.
    var order: [(version: Int, key: [UInt8])] = []
    /// Records so far.
    var version = 0

    struct Row {
      var version: Int
      var value: [UInt8]?
    }
  }

  init(reader: (any GlobalTopicReader)?, _ topology: Topology) {
    self.reader = reader
    awaited = topology.awaitedGlobals
    tables = Array(repeating: Table(), count: topology.globalTopics.count)
  }

  /// Reads what was written since the last call. False: something may be missing, see the reader.
  @discardableResult
  func catchUp() throws -> Bool {
    guard let reader else { return true }
    return try reader.catchUp { topic, key, value in
      // An empty value is a tombstone, as it is to every reader of the platform.
      tables[topic].take(key.map(Array.init) ?? [], value.flatMap { $0.isEmpty ? nil : Array($0) })
    }
  }

  /// A record that was written after a reference record was acknowledged must be processed with it. So a cycle looks
  /// at the topics once more, with all its records in hand: if something has come since its start, it is done again.
  func confirm(log: StreamLog) throws {
    let before = awaitedVersions
    guard try catchUp() else {
      throw StreamError(.waitForCluster, "the broker does not say where the global topics end")
    }
    guard awaitedVersions != before else {
      staleCycles = 0
      return
    }
    staleCycles += 1
    guard staleCycles > Limits.staleCyclesInARow else {
      throw StreamError(.takeAnew, "reference records came while the cycle ran")
    }
    log(.warning, "reference records come faster than cycles end; this one may have missed the latest", [])
  }

  private var awaitedVersions: [Int] { (0..<awaited).map(version(of:)) }

  func close() { reader?.close() }

  /// Moves with each record of the topic.
  func version(of topic: Int) -> Int { tables[topic].version }

  fileprivate func forEachChange(
    of topic: Int, after version: Int,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) rethrows {
    try tables[topic].forEachChange(after: version, body)
  }
}

/// One reference topic, as ``ProcessorContext/global(_:)`` names it. Used on its thread only.
package struct GlobalTable {
  private let tables: GlobalTables
  private let topic: Int

  init(of tables: GlobalTables, topic: Int) {
    self.tables = tables
    self.topic = topic
  }

  /// Moves with each record of the topic.
  package var version: Int { tables.version(of: topic) }

  /// Calls `body` with the latest record of each key that has one newer than `version` (0: of every key), oldest first.
  /// A nil value is a tombstone; one who begins with 0 is told of none.
  package func forEachChange(
    after version: Int = 0, _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) rethrows {
    try tables.forEachChange(of: topic, after: version, body)
  }
}

extension GlobalTables.Table {
  /// Entries of older records that may pile up beside those that count.
  private static let staleEntriesMax = 1_024

  fileprivate mutating func take(_ key: [UInt8], _ value: [UInt8]?) {
    version += 1
    rows[key] = Row(version: version, value: value)
    order.append((version, key))
    if order.count > 2 * rows.count + Self.staleEntriesMax { order.removeAll { rows[$0.key]?.version != $0.version } }
  }

  fileprivate func forEachChange(
    after version: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void
  ) rethrows {
    for entry in order[firstEntry(after: version)...] {
      guard let row = rows[entry.key], row.version == entry.version, version > 0 || row.value != nil else { continue }
      try entry.key.withUnsafeBytes { key in
        guard let value = row.value else { return try body(key, nil) }
        try value.withUnsafeBytes { try body(key, $0) }
      }
    }
  }

  /// By halving: versions ascend.
  private func firstEntry(after version: Int) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle].version > version { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
