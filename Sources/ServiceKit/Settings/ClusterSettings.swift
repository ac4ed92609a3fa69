import Kafka

/// Where Kafka is: the settings that workers and the operator's command share.
package enum ClusterSettings {
  package static let brokers = Setting.text(
    "brokers", default: "127.0.0.1:9092", placeholder: "HOST:PORT,…", help: "Kafka brokers to start from.")
  package static let properties = Setting.text(
    "kafka-properties", placeholder: "KEY=VALUE,…",
    help: "Further librdkafka properties, such as security.protocol=ssl."
  ).optional

  package static func cluster(_ settings: Settings) throws(ConfigurationError) -> KafkaCluster {
    KafkaCluster(brokers: settings[brokers], properties: try parse(settings[properties]))
  }

  /// `KEY=VALUE,KEY=VALUE`.
  private static func parse(_ text: String?) throws(ConfigurationError) -> [String: String] {
    var properties: [String: String] = [:]
    for pair in (text ?? "").split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ConfigurationError([
          .init(place: "--kafka-properties", remedy: "needs KEY=VALUE pairs with commas between them")
        ])
      }
      properties[String(parts[0])] = String(parts[1])
    }
    return properties
  }
}
