import Contracts
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty dead-letters replay SERVICE`: hands the records to the service again, each once: where it got to is
/// committed in the transaction that writes them.
enum DeadLettersReplay: Subcommand {
  private static let fromStart = Setting.toggle(
    "from-start", help: "Also those that were replayed before; a service passes over what it has taken since.")

  static let command = CommandDeclaration(
    "replay", summary: "hand the records that a service could not take to it again, once its fault is mended.",
    arguments: [DeadLettersList.service], settings: [fromStart])

  private static let timeoutMs: Int32 = 60_000
  private static let recordsATransaction = 1_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    let service = context.settings[DeadLettersList.service]
    let topic = Topic.deadLetters(of: service)
    let group = "\(topic).replay"
    let counts = try context.cluster.partitionCounts(of: [topic] + service.inputTopics.map(\.name))
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    var ranges = try reader.ranges(of: topic, partitionCount: counts[topic] ?? 0)
    if !context.settings[fromStart] { try skipReplayed(&ranges, group, context.cluster) }
    let replay = try Replay(context.cluster, group: group, service: service, counts: counts)
    defer { replay.close() }
    try reader.read(ranges) { message in
      try replay.add(DeadLetterRecord(message))
      if replay.pending >= recordsATransaction { try replay.commit(timeoutMs: timeoutMs) }
    }
    try replay.commit(timeoutMs: timeoutMs)
    context.tell(
      "\(grouped(Int64(replay.replayed))) records handed to \(service.name) again",
      .fields([
        "service": .string(service.name), "replayed": .count(replay.replayed), "passedOver": .count(replay.passedOver),
      ]))
    guard replay.passedOver > 0 else { return .done }
    context.console.note(
      "\(replay.passedOver) records do not say where they came from, or were too large to be kept whole, and were passed over."
    )
    return .failed
  }

  private static func skipReplayed(
    _ ranges: inout [TopicReader.Range], _ group: String, _ cluster: Cluster
  ) throws {
    let places = ranges.map(\.place)
    let committed = try cluster.withAdmin { admin in
      try cluster.patiently { try admin.committedOffsets(group: group, of: places, timeoutMs: Cluster.timeoutMs) }
    }
    for index in ranges.indices {
      guard let done = committed.first(where: { $0.topicPartition == ranges[index].place }) else { continue }
      ranges[index].from = max(ranges[index].from, done.offset)
    }
  }

  /// Writes records back to where they came from, in transactions that also move the group on.
  private final class Replay {
    private(set) var replayed = 0
    private(set) var passedOver = 0
    private(set) var pending = 0
    private var positions: [KafkaTopicPartition: Int64] = [:]
    private let counts: [String: Int]
    private let inputs: Set<String>
    private let producer: KafkaProducer
    /// Lends the group's metadata; reads nothing.
    private let member: KafkaConsumer
    private let headers = KafkaHeaders()

    init(_ cluster: Cluster, group: String, service: Service, counts: [String: Int]) throws {
      self.counts = counts
      inputs = Set(service.inputTopics.map(\.name))
      let producer = try cluster.transactionalProducer("loyalty.\(group)")
      do {
        try cluster.patiently { try producer.initTransactions(timeoutMs: timeoutMs) }
        member = try cluster.consumer(group: group)
      } catch {
        producer.close()
        throw error
      }
      self.producer = producer
    }

    func add(_ letter: DeadLetterRecord) throws {
      if pending == 0 { try producer.begin() }
      pending += 1
      positions[letter.place] = letter.offset + 1
      // A decision, of which there is nothing to hand in.
      guard letter.error != AcceptedLoss.code else { return }
      guard letter.isWhole, let origin = letter.origin, inputs.contains(origin.topic),
        origin.partition < Int32(counts[origin.topic] ?? 0)
      else {
        passedOver += 1
        return
      }
      headers.removeAll()
      for header in letter.headers { headers.append(header) }
      let topic = try producer.topic(origin.topic)
      try Self.withBytes(letter.key) { key in
        try Self.withBytes(letter.value) { value in
          try producer.produce(to: topic, partition: origin.partition, key: key, value: value, headers: headers)
        }
      }
      replayed += 1
    }

    func commit(timeoutMs: Int32) throws {
      guard pending > 0 else { return }
      let offsets = positions.map {
        TopicPartitionOffset(topic: $0.key.topic, partition: $0.key.partition, offset: $0.value)
      }
      try producer.sendOffsets(offsets, group: try member.groupMetadata(), timeoutMs: timeoutMs)
      try producer.commit(timeoutMs: timeoutMs)
      pending = 0
      positions = [:]
    }

    func close() {
      // It never joined its group, so there is nothing to leave that could fail.
      _ = try? member.close()
      producer.close()
    }

    private static func withBytes(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
      guard let bytes else { return try body(nil) }
      try bytes.withUnsafeBytes { try body($0) }
    }
  }
}
