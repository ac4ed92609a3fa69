import Kafka
import StreamRuntime

/// A thread's transactional producer: one transaction a cycle, and a new producer whenever an outcome is unknown.
final class KafkaTransactionalSink: TransactionalSink {
  private let topology: Topology
  private unowned let source: KafkaRecordSource
  private let producer: StreamProducer
  private let headers = KafkaHeaders()
  private var markPartitions: [Int32] = []
  /// A transaction is open.
  private var isOpen = false
  private var isClosed = false

  /// How long a call of the transaction waits for its answer; then a new producer settles what came of it.
  private static let callTimeoutMs: Int32 = 15_000
  /// Pauses between the tries of a call that says "again".
  private static let againMs: Int32 = 20
  private static let againMsMax: Int32 = 1_000
  /// Before an abort, one delivery report is waited for at most this long (librdkafka #4849).
  private static let deliveryGraceMs: Int32 = 100
  /// Records between two looks at the delivery reports, so that they do not pile up.
  private static let reportEvery = 4_096

  /// Fences an older producer of the same id and ends what it left open. Throws `waitForCluster` where that takes
  /// longer.
  init(topology: Topology, settings: KafkaStreamSettings, source: KafkaRecordSource, log: @escaping StreamLog) throws {
    self.topology = topology
    self.source = source
    producer = try StreamProducer(topology: topology, settings: settings, source: source, log: log)
    do {
      try producer.makeReady()
    } catch {
      producer.close()
      throw error
    }
  }

  func send(_ outbox: Outbox) throws {
    try producer.makeReady()
    do throws(KafkaError) {
      try begin()
      try produce(outbox)
      client.poll(timeoutMs: 0)
    } catch {
      throw try recover(from: error)
    }
  }

  func commit(offsets: [TopicPartition: Int64]) throws -> [ChangelogEnd] {
    try producer.makeReady()
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
    if isOpen {
      isOpen = false
      try endTransaction()
    }
    try producer.makeReady()
  }

  /// What is open is aborted, so that nobody waits for it; where that fails, the next start of this id does it.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    if isOpen { _ = try? client.abort(timeoutMs: Self.callTimeoutMs) }
    producer.close()
  }

  private var client: KafkaProducer { producer.client }

  // MARK: The transaction

  private func begin() throws(KafkaError) {
    guard !isOpen else { return }
    client.clearMarks()
    _ = client.takeDeliveryError()
    markPartitions.removeAll(keepingCapacity: true)
    try client.begin()
    isOpen = true
  }

  private func produce(_ outbox: Outbox) throws(KafkaError) {
    var sent = 0
    for entry in outbox.entries {
      headers.removeAll()
      for header in outbox.headers[entry.headers] {
        headers.append(nameUTF8: outbox.name(of: header), header.value.map { outbox.bytes.bytes(in: $0) })
      }
      try client.produce(
        to: producer.topics[entry.topic], partition: entry.partition ?? KafkaProducer.anyPartition,
        key: entry.key.map { outbox.bytes.bytes(in: $0) }, value: entry.value.map { outbox.bytes.bytes(in: $0) },
        headers: headers.count > 0 ? headers : nil, mark: mark(for: entry))
      sent += 1
      if sent % Self.reportEvery == 0 { client.poll(timeoutMs: 0) }
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
        if let offset = client.deliveredOffset(mark: slot * topology.stores.count + table) {
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
      try client.sendOffsets(list, group: group, timeoutMs: Self.callTimeoutMs)
    }
  }

  private func finish() throws(KafkaError) {
    try again { () throws(KafkaError) in try client.commit(timeoutMs: Self.callTimeoutMs) }
  }

  /// Retriable errors: the same call again with the same arguments. One that was not answered is not taken as one here,
  /// since a delayed EndTxn must not hit the next transaction.
  private func again(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
    let deadline = ContinuousClock.now + .milliseconds(Int(Self.callTimeoutMs))
    var pauseMs = Self.againMs
    while true {
      do throws(KafkaError) {
        return try call()
      } catch {
        guard error.isRetriable, !error.isUnanswered, .now < deadline else { throw error }
        client.poll(timeoutMs: pauseMs)
        pauseMs = min(2 * pauseMs, Self.againMsMax)
      }
    }
  }

  // MARK: After a failure

  /// Ends the transaction and returns the error that the cycle ends with.
  private func recover(from error: KafkaError) throws -> StreamError {
    isOpen = false
    let error = cause(of: error)
    switch error.faultInTransaction {
    case .fenced, .refused, .fatal: break
    case .aborted, .missingTopic, .tooLarge: try endTransaction()
    case .renewed:
      if error.isProducerFence, producer.isTakenOver() { return StreamError(takenOver: "commit", error) }
      try producer.replace(after: error)
    // Nobody knows what came of it.
    case .passing: try producer.replace(after: error)
    }
    return StreamError(inTransaction: error, doing: "commit")
  }

  /// What the transaction itself failed of. A commit may hear that records were not delivered before it hears why, and
  /// a call that runs while the transaction fails hears of its state alone; a call after it is answered with the cause.
  private func cause(of error: KafkaError) -> KafkaError {
    switch error.code {
    case .inconsistent: client.takeDeliveryError() ?? error
    case .erroneousState: transactionError() ?? error
    default: error
    }
  }

  /// The error that the transaction of this producer stands in. Only where it is to be ended: offsets are offered, and
  /// would be taken if it were whole.
  private func transactionError() -> KafkaError? {
    do throws(KafkaError) {
      let any = TopicPartitionOffset(topic: topology.inputTopics[0], partition: 0, offset: 0)
      try client.sendOffsets([any], group: source.consumer.groupMetadata(), timeoutMs: Self.againMsMax)
      return nil
    } catch {
      return error
    }
  }

  private func endTransaction() throws {
    client.poll(timeoutMs: Self.deliveryGraceMs)
    do throws(KafkaError) {
      try again { () throws(KafkaError) in try client.abort(timeoutMs: Self.callTimeoutMs) }
    } catch {
      if error.faultInTransaction == .fenced || error.isProducerFence && producer.isTakenOver() {
        throw StreamError(takenOver: "abort", error)
      }
      try producer.replace(after: error)
    }
  }
}
