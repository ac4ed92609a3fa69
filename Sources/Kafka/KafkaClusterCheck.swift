import CRDKafka

/// What can be known of the settings without a broker.
extension KafkaCluster {
  /// Makes a client of each kind, without brokers, and frees it: what one property makes of another (a certificate that
  /// is not there, a mechanism that wants a user) shows only so. Reaches nobody; takes some milliseconds. Throws what
  /// librdkafka says against them.
  package func checkSettings() throws(KafkaError) {
    let id = "check"
    for (kind, settings) in [
      (RD_KAFKA_CONSUMER, reader(id, group: id)), (RD_KAFKA_PRODUCER, producer(id, [:])),
      (RD_KAFKA_PRODUCER, client(id)),
    ] {
      var offline = settings
      offline["bootstrap.servers"] = nil
      offline.token = nil
      let client = try KafkaClient(kind, settings: offline, log: { _, _ in }) { _ in }
      client.destroy()
    }
    try checkTokens()
  }

  private func checkTokens() throws(KafkaError) {
    guard properties.saslMechanism == "OAUTHBEARER" else {
      guard let token else { return }
      throw KafkaError(
        code: .invalidArgument,
        message: "settings: \(token) is for security.protocol=sasl_ssl with sasl.mechanisms=OAUTHBEARER only")
    }
    if let token {
      do throws(KafkaTokenFault) {
        _ = try token.read()
      } catch {
        throw KafkaError(code: .invalidArgument, message: "settings: \(error)")
      }
    } else if !properties.getsTokensItself {
      throw KafkaError(
        code: .invalidArgument,
        message: "settings: OAUTHBEARER needs a token file, a token command or sasl.oauthbearer.method=oidc")
    }
  }

  /// What an operator should know before a client tries to authenticate; nil: nothing.
  package var authenticationAdvice: String? {
    guard let mechanism = properties.saslMechanism, mechanism.hasPrefix("SCRAM-"),
      KafkaLibrary.versionNumber < Self.scramNeeds
    else { return nil }
    return "\(mechanism) with librdkafka \(KafkaLibrary.version): Apache Kafka 4, and releases of 3 from 3.8.1 on that "
      + "check alike, refuse what it sends as invalid credentials, however right these are. That takes librdkafka 2.6.1 or "
      + "newer: the container image and Debian 13 have it; elsewhere put a newer librdkafka.so.1 on LD_LIBRARY_PATH"
  }

  /// librdkafka 2.6.1, the first that does not send the client's nonce twice (librdkafka #4895).
  private static let scramNeeds = 0x0206_0100
}
