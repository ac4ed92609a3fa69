import Kafka
import Testing

@Suite(.timeLimit(.minutes(10))) struct SettingsTests {
  @Test func everyBadKeyIsNamedAndNoValueIs() {
    let settings: KafkaSettings = [
      "bootstrap.servers": "127.0.0.1:1", "no.such.key": "s3cret", "linger.ms": "s3cret", "client.id": "me",
    ]
    let error = #expect(throws: KafkaError.self) { try KafkaProducer(settings: settings, log: { _, _ in }).close() }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "settings: 'no.such.key' is unknown, 'linger.ms' has an invalid value")
  }

  @Test func settingsThatContradictEachOtherAreRefusedWithTheReason() {
    let settings: KafkaSettings = ["enable.idempotence": "true", "acks": "1"]
    let error = #expect(throws: KafkaError.self) { try KafkaProducer(settings: settings, log: { _, _ in }).close() }
    #expect(error?.message.contains("acks") == true)
  }

  @Test func aLaterValueReplacesAnEarlierOne() {
    var settings = KafkaSettings(dictionaryLiteral: ("client.id", "a"), ("linger.ms", "1"), ("client.id", "b"))
    #expect(settings["client.id"] == "b")
    #expect(settings.entries.count == 2)
    settings["client.id"] = nil
    #expect(settings["client.id"] == nil)
  }
}
