import CRDKafka

/// An error code of librdkafka (below -1) or of the Kafka protocol (above 0), under the names used here.
package struct KafkaErrorCode: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  init(_ code: rd_kafka_resp_err_t) {
    rawValue = code.rawValue
  }

  /// librdkafka's name, such as `_TIMED_OUT` or `PRODUCER_FENCED`.
  package var name: String {
    String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue)))
  }

  // MARK: Raised by the client itself

  package static let transport = KafkaErrorCode(RD_KAFKA_RESP_ERR__TRANSPORT)
  package static let resolve = KafkaErrorCode(RD_KAFKA_RESP_ERR__RESOLVE)
  package static let messageTimedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
  package static let allBrokersDown = KafkaErrorCode(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
  package static let invalidArgument = KafkaErrorCode(RD_KAFKA_RESP_ERR__INVALID_ARG)
  package static let timedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT)
  package static let timedOutQueue = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE)
  /// Nothing lies at the offset to read from, and `auto.offset.reset` is `error`.
  package static let autoOffsetReset = KafkaErrorCode(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
  /// Of a commit: records of the transaction were not delivered; their delivery reports tell why.
  package static let inconsistent = KafkaErrorCode(RD_KAFKA_RESP_ERR__INCONSISTENT)
  package static let erroneousState = KafkaErrorCode(RD_KAFKA_RESP_ERR__STATE)
  package static let fenced = KafkaErrorCode(RD_KAFKA_RESP_ERR__FENCED)

  // MARK: Answered by a broker

  package static let unknownTopicOrPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  package static let requestTimedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
  package static let messageSizeTooLarge = KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
  package static let networkException = KafkaErrorCode(RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION)
  package static let topicAlreadyExists = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
  package static let invalidProducerEpoch = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
  package static let producerFenced = KafkaErrorCode(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
}
