import Kafka
import StreamRuntime

/// The producer of a thread's transactional id, and a new one of the same id whenever it can do no more or nobody knows
/// what became of its transaction.
///
///     new ──makeReady──▶ ready ──replace──▶ new
///
/// That the new one is ready decides every transaction of the old one: then, and not before, the committed offsets tell
/// what came of it.
final class StreamProducer {
  private let topology: Topology
  private let settings: KafkaStreamSettings
  private let log: StreamLog
  private unowned let source: KafkaRecordSource
  private(set) var client: KafkaProducer
  /// As ``Topology/outputTopics``; empty until it is ready.
  private(set) var topics: [KafkaTopic] = []
  private var isReady = false
  private var fences: [ContinuousClock.Instant] = []

  /// How long one look whether the new producer has its id waits.
  private static let readyTimeoutMs: Int32 = 5_000
  /// New producers for one that was fenced, in a time: the coordinator ends no more transactions than that by their
  /// timeouts, so somebody else must be at work under this name.
  private static let fencesMax = 5
  private static let fencesWithin: Duration = .seconds(60)
  /// A member hears with its next heartbeat, at most half a second later, that another has its place.
  private static let takeOverWait: Duration = .milliseconds(1_500)
  private static let takeOverLookMs: Int32 = 50

  /// Does not wait for a broker.
  init(topology: Topology, settings: KafkaStreamSettings, source: KafkaRecordSource, log: @escaping StreamLog) throws {
    self.topology = topology
    self.settings = settings
    self.source = source
    self.log = log
    client = try Self.make(topology, settings, log)
  }

  /// Fences an older producer of the same id and ends what it left open. Throws `waitForCluster` where that takes
  /// longer: call it again then.
  func makeReady() throws {
    guard !isReady else { return }
    do throws(KafkaError) {
      try client.initTransactions(timeoutMs: Self.readyTimeoutMs)
      topics = try resolveTopics()
    } catch {
      let failure = StreamError(inTransaction: error, doing: "start the transactional producer")
      // One that says "again" goes on where it was.
      if failure.response.startsOver, !error.isRetriable { try replace(after: error) }
      throw failure.response == .abortTransaction ? StreamError(.waitForCluster, failure.description) : failure
    }
    isReady = true
  }

  /// A new producer of the same id; it is to be made ready. Throws `fenced` when fences come too often.
  func replace(after error: KafkaError) throws {
    if error.isProducerFence {
      fences.removeAll { $0.duration(to: .now) > Self.fencesWithin }
      fences.append(.now)
      guard fences.count <= Self.fencesMax else { throw StreamError(takenOver: "produce", error) }
    }
    log(
      .warning, "starting a new producer, which settles what the old one left", [("reason", error.description)])
    isReady = false
    topics = []
    client.close()
    client = try Self.make(topology, settings, log)
  }

  /// Whether a fenced producer was fenced by another process of this name, or by the coordinator, which raises the
  /// epoch when it ends a transaction by its timeout. The group knows: who starts joins it under this name first.
  func isTakenOver() -> Bool {
    let deadline = ContinuousClock.now + Self.takeOverWait
    repeat {
      if source.consumer.endedBy?.fault == .fenced { return true }
      client.poll(timeoutMs: Self.takeOverLookMs)
    } while .now < deadline
    return false
  }

  func close() { client.close() }

  private static func make(
    _ topology: Topology, _ settings: KafkaStreamSettings, _ log: @escaping StreamLog
  ) throws -> KafkaProducer {
    try kafka("create the producer") { () throws(KafkaError) in
      try KafkaProducer(settings: settings.transactionalProducer(service: topology.service), log: kafkaLog(log))
    }
  }

  private func resolveTopics() throws(KafkaError) -> [KafkaTopic] {
    var resolved: [KafkaTopic] = []
    for name in topology.outputTopics { resolved.append(try client.topic(name)) }
    return resolved
  }
}
