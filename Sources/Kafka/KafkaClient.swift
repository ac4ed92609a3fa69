import CRDKafka

/// The `rd_kafka_t` under every consumer, producer and admin client, with the object its callbacks find.
final class KafkaClient {
  let callbacks: KafkaCallbacks
  private var pointer: OpaquePointer?

  /// `configure` adds the callbacks a kind of client needs.
  init(
    _ kind: rd_kafka_type_t, settings: KafkaSettings, log: @escaping KafkaLog,
    configure: (_ configuration: OpaquePointer) -> Void
  ) throws(KafkaError) {
    callbacks = KafkaCallbacks(log: log, token: settings.token)
    let configuration = try settings.makeConfiguration()
    // One opaque a configuration. It is not retained: this client outlives the handle, see deinit.
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(callbacks).toOpaque())
    rd_kafka_conf_set_log_cb(configuration) { handle, level, _, text in
      guard let opaque = rd_kafka_opaque(handle), let text else { return }
      KafkaCallbacks.from(opaque).log(Int(level), String(cString: text))
    }
    if settings.token != nil { KafkaTokenRefresh.configure(configuration) }
    rd_kafka_conf_set_error_cb(configuration) { _, code, text, opaque in
      guard let opaque, let text else { return }
      KafkaCallbacks.from(opaque).connectionFailed(rd_kafka_resp_err_t(code), String(cString: text))
    }
    configure(configuration)
    let reasonSize = 512
    var reason = [CChar](repeating: 0, count: reasonSize)
    pointer = rd_kafka_new(kind, configuration, &reason, reasonSize)
    if let pointer {
      if settings.token != nil { try startTokens(pointer) }
      return
    }
    // "If this function fails the conf object is still owned by the application." But the interceptors that a plug-in
    // has hung on it are freed already, and would be a second time (librdkafka #4142): then it is left.
    if settings["plugin.library.paths"] == nil { rd_kafka_conf_destroy(configuration) }
    let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw KafkaError(code: KafkaErrorCode(rd_kafka_last_error()), message: "settings: \(text)")
  }

  private func startTokens(_ open: OpaquePointer) throws(KafkaError) {
    do throws(KafkaError) {
      try KafkaTokenRefresh.start(open)
    } catch {
      destroy()
      throw error
    }
  }

  deinit {
    precondition(pointer == nil, "Kafka client dropped without close()")
  }

  var handle: OpaquePointer {
    guard let pointer else { preconditionFailure("Kafka client used after close()") }
    return pointer
  }

  var isClosed: Bool { pointer == nil }

  /// Frees the handle. Blocks until librdkafka's threads have ended; everything made from it must be gone before.
  func destroy(flags: Int32 = 0) {
    guard let open = pointer else { return }
    pointer = nil
    rd_kafka_destroy_flags(open, flags)
  }

  func check(_ code: rd_kafka_resp_err_t, _ operation: @autoclosure () -> String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw error(code, doing: operation())
  }

  /// For calls that answer with an `rd_kafka_error_t`, which is freed here.
  func check(_ error: OpaquePointer?, _ operation: @autoclosure () -> String) throws(KafkaError) {
    guard let error else { return }
    throw KafkaError(consuming: error, doing: operation())
  }

  /// `_FATAL` says only that something fatal happened before: this looks up what it was.
  func error(_ code: rd_kafka_resp_err_t, doing operation: String) -> KafkaError {
    guard code == RD_KAFKA_RESP_ERR__FATAL else { return KafkaError(code, doing: operation) }
    return endedBy(doing: operation) ?? KafkaError(code, doing: operation)
  }

  /// What ended this client, if anything has. Does not block.
  func endedBy(doing operation: String) -> KafkaError? {
    let reasonSize = 512
    var reason = [CChar](repeating: 0, count: reasonSize)
    let cause = rd_kafka_fatal_error(handle, &reason, reasonSize)
    guard cause != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return KafkaError(code: KafkaErrorCode(cause), message: "\(operation): \(text)", isFatal: true)
  }

  /// Why brokers cannot be used, the latest of each: as librdkafka has told since the client was made. Does not block.
  func connectionFailures() -> [KafkaError] {
    rd_kafka_poll(handle, 0)
    return callbacks.connectionFailures.sorted { $0.key < $1.key }.map(\.value)
  }
}
