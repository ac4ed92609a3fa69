import CRDKafka

/// A producer, owned by one thread at a time, which makes every call; what hands it to another orders their accesses.
/// Idempotent or transactional as its settings say; the calls of a transaction are in `KafkaTransaction.swift`.
package final class KafkaProducer {
  let client: KafkaClient
  private var topics: [String: KafkaTopic] = [:]
  /// The argument list of `rd_kafka_produceva`, reused from record to record.
  private let arguments: UnsafeMutablePointer<rd_kafka_vu_t>
  private static let argumentsMax = 8
  /// How long `produce` waits for room in a full queue before it throws `queueFull`.
  package static let queueFullWaitMsMax: Int32 = 60_000
  private static let queueFullPollMs: Int32 = 100
  /// Let the partitioner choose by the key.
  package static let anyPartition = RD_KAFKA_PARTITION_UA

  /// Connects in the background; does not block.
  package init(settings: KafkaSettings, log: @escaping KafkaLog) throws(KafkaError) {
    client = try KafkaClient(RD_KAFKA_PRODUCER, settings: settings, log: log) { configuration in
      // A callback, not an event: commit and flush serve it on the owner's thread.
      rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
        guard let message, let opaque else { return }
        let callbacks = KafkaCallbacks.from(opaque)
        let code = message.pointee.err
        if code == RD_KAFKA_RESP_ERR_NO_ERROR {
          callbacks.delivered += 1
          if let tag = message.pointee._private {
            callbacks.delivered(mark: Int(bitPattern: tag) - 1, offset: message.pointee.offset)
          }
        } else if callbacks.firstDeliveryFailure == nil {
          callbacks.firstDeliveryFailure = KafkaError(code, doing: "delivery")
        }
      }
    }
    arguments = .allocate(capacity: Self.argumentsMax)
    arguments.initialize(repeating: rd_kafka_vu_t(), count: Self.argumentsMax)
  }

  deinit {
    arguments.deallocate()
  }

  // MARK: Records

  /// The topic's handle, made at the first call and kept. Does not block; a topic that does not exist shows later, as a
  /// delivery failure.
  package func topic(_ name: String) throws(KafkaError) -> KafkaTopic {
    if let known = topics[name] { return known }
    guard let pointer = rd_kafka_topic_new(client.handle, name, nil) else {
      throw client.error(rd_kafka_last_error(), doing: "topic \(name)")
    }
    let topic = KafkaTopic(pointer: pointer)
    topics[name] = topic
    return topic
  }

  /// Queues a record; key, value and headers are copied. nil is a null key or value, an empty buffer an empty one.
  /// `timestampMs` is the record's time in milliseconds since the epoch, nil for now.
  /// With a full queue it serves deliveries until there is room, up to `queueFullWaitMsMax`. Whether the record arrived
  /// shows in `takeDeliveryError()` or in the commit. The highest offset of the records with one `mark` (0 or more) is
  /// in `deliveredOffset(mark:)`.
  package func produce(
    to topic: KafkaTopic, partition: Int32, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: KafkaHeaders? = nil, timestampMs: Int64? = nil, mark: Int? = nil
  ) throws(KafkaError) {
    var waitedMs: Int32 = 0
    while true {
      let code: rd_kafka_resp_err_t
      if timestampMs == nil, headers == nil || headers?.count == 0 {
        code = produce(topic, partition, key, value, mark)
      } else {
        code = produce(topic, partition, key, value, headers, timestampMs, mark)
      }
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
      guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, waitedMs < Self.queueFullWaitMsMax else {
        throw client.error(code, doing: "produce to \(topic.name)")
      }
      poll(timeoutMs: Self.queueFullPollMs)
      waitedMs += Self.queueFullPollMs
    }
  }

  // MARK: Deliveries

  /// Records acknowledged so far (always 0 under `delivery.report.only.error`).
  package var delivered: Int { client.callbacks.delivered }
  /// Records queued or on their way, and delivery reports not served yet.
  package var outstanding: Int { Int(rd_kafka_outq_len(client.handle)) }

  /// The highest offset at which a record of that mark was delivered since `clearMarks()`; nil for none.
  package func deliveredOffset(mark: Int) -> Int64? {
    let offsets = client.callbacks.markedOffsets
    guard offsets.indices.contains(mark), offsets[mark] >= 0 else { return nil }
    return offsets[mark]
  }

  package func clearMarks() { client.callbacks.markedOffsets.removeAll(keepingCapacity: true) }

  /// The first failure since the last call, if any.
  package func takeDeliveryError() -> KafkaError? {
    defer { client.callbacks.firstDeliveryFailure = nil }
    return client.callbacks.firstDeliveryFailure
  }

  /// Serves delivery reports; waits up to `timeoutMs` for the first. Returns how many events it served.
  @discardableResult
  package func poll(timeoutMs: Int32) -> Int {
    Int(rd_kafka_poll(client.handle, timeoutMs))
  }

  /// Waits until every queued record is delivered or given up. Throws `timedOut` when some are still on their way.
  package func flush(timeoutMs: Int32) throws(KafkaError) {
    try client.check(rd_kafka_flush(client.handle, timeoutMs), "flush")
  }

  /// Frees the client; records not flushed before are lost. Blocks while librdkafka's threads end.
  /// Calling it again does nothing.
  package func close() {
    guard !client.isClosed else { return }
    for topic in topics.values { rd_kafka_topic_destroy(topic.pointer) }
    topics.removeAll()
    client.destroy()
  }

  /// The short way: the current time and no headers.
  private func produce(
    _ topic: KafkaTopic, _ partition: Int32, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?,
    _ mark: Int?
  ) -> rd_kafka_resp_err_t {
    let result = rd_kafka_produce(
      topic.pointer, partition, RD_KAFKA_MSG_F_COPY, pointer(value), value?.count ?? 0, pointer(key), key?.count ?? 0,
      Self.tag(mark))
    return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
  }

  /// Headers go as a list of our making, which stays ours until the record is taken. One that `produceva` makes itself,
  /// of single headers, it frees twice when the record's partition or topic is not there (librdkafka #4627).
  private func produce(
    _ topic: KafkaTopic, _ partition: Int32, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?,
    _ headers: KafkaHeaders?, _ timestampMs: Int64?, _ mark: Int?
  ) -> rd_kafka_resp_err_t {
    arguments[0].vtype = RD_KAFKA_VTYPE_RKT
    arguments[0].u.rkt = topic.pointer
    arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION
    arguments[1].u.i32 = partition
    arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
    arguments[2].u.i = RD_KAFKA_MSG_F_COPY
    arguments[3].vtype = RD_KAFKA_VTYPE_KEY
    arguments[3].u.mem = .init(ptr: pointer(key), size: key?.count ?? 0)
    arguments[4].vtype = RD_KAFKA_VTYPE_VALUE
    arguments[4].u.mem = .init(ptr: pointer(value), size: value?.count ?? 0)
    arguments[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP
    // librdkafka takes 0 for the current time.
    arguments[5].u.i64 = timestampMs ?? 0
    arguments[6].vtype = RD_KAFKA_VTYPE_OPAQUE
    arguments[6].u.ptr = Self.tag(mark)
    var count = Self.argumentsMax - 1
    let list = headers?.makeList()
    if let list {
      arguments[count].vtype = RD_KAFKA_VTYPE_HEADERS
      arguments[count].u.headers = list
      count += 1
    }
    guard let error = rd_kafka_produceva(client.handle, arguments, count) else { return RD_KAFKA_RESP_ERR_NO_ERROR }
    if let list { rd_kafka_headers_destroy(list) }
    defer { rd_kafka_error_destroy(error) }
    return rd_kafka_error_code(error)
  }

  /// A mark as the message's opaque pointer; null is none.
  private static func tag(_ mark: Int?) -> UnsafeMutableRawPointer? {
    mark.flatMap { UnsafeMutableRawPointer(bitPattern: $0 + 1) }
  }

  /// C tells null from empty by the pointer, so an empty buffer needs one, whatever it points to.
  private func pointer(_ bytes: UnsafeRawBufferPointer?) -> UnsafeMutableRawPointer? {
    guard let bytes else { return nil }
    return UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(arguments))
  }
}
