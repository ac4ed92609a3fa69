import ServiceKit

/// The settings that every command has.
enum GlobalSettings {
  static let brokers = Setting.text(
    "brokers", default: "127.0.0.1:9092", placeholder: "HOST:PORT,…", help: "Kafka brokers to start from.")
  static let kafkaProperties = Setting.text(
    "kafka-properties", placeholder: "KEY=VALUE,…",
    help: "Further librdkafka properties, such as security.protocol=ssl."
  ).optional

  static let all: [any AnySetting] = [brokers, kafkaProperties, Log.levelSetting]
}
