import Kafka
import StreamRuntime

/// A static member of the service's consumer group.
///
/// librdkafka is told of a partition only once it is to be read, and each change is a whole new `assign`, which returns
/// when all that was fetched before is void. `pause` and `resume` are never used: beside an `assign` they race inside
/// librdkafka, and the loser, perhaps the start of the fetcher, is dropped without a word (librdkafka #2190, #5591).
final class KafkaRecordSource: RecordSource, HeaderSource {
  private let topology: Topology
  private let log: StreamLog
  private let listener: RebalanceBridge
  let consumer: KafkaConsumer
  private var current: KafkaMessage?
  /// Whether the current record has headers; nil: not asked yet. Of one without any librdkafka looks anew each time.
  private var hasHeaders: Bool?
  private var topicIndices: [(identity: TopicIdentity, index: Int)] = []
  private var isReading = false
  private var news: [InputNews] = []
  private let leavesGroup: Bool
  private var isClosed = false
  /// The consumer has missed an input topic, and whether it is there is not known yet.
  private var missing: KafkaError?
  private var toldFaults: Set<KafkaErrorCode> = []
  private static let missingLookMs: Int32 = 2_000
  private static let leaveTimeoutMs: Int32 = 3_000
  /// How long one look at the committed offsets waits.
  private static let committedTimeoutMs: Int32 = 1_000

  init(topology: Topology, settings: KafkaStreamSettings, listener: any RebalanceListener, log: @escaping StreamLog)
    throws
  {
    self.topology = topology
    self.log = log
    leavesGroup = settings.leavesGroupOnStop
    let bridge = RebalanceBridge(listener)
    self.listener = bridge
    consumer = try kafka("join the group") { () throws(KafkaError) in
      try KafkaConsumer(settings: settings.groupConsumer(service: topology.service), log: kafkaLog(log)) {
        (consumer, rebalance) throws(KafkaError) in try bridge.handle(consumer, rebalance)
      }
    }
    bridge.source = self
    do {
      try kafka("subscribe") { () throws(KafkaError) in try consumer.subscribe(topology.inputTopics) }
    } catch {
      close()
      throw error
    }
  }

  // MARK: Records

  func poll(timeoutMs: Int) throws -> InputRecord? {
    current = nil
    hasHeaders = nil
    if missing != nil { try lookForMissing() }
    do throws(KafkaError) {
      guard let message = try nextRecord(timeoutMs: Int32(timeoutMs)) else { return nil }
      let topic = index(of: message.topic, name: message.topicName)
      let record = InputRecord(
        topic: topic, partition: message.partition, offset: message.offset, timestampMs: message.timestampMs,
        key: message.key, value: message.value, headers: self)
      current = consume message
      return record
    } catch {
      if error.code == .autoOffsetReset, let place = error.place {
        news.append(.outOfRange(place.runtime))
      } else {
        try survive(error)
      }
      return nil
    }
  }

  /// Passes over ends of partitions, so that one that has nothing does not hide the others' records.
  private func nextRecord(timeoutMs: Int32) throws(KafkaError) -> KafkaMessage? {
    var timeoutMs = timeoutMs
    while let message = try consumer.poll(timeoutMs: timeoutMs) {
      guard message.isPartitionEOF else { return message }
      news.append(.end(TopicPartition(topic: message.topicName, partition: message.partition), offset: message.offset))
      timeoutMs = 0
    }
    return nil
  }

  func takeNews() -> [InputNews] {
    guard !news.isEmpty else { return [] }
    defer { news.removeAll(keepingCapacity: true) }
    return news
  }

  /// What passes librdkafka heals by itself, and it is told once; what does not stops the worker.
  private func survive(_ error: KafkaError) throws {
    switch error.fault {
    case .passing:
      let level = toldFaults.insert(error.code).inserted ? StreamLogLevel.warning : .debug
      log(level, "the consumer reports a passing fault", [("error", error.description)])
    case .missingTopic:
      // Told once and not again, however long it lasts.
      missing = missing ?? error
      try lookForMissing()
    case .aborted, .renewed, .refused, .tooLarge, .fenced, .fatal: throw StreamError(error, doing: "consume")
    }
  }

  /// Asks whether the input topics are there, after the consumer has missed one. Throws `waitForTopic` while they are
  /// not.
  private func lookForMissing() throws {
    guard let error = missing else { return }
    for topic in topology.inputTopics {
      do throws(KafkaError) {
        if try consumer.partitionCount(of: topic, timeoutMs: Self.missingLookMs) != nil { continue }
      } catch {
        guard error.fault == .passing else { throw StreamError(error, doing: "look for \(topic)") }
        // Nobody says so or otherwise.
        return
      }
      throw StreamError(error, doing: "consume \(topic)")
    }
    missing = nil
  }

