import Kafka
import StreamRuntime
import Threads

/// A thread's transactional producer: one transaction a cycle, and a new producer whenever an outcome is unknown.
///
/// Offsets and commit are waited for on a thread of its own. From ``beginCommit(offsets:)`` to ``endCommit()`` the
/// producer belongs to that one; what a failure asks for, the consumer's word among it, is done on the stream thread.
final class KafkaTransactionalSink: TransactionalSink {
  private let topology: Topology
  private unowned let source: KafkaRecordSource
  private let producer: StreamProducer
  private let headers = KafkaHeaders()
  private var markPartitions: [Int32] = []
  /// A transaction is open.
  private var isOpen = false
  private let helper: HelperThread
  /// What the helper is at.
  private var call: CommitCall?
  private var isClosed = false

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
      helper = try HelperThread("commit")
    } catch {
      producer.close()
      throw StreamError(.fatal, "\(error)")
    }
    do {
      try producer.makeReady()
    } catch {
      helper.close()
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

  func beginCommit(offsets: [TopicPartition: Int64]) throws {
    try producer.makeReady()
    do throws(KafkaError) {
      try begin()
      let list = offsets.map {
        TopicPartitionOffset(
          topic: $0.key.topic, partition: $0.key.partition, offset: $0.value, metadata: OffsetNote.kept.text)
      }
      let call = CommitCall(client, list, try source.consumer.groupMetadata())
      self.call = call
      helper.start(call.run)
    } catch {
      throw try recover(from: error)
    }
  }

  var isCommitting: Bool { helper.isBusy }

  func endCommit() throws -> [ChangelogEnd] {
    guard let call else { preconditionFailure("no commit has begun") }
    helper.wait()
    self.call = nil
    if let failure = call.failure { throw try recover(from: failure) }
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
    helper.close()
    if isOpen { _ = try? client.abort(timeoutMs: KafkaProducer.callTimeoutMs) }
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

  // MARK: After a failure

  /// Ends the transaction and returns the error that the cycle ends with.
  private func recover(from error: KafkaError) throws -> StreamError {
    isOpen = false
    let error = cause(of: error)
    switch error.faultInTransaction {
    case .fenced, .refused, .fatal: break
    case .aborted, .missingTopic: try endTransaction()
    // What a broker has refused leaves a gap in the producer's numbers, of which its next transaction would fail.
    case .tooLarge: try producer.replace(after: error)
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
      try client.sendOffsets([any], group: source.consumer.groupMetadata(), timeoutMs: KafkaProducer.againMsMax)
      return nil
    } catch {
      return error
    }
  }

  private func endTransaction() throws {
    client.poll(timeoutMs: Self.deliveryGraceMs)
    do throws(KafkaError) {
      try client.again { () throws(KafkaError) in try client.abort(timeoutMs: KafkaProducer.callTimeoutMs) }
    } catch {
      if error.faultInTransaction == .fenced || error.isProducerFence && producer.isTakenOver() {
        throw StreamError(takenOver: "abort", error)
      }
      try producer.replace(after: error)
    }
  }
}
