import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import ServiceKit

/// `loyalty offsets accept-loss SERVICE`: says where a stopped partition goes on. The group's offset and a record of
/// the decision, on the service's dead-letter topic, are written in one transaction; the worker takes it up by itself.
enum OffsetsAcceptLoss: Subcommand {
  private static let service = Setting<Service>.choice("service", help: "The service whose partition is stopped.")
  private static let topic = Setting.text("topic", help: "The input topic that it is stopped for.")
  private static let partition = Setting.integer("partition", in: 0...9_999, help: "The partition.")
  private static let from = Setting.integer(
    "from", in: 0...Int.max, help: "The next offset to process, as the worker's log says it.")
  private static let upTo = Setting.integer(
    "up-to", in: 0...Int.max, help: "The offset to go on at; what lies before it is given up.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "accept-loss",
    summary: "let a partition go on that is stopped because records of its input are gone. The worker's log says with "
      + "which numbers; the decision is recorded among the service's dead letters.",
    arguments: [service], settings: [topic, partition, from, upTo, actor, reason, CommandContext.yes])

  private static let timeoutMs: Int32 = 60_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let service = settings[service]
    guard service.inputTopics.contains(where: { $0.name == settings[topic] }) else {
      let inputs = service.inputTopics.map(\.name).joined(separator: ", ")
      throw CommandFailure("\(service.name) does not read \(settings[topic]), but \(inputs)")
    }
    let loss = AcceptedLoss(
      service: service, place: KafkaTopicPartition(topic: settings[topic], partition: Int32(settings[partition])),
      from: Int64(settings[from]), upTo: Int64(settings[upTo]), actor: settings[actor], reason: settings[reason])
    try check(loss, context.cluster)
    try context.confirm(loss.summary)
    try write(loss, context.cluster)
    context.tell(
      "\(loss.summary). The worker goes on within seconds",
      .fields([
        "service": .string(service.name), "topic": .string(loss.place.topic),
        "partition": .count(loss.place.partition), "from": .count(loss.from), "upTo": .count(loss.upTo),
      ]))
    return .done
  }

  private static func check(_ loss: AcceptedLoss, _ cluster: Cluster) throws {
    let deadLetters = Topic.deadLetters(of: loss.service)
    let count = try cluster.partitionCounts(of: [loss.place.topic, deadLetters])[loss.place.topic] ?? 0
    guard loss.place.partition < Int32(count) else {
      throw CommandFailure("\(loss.place.topic) has \(count) partitions, 0 to \(count - 1)")
    }
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let range = try reader.range(of: loss.place)
    guard (range.from...max(range.from, range.end)).contains(loss.upTo) else {
      throw CommandFailure(
        "\(loss.where) cannot be taken up at \(loss.upTo): it holds \(range.from) to \(range.end)")
    }
  }

  private static func write(_ loss: AcceptedLoss, _ cluster: Cluster) throws {
    // Lends the group's name; reads nothing and joins nothing.
    let member = try cluster.consumer(group: loss.service.name)
    defer { _ = try? member.close() }
    let producer = try cluster.transactionalProducer("loyalty.accept-loss.\(loss.service.name)")
    defer { producer.close() }
    try cluster.patiently { try producer.initTransactions(timeoutMs: timeoutMs) }
    try producer.begin()
    let headers = KafkaHeaders()
    for (name, value) in loss.headers { headers.append(name, value) }
    let topic = try producer.topic(Topic.deadLetters(of: loss.service))
    try loss.document.withUnsafeBytes { value in
      try producer.produce(
        to: topic, partition: KafkaProducer.anyPartition, key: nil, value: value, headers: headers)
    }
    let offset = TopicPartitionOffset(
      topic: loss.place.topic, partition: loss.place.partition, offset: loss.upTo,
      metadata: WorkerOffsets.acceptedLoss(from: loss.from))
    try producer.sendOffsets([offset], group: try member.groupMetadata(), timeoutMs: timeoutMs)
    try producer.commit(timeoutMs: timeoutMs)
  }
}
