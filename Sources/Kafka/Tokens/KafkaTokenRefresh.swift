import CRDKafka

/// Hands a client its OAUTHBEARER tokens, on librdkafka's background thread: a client whose owner polls seldom, such as
/// an admin client, gets them as well, and no poll waits for a token command.
enum KafkaTokenRefresh {
  static func configure(_ configuration: OpaquePointer) {
    // "By default the main queue (as served by rd_kafka_poll(), et.al.) is used for SASL callbacks."
    rd_kafka_conf_enable_sasl_queue(configuration, 1)
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(configuration) { handle, _, opaque in
      guard let handle, let opaque else { return }
      KafkaTokenRefresh.refresh(handle, KafkaCallbacks.from(opaque))
    }
  }

  static func start(_ handle: OpaquePointer) throws(KafkaError) {
    guard let error = rd_kafka_sasl_background_callbacks_enable(handle) else { return }
    throw KafkaError(consuming: error, doing: "tokens")
  }

  /// librdkafka asks again when four fifths of the token's time are over, and 10 s after a failure.
  private static func refresh(_ handle: OpaquePointer, _ callbacks: KafkaCallbacks) {
    guard let source = callbacks.token else { return }
    do throws(KafkaTokenFault) {
      let token = try source.read()
      let reasonSize = 512
      var reason = [CChar](repeating: 0, count: reasonSize)
      let code = rd_kafka_oauthbearer_set_token(
        handle, token.value, token.expiresMs, token.principal, nil, 0, &reason, reasonSize)
      guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
      // librdkafka's sentence may quote the token.
      throw KafkaTokenFault("\(source) gave one that librdkafka does not take: malformed, or expired already")
    } catch {
      // Its log call-back tells it too, as an error of the client.
      rd_kafka_oauthbearer_set_token_failure(handle, "\(error)")
    }
  }
}
