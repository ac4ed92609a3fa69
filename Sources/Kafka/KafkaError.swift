import CRDKafka

/// What a Kafka call was refused with, and what may be done about it. Holds no key, value or header of a record.
package struct KafkaError: Error, Sendable, CustomStringConvertible {
  package let code: KafkaErrorCode
  /// What was being done, and librdkafka's own sentence.
  package let message: String
  /// The same call with the same arguments may succeed.
  package let isRetriable: Bool
  /// The client can do no more work and must be closed.
  package let isFatal: Bool
  /// The partition that a fetch failed for, where it is one's.
  package let place: KafkaTopicPartition?

  package init(
    code: KafkaErrorCode, message: String, isRetriable: Bool = false, isFatal: Bool = false,
    place: KafkaTopicPartition? = nil
  ) {
    self.code = code
    self.message = message
    self.isRetriable = isRetriable
    self.isFatal = isFatal
    self.place = place
  }

  /// librdkafka's name of the code.
  package var name: String { code.name }

  package var description: String {
    "kafka \(name): \(message)"
  }
}

extension KafkaError {
  /// An error of a call that returns a bare code.
  init(_ code: rd_kafka_resp_err_t, doing operation: String) {
    self.init(
      code: KafkaErrorCode(code), message: "\(operation): \(String(cString: rd_kafka_err2str(code)))",
      isRetriable: KafkaFaultTable.row(of: KafkaErrorCode(code)).call == .passing,
      isFatal: code == RD_KAFKA_RESP_ERR__FATAL)
  }

  /// Takes over and frees an `rd_kafka_error_t`.
  init(consuming error: OpaquePointer, doing operation: String) {
    defer { rd_kafka_error_destroy(error) }
    self.init(
      code: KafkaErrorCode(rd_kafka_error_code(error)),
      message: "\(operation): \(String(cString: rd_kafka_error_string(error)))",
      isRetriable: rd_kafka_error_is_retriable(error) != 0, isFatal: rd_kafka_error_is_fatal(error) != 0)
  }
}
