/// Receives librdkafka's log lines. Called on librdkafka's own threads, at any time until the client's `close()`
/// returns. `level` is that of syslog: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
package typealias KafkaLog = @Sendable (_ level: Int, _ line: String) -> Void
