/// A topic and one of its partitions.
package struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
  package var topic: String
  package var partition: Int32

  package init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  package var description: String { "\(topic)[\(partition)]" }
}

/// The headers of the record at hand. Valid as long as the record.
package protocol HeaderSource: AnyObject {
  /// The last header of that name; nil when absent or null.
  func header(_ name: StaticString) -> UnsafeRawBufferPointer?
  /// Lends every header in its order: the name's UTF-8 bytes and the value, nil where that is null. Both are valid
  /// inside `body` only.
  func forEachHeader(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void)
}

/// A consumed record. Key, value and headers are borrowed: valid until ``RecordSource/poll(timeoutMs:)`` is called
/// again.
package struct InputRecord {
  /// Index into ``Topology/inputTopics``.
  package var topic: Int
  package var partition: Int32
  package var offset: Int64
  /// The broker's or producer's timestamp, milliseconds since 1970.
  package var timestampMs: Int64
  package var key: UnsafeRawBufferPointer?
  /// Nil: a tombstone.
  package var value: UnsafeRawBufferPointer?
  package var headers: any HeaderSource

  package init(
    topic: Int, partition: Int32, offset: Int64, timestampMs: Int64, key: UnsafeRawBufferPointer?,
    value: UnsafeRawBufferPointer?, headers: any HeaderSource
  ) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.timestampMs = timestampMs
    self.key = key
    self.value = value
    self.headers = headers
  }
}
