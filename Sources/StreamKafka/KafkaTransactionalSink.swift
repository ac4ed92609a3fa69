import Kafka
import StreamRuntime

/// A thread's transactional producer: one transaction a cycle, and a new producer whenever an outcome is unknown.
final class KafkaTransactionalSink: TransactionalSink {
  private let topology: Topology
  private let settings: KafkaStreamSettings
  private let log: StreamLog
  private unowned let source: KafkaRecordSource
  private var producer: KafkaProducer
  private var topics: [KafkaTopic] = []
  private let headers = KafkaHeaders()
  private var markPartitions: [Int32] = []
  /// A transaction is open.
  private var isOpen = false
  private var isClosed = false

  private static let initTimeoutMs: Int32 = 30_000
  private static let callTimeoutMs: Int32 = 10_000
  /// Times a call that says "again" is made again.
  private static let retriesMax = 30
  /// Before an abort, one delivery report is waited for at most this long (librdkafka #4849).
  private static let deliveryGraceMs: Int32 = 100
  /// Records between two looks at the delivery reports, so that they do not pile up.
  private static let reportEvery = 4_096

  /// Fences an older producer of the same id and ends what it left open. Blocks up to `startupTimeoutMs`.
  init(topology: Topology, settings: KafkaStreamSettings, source: KafkaRecordSource, log: @escaping StreamLog) throws {
    self.topology = topology
    self.settings = settings
    self.source = source
    self.log = log
    producer = try Self.makeProducer(topology, settings, log)
    try resolveTopics()
  }

  func send(_ outbox: Outbox) throws {
    do throws(KafkaError) {
      try begin()
      try produce(outbox)
      producer.poll(timeoutMs: 0)
    } catch {
      throw try recover(from: error)
    }
  }

  func commit(offsets: [TopicPartition: Int64]) throws -> [ChangelogEnd] {
    do throws(KafkaError) {
      try begin()
      try sendOffsets(offsets)
      try finish()
    } catch {
      throw try recover(from: error)
    }
    isOpen = false
    return changelogEnds()
  }

  func abort() throws {
    guard isOpen else { return }
    isOpen = false
    try endTransaction()
  }

  /// What is open is aborted, so that nobody waits for it; where that fails, the next start of this id does it.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    if isOpen { _ = try? producer.abort(timeoutMs: Self.callTimeoutMs) }
    producer.close()
  }

  // MARK: The transaction

  private func begin() throws(KafkaError) {
    guard !isOpen else { return }
    producer.clearMarks()
    markPartitions.removeAll(keepingCapacity: true)
    try producer.begin()
    isOpen = true
  }

  private func produce(_ outbox: Outbox) throws(KafkaError) {
    var sent = 0
    for entry in outbox.entries {
      headers.removeAll()
      for header in outbox.headers[entry.headers] {
        headers.append(nameUTF8: outbox.name(of: header), header.value.map { outbox.bytes.bytes(in: $0) })
      }
      try producer.produce(
        to: topics[entry.topic], partition: entry.partition ?? KafkaProducer.anyPartition,
        key: entry.key.map { outbox.bytes.bytes(in: $0) }, value: entry.value.map { outbox.bytes.bytes(in: $0) },
        headers: headers.count > 0 ? headers : nil, mark: mark(for: entry))
      sent += 1
      if sent % Self.reportEvery == 0 { producer.poll(timeoutMs: 0) }
    }
  }

  /// A mark for each changelog table and partition, so that the delivery reports tell where its records ended.
  private func mark(for entry: Outbox.Entry) -> Int? {
    guard let table = entry.changelogTable, let partition = entry.partition else { return nil }
    let slot = markPartitions.firstIndex(of: partition) ?? markPartitions.count
    if slot == markPartitions.count { markPartitions.append(partition) }
    return slot * topology.stores.count + table
  }

  private func changelogEnds() -> [ChangelogEnd] {
    var ends: [ChangelogEnd] = []
    for (slot, partition) in markPartitions.enumerated() {
      for table in topology.stores.indices {
        if let offset = producer.deliveredOffset(mark: slot * topology.stores.count + table) {
          ends.append(ChangelogEnd(table: table, partition: partition, nextOffset: offset + 1))
        }
      }
    }
    return ends
  }

  private func sendOffsets(_ offsets: [TopicPartition: Int64]) throws(KafkaError) {
    guard !offsets.isEmpty else { return }
    let list = offsets.map {
      TopicPartitionOffset(
        topic: $0.key.topic, partition: $0.key.partition, offset: $0.value, metadata: OffsetNote.kept.text)
    }
    let group = try source.consumer.groupMetadata()
    try again { () throws(KafkaError) in
      try producer.sendOffsets(list, group: group, timeoutMs: Self.callTimeoutMs)
    }
  }

  private func finish() throws(KafkaError) {
    try again { () throws(KafkaError) in try producer.commit(timeoutMs: Self.callTimeoutMs) }
  }

  /// Retriable errors: the same call again with the same arguments. A timeout is not taken as one here, since a delayed
  /// EndTxn must not hit the next transaction.
  private func again(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
    var attempts = 0
    while true {
      do throws(KafkaError) {
        return try call()
      } catch {
        attempts += 1
        guard error.isRetriable, !error.isTimeout, !error.isTransport, attempts < Self.retriesMax else { throw error }
      }
    }
  }

  // MARK: After a failure

  /// Leaves the sink ready for the next transaction and returns the error that the cycle ends with.
  private func recover(from error: KafkaError) throws -> StreamError {
    isOpen = false
    if error.isFenced { return StreamError(error, doing: "commit") }
    let needsNewProducer = error.isTimeout || error.isTransport || error.isFatal || error.isForgotten
    if needsNewProducer { try renew(after: error) } else { try endTransaction() }
    return StreamError(.abortTransaction, error.description)
  }

  private func endTransaction() throws {
    producer.poll(timeoutMs: Self.deliveryGraceMs)
    do throws(KafkaError) {
      try producer.abort(timeoutMs: Self.callTimeoutMs)
    } catch {
      if error.isFenced { throw StreamError(error, doing: "abort") }
      try renew(after: error)
    }
  }

  /// A new producer of the same id: its start decides every transaction of the old one.
  private func renew(after error: KafkaError) throws {
    log(
      .warning, "starting a new producer, which settles what the old one left", [("reason", error.description)])
    producer.close()
    producer = try Self.makeProducer(topology, settings, log)
    try resolveTopics()
  }

  private static func makeProducer(
    _ topology: Topology, _ settings: KafkaStreamSettings, _ log: @escaping StreamLog
  ) throws -> KafkaProducer {
    let producer = try kafka("create the producer") { () throws(KafkaError) in
      try KafkaProducer(settings: settings.transactionalProducer(service: topology.service), log: kafkaLog(log))
    }
    var attempts = 0
    while true {
      do throws(KafkaError) {
        try producer.initTransactions(timeoutMs: initTimeoutMs)
        return producer
      } catch {
        attempts += 1
        guard error.isRetriable, attempts < retriesMax else {
          producer.close()
          throw StreamError(error, doing: "start the transactional producer")
        }
      }
    }
  }

  private func resolveTopics() throws {
    topics = try kafka("resolve topics") { () throws(KafkaError) in
      var resolved: [KafkaTopic] = []
      for name in topology.outputTopics { resolved.append(try producer.topic(name)) }
      return resolved
    }
  }
}
