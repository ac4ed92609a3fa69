import Contracts
import Inquiry
import JSON
import Kafka

/// A rejection as it lies on `commerce.rejections`.
struct RejectionRecord {
  var place: KafkaTopicPartition
  var offset: Int64
  var document: JSONValue

  init?(_ record: borrowing KafkaMessage) {
    // Only ingest writes here; what is not JSON was put there by somebody else and is none of this command's business.
    guard let bytes = record.value, let document = try? JSONValue(parsing: Array(bytes)) else { return nil }
    place = KafkaTopicPartition(topic: record.topicName, partition: record.partition)
    offset = record.offset
    self.document = document
  }

  func text(_ field: String) -> String? { document[field]?.string }

  /// As a person names it: `partition@offset`.
  var name: String { "\(place.partition)@\(offset)" }

  /// Where the refused event lies; nil where the rejection does not say.
  var origin: TopicPartitionOffset? {
    guard let topic = text("topic"), let partition = document["partition"]?.integer,
      let offset = document["offset"]?.integer
    else { return nil }
    return TopicPartitionOffset(topic: topic, partition: Int32(clamping: partition), offset: offset)
  }
}

/// Which rejections a command is about: one that is named, or the last ones of each partition that a filter lets pass.
struct RejectionFilter {
  var code: String?
  var source: String?
  var limit: Int

  func passes(_ rejection: RejectionRecord) -> Bool {
    (code == nil || rejection.text("code") == code)
      && (source == nil || rejection.text("originalSource") == source)
  }

  /// The last ones that pass, at most `limit` a partition.
  func read(_ cluster: Cluster) throws -> [RejectionRecord] {
    let topic = Topic.rejections
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var found: [RejectionRecord] = []
    for range in try reader.ranges(of: topic.name, partitionCount: cluster.partitionCount(of: topic)) {
      var own: [RejectionRecord] = []
      var stretch: [RejectionRecord] = []
      _ = try reader.lookBack(range) {
        stretch = []
      } record: { message in
        if let rejection = RejectionRecord(message), passes(rejection) { stretch.append(rejection) }
      } isEnough: {
        own = stretch.suffix(limit - own.count) + own
        return own.count == limit
      }
      found += own
    }
    return found
  }

  /// The one of that name, `partition@offset`.
  static func find(_ name: String, _ cluster: Cluster) throws -> RejectionRecord {
    let parts = name.split(separator: "@")
    guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0, offset >= 0,
      partition < Int32(try cluster.partitionCount(of: .rejections))
    else { throw CommandFailure("\(name) is not the PARTITION@OFFSET of a rejection, as `rejections list` shows it") }
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let place = KafkaTopicPartition(topic: Topic.rejections.name, partition: partition)
    let range = try reader.range(of: place)
    var found: RejectionRecord?
    if (range.from..<range.end).contains(offset) {
      try reader.read([TopicReader.Range(place, from: offset, end: offset + 1)]) { found = RejectionRecord($0) }
    }
    guard let found else { throw CommandFailure("there is no rejection \(name) any more") }
    return found
  }
}
