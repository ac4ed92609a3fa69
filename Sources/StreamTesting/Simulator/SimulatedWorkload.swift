import StreamRuntime

/// A service under simulation: what is fed to it, and what must come out whatever happens on the way.
package protocol SimulatedWorkload: AnyObject {
  var topology: Topology { get }
  /// The next few inputs.
  func nextInputs(_ random: SeededRandom) -> [SimulatedInput]
  /// Inputs that end a history, so that a partition that hangs is seen.
  func lastInputs(partitionCount: Int) -> [SimulatedInput]
  /// Compares what came out with a model of its own, which uses nothing of the runtime; a line each that is wrong.
  func problems(at end: SimulatedEnd) throws -> [String]
}

package struct SimulatedInput {
  package var topic: String
  /// Nil: by the key's hash.
  package var partition: Int32?
  package var key: String?
  package var value: String
  /// So many partitions beside the one that the key belongs to, as a sender with another hash writes it.
  package var astray = 0

  package init(topic: String, partition: Int32? = nil, key: String?, value: String) {
    self.topic = topic
    self.partition = partition
    self.key = key
    self.value = value
  }

  /// Some senders partition by another hash: one record in ten lies somewhere, which may be where it belongs.
  package func perhapsAstray(_ random: SeededRandom) -> SimulatedInput {
    var input = self
    if partition == nil, random.chance(100) { input.astray = random.within(1...2) }
    return input
  }
}

/// A history's end, as an auditor sees it.
package struct SimulatedEnd {
  let log: MemoryLog
  /// Committed rows of the store of a partition's owner, the runtime's own included: by key, as in the changelog.
  let rows: (_ partition: Int32, _ table: Int) -> [[UInt8]: [UInt8]]

  package var partitionCount: Int { log.partitionCount }

  /// Every record of a partition that was ever committed, compacted or not.
  package func records(_ topic: String, _ partition: Int32) -> [(offset: Int64, record: MemoryLog.Record)] {
    log.records(TopicPartition(topic: topic, partition: partition), compacted: true)
  }

  /// The service's own rows.
  package func serviceRows(_ partition: Int32, _ table: Int) -> [[UInt8]: [UInt8]] {
    rows(partition, table).filter { $0.key.first != 0 }
  }
}
