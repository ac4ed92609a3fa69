/// Reads reference topics whole. A port: one a thread.
package protocol GlobalTopicReader: AnyObject {
  /// Delivers what was written since the last call, up to the topics' ends as they were when the call began. Blocks
  /// until then. `topic` is an index into ``Topology/globalTopics``; a nil value is a tombstone.
  /// - Returns: false when the broker did not say where the topics end, so that something may be missing.
  func catchUp(
    _ body: (_ topic: Int, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Bool
  /// The next call delivers everything again.
  func startOver()
  func close()
}

/// A thread's copies of the reference topics.
final class GlobalTables {
  private let reader: (any GlobalTopicReader)?
  private let topics: [String]
  /// How many of them, the first, cycles wait for.
  private let awaited: Int
  private var tables: [ReferenceTable]
  private let metrics: WorkerMetrics?
  private let log: StreamLog
  /// By topic, as last told.
  private var toldLeftOut: [Int]
  /// By topic, records that follow no rule and were told of.
  private var toldErrors: [Int]
  /// Cycles in a row that a record came to while they ran.
  private var staleCycles = 0

  init(reader: (any GlobalTopicReader)?, _ topology: Topology, metrics: WorkerMetrics?, log: @escaping StreamLog) {
    self.reader = reader
    self.metrics = metrics
    self.log = log
    topics = topology.globalTopics
    awaited = topology.awaitedGlobals
    tables = topics.map { ReferenceTable(topology.references[$0] ?? .none) }
    toldLeftOut = topics.map { _ in 0 }
    toldErrors = toldLeftOut
  }

  /// Reads what was written since the last call. False: something may be missing, see the reader.
  @discardableResult
  func catchUp() throws -> Bool {
    guard let reader else { return true }
    guard try read(reader) else { return false }
    guard tables.contains(where: \.mustBeReadAgain) else { return true }
    for topic in tables.indices { tables[topic].startOver() }
    reader.startOver()
    defer { for topic in tables.indices { tables[topic].wasReadAgain() } }
    return try read(reader)
  }

  private func read(_ reader: any GlobalTopicReader) throws -> Bool {
    let isWhole = try reader.catchUp { topic, key, value in
      // An empty value is a tombstone, as it is to every reader of the platform.
      let why = tables[topic].take(
        key ?? UnsafeRawBufferPointer(start: nil, count: 0), value.flatMap { $0.isEmpty ? nil : $0 })
      guard let why, toldErrors[topic] < Limits.referenceErrorsToldMax else { return }
      toldErrors[topic] += 1
      log(
        .error, "a reference record is left out: it does not follow the rules",
        [("topic", topics[topic]), ("errors", why)])
    }
    for topic in tables.indices where isWhole {
      tables[topic].trim()
      tell(topic, leftOut: tables[topic].leftOut)
    }
    return isWhole
  }

  private func tell(_ topic: Int, leftOut: Int) {
    guard toldLeftOut[topic] != leftOut else { return }
    if toldLeftOut[topic] == 0 {
      log(
        .error,
        "a reference topic holds more than a worker keeps: what comes first by its rank is kept, the rest left out",
        [("topic", topics[topic]), ("leftOut", "\(leftOut)")])
    }
    toldLeftOut[topic] = leftOut
    metrics?.update { $0.referencesLeftOut[topics[topic]] = Int64(leftOut) }
  }

  /// A record that was written after a reference record was acknowledged must be processed with it. So a cycle looks
  /// at the topics once more, with all its records in hand: if something has come since its start, it is done again.
  func confirm() throws {
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

  fileprivate func table(_ topic: Int) -> ReferenceTable { tables[topic] }
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

  /// The latest value of a key; nil where there is none, or a tombstone.
  package func value(of key: [UInt8]) -> [UInt8]? { tables.table(topic).value(of: key) }

  /// Keys that have a value.
  package var keyCount: Int { tables.table(topic).keyCount }

  /// Records beyond the bounds of the topic's rule, which are not among the keys.
  package var leftOut: Int { tables.table(topic).leftOut }

  /// Calls `body` with the latest record of each key that has one newer than `version` (0: of every key), oldest first.
  /// A nil value is a tombstone; one who begins with 0 is told of none.
  ///
  /// - Parameter startingOver: called first where all that was told before counts for nothing, and all is told again.
  package func forEachChange(
    after version: Int = 0, startingOver: () -> Void = {},
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) rethrows {
    try tables.table(topic).forEachChange(after: version, startingOver: startingOver, body)
  }
}
