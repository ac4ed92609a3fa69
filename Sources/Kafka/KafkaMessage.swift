import CRDKafka

/// One record as fetched, or the news that a partition's end was reached. Owns librdkafka's message and frees it at the
/// end of its life; the bytes it lends point into the fetched batch and must not be used after that.
/// All messages must be gone before their consumer is closed. Used on the consumer's thread.
package struct KafkaMessage: ~Copyable {
  private let pointer: UnsafeMutablePointer<rd_kafka_message_t>

  init(consuming pointer: UnsafeMutablePointer<rd_kafka_message_t>) {
    self.pointer = pointer
  }

  deinit {
    rd_kafka_message_destroy(pointer)
  }

  /// True when this is no record but the end of a partition (setting `enable.partition.eof`): `offset` is then the
  /// offset that the next record would get, past transaction markers and aborted records.
  package var isPartitionEOF: Bool { pointer.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF }

  /// Which topic, without making a string. See `TopicIdentity` for how long it holds.
  package var topic: TopicIdentity { TopicIdentity(pointer: pointer.pointee.rkt) }

  package var topicName: String { String(cString: rd_kafka_topic_name(pointer.pointee.rkt)) }

  package var partition: Int32 { pointer.pointee.partition }

  package var offset: Int64 { pointer.pointee.offset }

  /// Milliseconds since the epoch; -1 when the record has none.
  package var timestampMs: Int64 { rd_kafka_message_timestamp(pointer, nil) }

  /// The key's bytes, valid while this message lives; nil is a null key.
  package var key: UnsafeRawBufferPointer? {
    guard let base = pointer.pointee.key else { return nil }
    return UnsafeRawBufferPointer(start: base, count: pointer.pointee.key_len)
  }

  /// The value's bytes, valid while this message lives; nil is a null value, a tombstone.
  package var value: UnsafeRawBufferPointer? {
    // "err!=0: Error string": an end of partition carries a sentence there.
    guard !isPartitionEOF, let base = pointer.pointee.payload else { return nil }
    return UnsafeRawBufferPointer(start: base, count: pointer.pointee.len)
  }

  package var hasHeaders: Bool { headerList != nil }

  /// The last header of that name, valid while this message lives; nil when there is none. A null value is lent as an
  /// empty buffer.
  package func header(_ name: StaticString) -> UnsafeRawBufferPointer? {
    guard let list = headerList else { return nil }
    var value: UnsafeRawPointer?
    var size = 0
    // A static string's bytes end with a NUL.
    let name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    guard rd_kafka_header_get_last(list, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size)
  }

  /// Lends every header in order: the name's UTF-8 bytes and the value (nil is a null value).
  package func forEachHeader(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void) {
    guard let list = headerList else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let text = name {
      body(
        UnsafeRawBufferPointer(start: text, count: nameLength(text)),
        value.map { UnsafeRawBufferPointer(start: $0, count: size) })
      index += 1
    }
  }

  /// A copy of every header in order.
  package var headers: [KafkaHeader] {
    var list: [KafkaHeader] = []
    forEachHeader { name, value in
      list.append(KafkaHeader(name: String(decoding: name, as: UTF8.self), value: value.map { [UInt8]($0) }))
    }
    return list
  }

  private var headerList: OpaquePointer? {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return list
  }

  private func nameLength(_ name: UnsafePointer<CChar>) -> Int {
    var length = 0
    while name[length] != 0 { length += 1 }
    return length
  }
}
