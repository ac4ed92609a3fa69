import Kafka

/// The end of a transaction, offsets and commit: made on the stream thread, run on a thread of the sink's, and read on
/// the stream thread again once that is done.
final class CommitCall {
  private let producer: KafkaProducer
  private let offsets: [TopicPartitionOffset]
  private let group: KafkaGroupMetadata
  /// Where it has ended.
  private(set) var failure: KafkaError?

  init(_ producer: KafkaProducer, _ offsets: [TopicPartitionOffset], _ group: consuming KafkaGroupMetadata) {
    self.producer = producer
    self.offsets = offsets
    self.group = group
  }

  func run() {
    do throws(KafkaError) {
      if !offsets.isEmpty {
        try producer.again { () throws(KafkaError) in
          try producer.sendOffsets(offsets, group: group, timeoutMs: KafkaProducer.callTimeoutMs)
        }
      }
      try producer.again { () throws(KafkaError) in try producer.commit(timeoutMs: KafkaProducer.callTimeoutMs) }
    } catch {
      failure = error
    }
  }
}

extension KafkaProducer {
  /// How long a call of the transaction waits for its answer; then a new producer settles what came of it.
  static let callTimeoutMs: Int32 = 15_000
  /// Pauses between the tries of a call that says "again".
  private static let againMs: Int32 = 20
  static let againMsMax: Int32 = 1_000

  /// Retriable errors: the same call again with the same arguments. One that was not answered is not taken as one here,
  /// since a delayed EndTxn must not hit the next transaction.
  func again(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
    let deadline = ContinuousClock.now + .milliseconds(Int(Self.callTimeoutMs))
    var pauseMs = Self.againMs
    while true {
      do throws(KafkaError) {
        return try call()
      } catch {
        guard error.isRetriable, !error.isUnanswered, .now < deadline else { throw error }
        poll(timeoutMs: pauseMs)
        pauseMs = min(2 * pauseMs, Self.againMsMax)
      }
    }
  }
}
