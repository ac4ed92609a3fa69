import Contracts
import Loyalty
import StreamRuntime

/// What becomes of strays: records of a topic by member that lie in a partition where their keys do not belong, since
/// whoever wrote them partitions by another hash.
///
/// Of the services that read a topic one sends its strays on (``Service/forwardedTopics``), each once, in the
/// transaction of the cycle that meets it. The others pass over them: what they need comes to them where it belongs. A
/// stray that was sent on before is a dead letter, so that none goes round.
///
/// On a compacted topic a stray would stay where it lies for ever, whatever is written where it belongs: a tombstone
/// follows it there. Of a tombstone that is a stray itself, what was kept here of its key is deleted too: earlier
/// releases took profiles wherever they lay.
///
/// One thread, that of the task.
final class StrayRecords {
  private let context: ProcessorContext
  private let publisher: EventPublisher
  /// Of the topics whose strays the service sends on.
  private let outputs: [Topic: EventPublisher.Output]
  private let notice: StrayNotice

  /// What is larger might not fit into a record any more with its mark, and no event is so large.
  static let forwardedBytesMax = 512 * 1024

  init(_ service: Service, _ context: ProcessorContext, _ publisher: EventPublisher, _ notice: StrayNotice) {
    self.context = context
    self.publisher = publisher
    self.notice = notice
    outputs = Dictionary(uniqueKeysWithValues: service.forwardedTopics.map { ($0, publisher.output($0)) })
  }

  func process(_ record: InputRecord, belongingTo partition: Int32, _ input: ServiceInput) throws {
    guard let keying = input.keying else { preconditionFailure("\(input.topic.name) may lie anywhere") }
    guard record.hasValue else { return try delete(record, partition, input, keying.tombstone) }
    switch try keying.owner(record) {
    case .partition: try input.process(record)
    case .member(let memberId, let isErased):
      try record.checkKey(is: memberId)
      guard let output = outputs[input.topic] else { return }
      defer { if keying.isCompacted { clear(record, output) } }
      if !isErased { try forward(record, partition, input.topic, output) }
    }
  }

  /// A record under another key than that of the member whom it names: on a compacted topic it goes from where it lies.
  func removeWronglyKeyed(_ record: InputRecord, _ input: ServiceInput) {
    guard input.keying?.isCompacted == true, let output = outputs[input.topic] else { return }
    clear(record, output)
  }

  private func delete(
    _ record: InputRecord, _ partition: Int32, _ input: ServiceInput, _ tombstone: ServiceInput.Tombstone
  ) throws {
    guard case .deletes(let delete, let cleared) = tombstone, let key = record.key else {
      return try input.process(record)
    }
    let name = String(decoding: key, as: UTF8.self)
    guard !record.clears else { return try cleared(name) }
    try delete(name)
    guard let output = outputs[input.topic] else { return }
    try forward(record, partition, input.topic, output)
  }

  private func forward(
    _ record: InputRecord, _ partition: Int32, _ topic: Topic, _ output: EventPublisher.Output
  ) throws {
    guard !record.wasForwarded else {
      throw PoisonRecord(
        code: "wrong-partition",
        "The record was sent on once, and lies again where its key does not belong; hand it in again under its key by "
          + "the partitioner murmur2_random.")
    }
    guard record.byteCount <= Self.forwardedBytesMax else {
      throw PoisonRecord(
        code: "wrong-partition",
        "The record lies where its key does not belong, and is too large to be sent on; hand it in again by the "
          + "partitioner murmur2_random.")
    }
    context.forward(record, to: partition, output: output.index, mark: PlacementHeader.forwardedFrom)
    tell(record, topic)
  }

  private func clear(_ record: InputRecord, _ output: EventPublisher.Output) {
    guard let key = record.key else { return }
    publisher.clear(key, of: output, partition: record.partition)
  }

  private func tell(_ record: InputRecord, _ topic: Topic) {
    let source = record.source ?? "unnamed"
    guard let count = notice.count(topic, source: source, nowMs: context.clock.wallNowMs()) else { return }
    context.log(
      .warning,
      "records lie in partitions where their keys do not belong, and are sent on; have their producer partition as the "
        + "platform does: kcat -X topic.partitioner=murmur2_random, librdkafka's clients partitioner=murmur2_random, Java's "
        + "own default",
      [
        ("topic", topic.name), ("source", source), ("records", "\(count)"), ("partition", "\(record.partition)"),
        ("offset", "\(record.offset)"),
      ])
  }
}

extension InputRecord {
  fileprivate var wasForwarded: Bool { headers.header(PlacementHeader.forwardedFrom) != nil }

  /// Says nothing of whom the key names.
  var clears: Bool { headers.header(PlacementHeader.clearedBy) != nil }

  /// What the event's envelope names as its source, which is no person; nil where it names none.
  fileprivate var source: String? {
    let envelope = value.flatMap { value in try? EventEnvelope(value: value) { headers.header($0) } }
    return envelope?.attributes?.source.flatMap { FieldRules.isId($0) ? PersonalText.shown($0) : nil }
  }
}
