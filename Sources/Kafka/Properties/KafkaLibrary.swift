import CRDKafka

/// The librdkafka that this program runs on, which need not be the one that it was built with.
package enum KafkaLibrary {
  package static var version: String { String(cString: rd_kafka_version_str()) }

  /// `0xMMmmrrpp`, as librdkafka counts them.
  static var versionNumber: Int { Int(rd_kafka_version()) }

  /// What was built into it: `ssl`, `sasl_scram`, `oidc` and so on.
  package static var features: Set<String> {
    let configuration = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(configuration) }
    var size = 1_024
    var text = [CChar](repeating: 0, count: size)
    guard rd_kafka_conf_get(configuration, "builtin.features", &text, &size) == RD_KAFKA_CONF_OK else { return [] }
    let list = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Set(list.split(separator: ",").map(String.init))
  }

  static func knows(_ property: String) -> Bool {
    let configuration = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(configuration) }
    // Without a value it is set back to its default; one that has none cannot be asked for.
    return rd_kafka_conf_set(configuration, property, nil, nil, 0) != RD_KAFKA_CONF_UNKNOWN
  }

  /// Whether it takes this value of a property that it knows. The value is not kept.
  static func takes(_ value: String, for property: String) -> Bool {
    let configuration = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(configuration) }
    return rd_kafka_conf_set(configuration, property, value, nil, 0) == RD_KAFKA_CONF_OK
  }
}
