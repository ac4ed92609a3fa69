import CRDKafka

/// Client settings under librdkafka's names, in the order given; a later value replaces an earlier one.
package struct KafkaSettings: Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var entries: [(key: String, value: String)]
  /// Where the client gets its OAUTHBEARER tokens.
  var token: KafkaTokenSource?

  package init(dictionaryLiteral elements: (String, String)...) {
    entries = []
    for (key, value) in elements { self[key] = value }
  }

  package subscript(key: String) -> String? {
    get { entries.last { $0.key == key }?.value }
    set {
      entries.removeAll { $0.key == key }
      if let newValue { entries.append((key, newValue)) }
    }
  }

  /// These settings with `other` laid over them.
  package func merging(_ other: KafkaSettings) -> KafkaSettings {
    var merged = self
    for (key, value) in other.entries { merged[key] = value }
    return merged
  }

  /// A configuration the caller owns until `rd_kafka_new` takes it. Throws one error that names every bad key; values
  /// are left out of it, since some of them are secrets.
  func makeConfiguration() throws(KafkaError) -> OpaquePointer {
    let configuration: OpaquePointer = rd_kafka_conf_new()
    var problems: [String] = []
    for (key, value) in entries {
      switch rd_kafka_conf_set(configuration, key, value, nil, 0) {
      case RD_KAFKA_CONF_OK: break
      case RD_KAFKA_CONF_UNKNOWN: problems.append("'\(key)' is unknown")
      default: problems.append("'\(key)' has an invalid value")
      }
    }
    guard problems.isEmpty else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError(code: .invalidArgument, message: "settings: " + problems.joined(separator: ", "))
    }
    return configuration
  }
}
