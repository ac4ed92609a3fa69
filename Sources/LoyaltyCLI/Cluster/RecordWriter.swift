import Contracts
import Inquiry
import JSON
import Kafka

/// Publishes records and knows that they arrived. Bounded: when the queue is full, `write` waits for the broker.
/// One thread; close it.
package final class RecordWriter {
  private let producer: KafkaProducer
  private let topic: KafkaTopic
  private var sinceServed = 0

  /// How long the broker may take without acknowledging a single record before it counts as gone.
  private static let stalledMsMax = 60_000
  private static let flushPollMs: Int32 = 100
  /// Delivery reports are served after so many records.
  private static let recordsUnserved = 256

  package init(_ cluster: Cluster, topic: Topic) throws {
    producer = try cluster.producer()
    do {
      self.topic = try producer.topic(topic.name)
    } catch {
      producer.close()
      throw error
    }
  }

  /// Records that the broker has acknowledged.
  package var delivered: Int { producer.delivered }

  /// Queues a record; `partition` nil lets the key decide. Throws what befell an earlier record as well.
  package func write(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: KafkaHeaders? = nil, partition: Int32? = nil,
    mark: Int? = nil
  ) throws {
    try producer.produce(
      to: topic, partition: partition ?? KafkaProducer.anyPartition, key: key, value: value, headers: headers,
      mark: mark)
    sinceServed += 1
    guard sinceServed >= Self.recordsUnserved else { return }
    sinceServed = 0
    serve(waitMs: 0)
    try check()
  }

  package func write(key: String, value: borrowing JSONWriter) throws {
    var key = key
    try key.withUTF8 { key in
      try value.withBytes { (bytes) throws in try write(key: UnsafeRawBufferPointer(key), value: bytes) }
    }
  }

  /// Publishes one record and says at which offset it lies.
  package static func publishOne(
    _ cluster: Cluster, to topic: Topic, key: String, value: borrowing JSONWriter, headers: KafkaHeaders? = nil
  ) throws -> Int64 {
    let records = try RecordWriter(cluster, topic: topic)
    defer { records.close() }
    var key = key
    try key.withUTF8 { key in
      try value.withBytes { (bytes) throws in
        try records.write(key: UnsafeRawBufferPointer(key), value: bytes, headers: headers, mark: onlyRecord)
      }
    }
    try records.finish()
    guard let offset = records.producer.deliveredOffset(mark: onlyRecord) else {
      throw CommandFailure("the broker did not say where the record lies on \(topic.name); run it again")
    }
    return offset
  }

  private static let onlyRecord = 0

  /// Serves deliveries for up to `waitMs`.
  package func serve(waitMs: Int32) { producer.poll(timeoutMs: waitMs) }

  /// Waits until every record is acknowledged; `onProgress` is called now and then.
  package func finish(onProgress: () -> Void = {}) throws {
    var before = producer.delivered
    var stalledMs = 0
    while producer.outstanding > 0 {
      serve(waitMs: Self.flushPollMs)
      try check()
      onProgress()
      stalledMs = producer.delivered == before ? stalledMs + Int(Self.flushPollMs) : 0
      before = producer.delivered
      guard stalledMs < Self.stalledMsMax else {
        throw CommandFailure(
          "the broker stopped acknowledging: \(producer.outstanding) records may not have arrived; run it again")
      }
    }
    try check()
  }

  private func check() throws {
    if let error = producer.takeDeliveryError() {
      throw CommandFailure("not every record arrived at \(topic.name) (\(error)); run it again")
    }
  }

  package func close() { producer.close() }
}