  private func index(of identity: TopicIdentity, name: @autoclosure () -> String) -> Int {
    for known in topicIndices where known.identity == identity { return known.index }
    guard let index = topology.inputTopics.firstIndex(of: name()) else {
      preconditionFailure("the consumer delivered a topic that was not subscribed")
    }
    topicIndices.append((identity, index))
    return index
  }

  func header(_ name: StaticString) -> UnsafeRawBufferPointer? {
    if hasHeaders == nil { hasHeaders = current?.hasHeaders }
    return hasHeaders == true ? current?.header(name) : nil
  }

  func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) -> Void) {
    current?.forEachHeader(body)
  }

  // MARK: Positions

  func committed(
    _ partitions: [TopicPartition]
  ) throws -> [TopicPartition: CommittedOffset?]? {
    do throws(KafkaError) {
      let offsets = try consumer.committed(partitions.map(\.kafka), timeoutMs: Self.committedTimeoutMs)
      var found: [TopicPartition: CommittedOffset?] = [:]
      for entry in offsets {
        let place = TopicPartition(topic: entry.topic, partition: entry.partition)
        found[place] = .some(entry.offset >= 0 ? CommittedOffset(entry.offset, OffsetNote(entry.metadata)) : nil)
      }
      return found
    } catch {
      guard error.fault == .passing else {
        throw StreamError(error, doing: "read the committed offsets")
      }
      return nil
    }
  }

  func bounds(of partitions: [TopicPartition]) throws -> [TopicPartition: InputBounds]? {
    do throws(KafkaError) {
      let places = partitions.map(\.kafka)
      let starts = try consumer.startOffsets(places, timeoutMs: Self.committedTimeoutMs)
      let ends = try consumer.endOffsets(places, timeoutMs: Self.committedTimeoutMs)
      var found: [TopicPartition: InputBounds] = [:]
      for (start, end) in zip(starts, ends) {
        found[start.topicPartition.runtime] = InputBounds(start: start.offset, end: end.offset)
      }
      return found
    } catch {
      guard error.fault == .passing else {
        throw StreamError(error, doing: "look at the input topics")
      }
      return nil
    }
  }

  func read(from offsets: [TopicPartition: Int64]) throws {
    current = nil
    news.removeAll(keepingCapacity: true)
    // An assignment that nothing asks for would answer a rebalance that has not been heard of yet.
    guard isReading || !offsets.isEmpty else { return }
    let places = offsets.map {
      TopicPartitionOffset(topic: $0.key.topic, partition: $0.key.partition, offset: $0.value)
    }
    try kafka("position the consumer") { () throws(KafkaError) in try consumer.assign(places) }
    isReading = !offsets.isEmpty
  }

  func lag(_ partition: TopicPartition, position: Int64) -> Int64? {
    do throws(KafkaError) {
      let high = try consumer.cachedWatermarks(partition.kafka).high
      return high >= 0 ? max(0, high - position) : nil
    } catch {
      return nil
    }
  }

  // MARK: Rebalances

  /// The group has spoken. The answer it waits for names no partition yet.
  fileprivate func assigned() throws(KafkaError) {
    toldFaults = []
    topicIndices = []
    news = []
    isReading = false
    try consumer.assign([])
  }

  fileprivate func revoked() throws(KafkaError) {
    current = nil
    topicIndices = []
    news = []
    isReading = false
    try consumer.unassign()
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    current = nil
    do throws(KafkaError) {
      if leavesGroup { try consumer.leaveGroup(timeoutMs: Self.leaveTimeoutMs) }
    } catch {
      log(.warning, "the group was not told; it goes on when the session times out", [("error", error.description)])
    }
    do throws(KafkaError) {
      try consumer.close()
    } catch {
      log(.warning, "the consumer did not close cleanly", [("error", error.description)])
    }
  }
}

/// Takes librdkafka's rebalances first to the business, then to the consumer.
private final class RebalanceBridge {
  weak var source: KafkaRecordSource?
  private weak var listener: (any RebalanceListener)?

  init(_ listener: any RebalanceListener) { self.listener = listener }

  func handle(_ consumer: KafkaConsumer, _ rebalance: KafkaRebalance) throws(KafkaError) {
    switch rebalance {
    case .assigned(let partitions):
      try source?.assigned()
      listener?.partitionsAssigned(partitions.map(\.runtime))
    case .revoked(let partitions, let lost):
      listener?.partitionsRevoked(partitions.map(\.runtime), lost: lost)
      if let source { try source.revoked() } else { try consumer.unassign() }
    }
  }
}

extension KafkaTopicPartition {
  var runtime: TopicPartition { .init(topic: topic, partition: partition) }
}

extension TopicPartition {
  var kafka: KafkaTopicPartition { .init(topic: topic, partition: partition) }
}
