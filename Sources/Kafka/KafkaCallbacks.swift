import CRDKafka

/// What librdkafka's callbacks reach through the opaque pointer. `log` is called on librdkafka's threads and `token`
/// read on its background thread; all else is touched on the owner's thread only, inside poll, flush, commit, abort and
/// close.
final class KafkaCallbacks {
  let log: KafkaLog
  let token: KafkaTokenSource?
  var delivered: Int = 0
  var firstDeliveryFailure: KafkaError?
  /// By mark: the highest delivered offset, -1 for none.
  var markedOffsets: [Int64] = []
  /// By broker, the latest.
  private(set) var connectionFailures: [String: KafkaError] = [:]
  var rebalance: ((_ code: rd_kafka_resp_err_t, _ partitions: [KafkaTopicPartition]) -> Void)?

  init(log: @escaping KafkaLog, token: KafkaTokenSource?) {
    self.log = log
    self.token = token
  }

  func delivered(mark: Int, offset: Int64) {
    while markedOffsets.count <= mark { markedOffsets.append(-1) }
    if offset > markedOffsets[mark] { markedOffsets[mark] = offset }
  }

  /// librdkafka writes the same into its log, where it is told; here it is kept for who asks why no broker answers.
  /// `text` begins with the broker's name.
  func connectionFailed(_ code: rd_kafka_resp_err_t, _ text: String) {
    // That all brokers are down says nothing of why.
    guard code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, code != RD_KAFKA_RESP_ERR__FATAL else { return }
    // A connection that ends inside its handshake may be that of a broker that stops, or of a listener without TLS.
    let isCut = code == RD_KAFKA_RESP_ERR__SSL && text.contains("Disconnected")
    let name = text.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
    connectionFailures[name] = KafkaError(
      code: KafkaErrorCode(isCut ? RD_KAFKA_RESP_ERR__TRANSPORT : code), message: text)
  }

  static func from(_ opaque: UnsafeMutableRawPointer) -> KafkaCallbacks {
    Unmanaged<KafkaCallbacks>.fromOpaque(opaque).takeUnretainedValue()
  }
}
