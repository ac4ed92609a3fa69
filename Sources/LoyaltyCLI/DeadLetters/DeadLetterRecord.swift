import Contracts
import Inquiry
import Kafka

/// A record that a service could not take, as it lies on the service's dead-letter topic.
struct DeadLetterRecord {
  var place: KafkaTopicPartition
  var offset: Int64
  var timestampMs: Int64
  /// Where it came from; nil when the headers do not say.
  var origin: TopicPartitionOffset?
  /// A stable code, and a sentence without personal data.
  var error: String
  var message: String
  var key: [UInt8]?
  var value: [UInt8]?
  /// The original's own headers.
  var headers: [KafkaHeader]
  /// Key and value are the original's; otherwise they did not fit, and lie where it came from alone.
  var isWhole: Bool

  init(_ record: borrowing KafkaMessage) {
    func text(_ name: StaticString) -> String {
      record.header(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    place = KafkaTopicPartition(topic: record.topicName, partition: record.partition)
    offset = record.offset
    timestampMs = record.timestampMs
    error = text("dl_error")
    message = text("dl_message")
    if let partition = Int32(text("dl_partition")), let offset = Int64(text("dl_offset")) {
      origin = TopicPartitionOffset(topic: text("dl_topic"), partition: partition, offset: offset)
    }
    isWhole = record.header("dl_value_left_out") == nil && record.header("dl_key_left_out") == nil
    key = record.key.map { Array($0) }
    value = record.value.map { Array($0) }
    // The service's own all begin so. Handed in again, a record that lies wrong may be sent on again.
    headers = record.headers.filter { header in
      !header.name.hasPrefix("dl_") && header.name != "\(PlacementHeader.forwardedFrom)"
    }
  }
}

extension DeadLetterRecord {
  /// What a service made of the record at that place, if it could not take it.
  static func find(
    _ place: KafkaTopicPartition, _ offset: Int64, of service: Service, _ cluster: Cluster, _ reader: TopicReader
  ) throws -> DeadLetterRecord? {
    let topic = Topic.deadLetters(of: service)
    let count = try cluster.partitionCounts(of: [topic])[topic] ?? 0
    for range in try reader.ranges(of: topic, partitionCount: count) {
      var found: DeadLetterRecord?
      _ = try reader.lookBack(range) { message in
        let letter = DeadLetterRecord(message)
        if letter.origin?.topicPartition == place, letter.origin?.offset == offset { found = letter }
      } isEnough: {
        found != nil
      }
      if let found { return found }
    }
    return nil
  }
}
