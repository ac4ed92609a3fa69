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
  var rebalance: ((_ code: rd_kafka_resp_err_t, _ partitions: [KafkaTopicPartition]) -> Void)?

  init(log: @escaping KafkaLog, token: KafkaTokenSource?) {
    self.log = log
    self.token = token
  }

  func delivered(mark: Int, offset: Int64) {
    while markedOffsets.count <= mark { markedOffsets.append(-1) }
    if offset > markedOffsets[mark] { markedOffsets[mark] = offset }
  }

  static func from(_ opaque: UnsafeMutableRawPointer) -> KafkaCallbacks {
    Unmanaged<KafkaCallbacks>.fromOpaque(opaque).takeUnretainedValue()
  }
}
