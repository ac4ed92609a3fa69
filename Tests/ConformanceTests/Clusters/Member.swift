import StreamRuntime

/// A member of the group as a test sees it: source and sink of one process, and what it was told of partitions.
final class Member: RebalanceListener {
  let io: any StreamIO
  private var ports: (source: any RecordSource, sink: any TransactionalSink)?
  /// Nil before the first assignment.
  private(set) var assigned: [TopicPartition]?
  private(set) var revocations: [(partitions: [TopicPartition], lost: Bool)] = []
  private let cluster: any ClusterHarness

  /// Joins, and waits for partitions.
  init(_ cluster: any ClusterHarness, _ name: String) throws {
    self.cluster = cluster
    io = cluster.process(name)
    ports = try io.open(listener: self)
    try cluster.eventually("partitions for \(name)") {
      if assigned == nil { _ = try source.poll(timeoutMs: 50) }
      return assigned != nil
    }
  }

  var source: any RecordSource {
    guard let ports else { preconditionFailure("the member is not open") }
    return ports.source
  }

  var sink: any TransactionalSink {
    guard let ports else { preconditionFailure("the member is not open") }
    return ports.sink
  }

  func partitionsAssigned(_ partitions: [TopicPartition]) { assigned = partitions }

  func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) {
    assigned = nil
    revocations.append((partitions, lost))
  }

  /// Polls until `count` records came; what they are as text, with their topic's index and offset.
  func poll(_ count: Int) throws -> [Polled] {
    var found: [Polled] = []
    try cluster.eventually("\(count) records") {
      while found.count < count, let record = try source.poll(timeoutMs: 100) { found.append(Polled(record)) }
      return found.count == count
    }
    return found
  }

  /// Polls for a while in which nothing may come.
  func pollNothing() throws -> Bool {
    for _ in 0..<10 where try source.poll(timeoutMs: 50) != nil { return false }
    return true
  }

  /// Sends one record to the output topic or, with a table, to its changelog.
  func send(_ key: String, _ value: String?, table: Int? = nil, partition: Int32 = 0) throws {
    let outbox = Outbox()
    try Array(key.utf8).withUnsafeBytes { key in
      let bytes = value.map { Array($0.utf8) }
      try (bytes ?? []).withUnsafeBytes { value in
        let value = bytes == nil ? nil : value
        if let table {
          // Changelogs stand last among the topics that the service writes.
          let topic = cluster.topology.outputTopics.count - cluster.topology.stores.count + table
          outbox.changelog(topic: topic, partition: partition, table: table, key: key, image: value)
        } else {
          outbox.send(topic: 0, partition: partition, key: key, value: value)
        }
        try sink.send(outbox)
      }
    }
  }

  /// Leaves without a word where the port has one.
  func close() {
    sink.close()
    source.close()
  }

  struct Polled: Equatable, CustomStringConvertible {
    var topic: Int
    var place: Int64
    var record: WrittenRecord

    init(_ record: InputRecord) {
      topic = record.topic
      place = record.offset
      var headers: [WrittenRecord.Header] = []
      record.headers.forEachHeader { name, value in
        headers.append(.init(name: String(name), value: value.map { String($0) } ?? ""))
      }
      self.record = WrittenRecord(
        key: record.key.map { String($0) }, value: record.value.map { String($0) }, headers: headers)
    }

    var description: String { "\(topic)@\(place) \(record)" }
  }
}
