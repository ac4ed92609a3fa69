import CRDKafka

/// The calls of a transaction, for a producer with a `transactional.id`.
///
///     initTransactions → begin → produce…, sendOffsets → commit ─┐
///                          ▲  └──────────────── abort ───────────┤
///                          └─────────────────────────────────────┘
///
/// Errors say the next step: `isRetriable` the same call with the same arguments, `requiresAbort` abort, else close.
extension KafkaProducer {
  /// Fences every older producer of the same `transactional.id`, and aborts what one of them left open. Once, before
  /// the first `begin`. Blocks up to `timeoutMs`.
  package func initTransactions(timeoutMs: Int32) throws(KafkaError) {
    try client.check(rd_kafka_init_transactions(client.handle, timeoutMs), "init transactions")
  }

  /// Does not block and does not talk to the broker.
  package func begin() throws(KafkaError) {
    try client.check(rd_kafka_begin_transaction(client.handle), "begin transaction")
  }

  /// Makes the offsets (each the next to read) part of the transaction. Blocks up to `timeoutMs`.
  package func sendOffsets(
    _ offsets: [TopicPartitionOffset], group: borrowing KafkaGroupMetadata, timeoutMs: Int32
  ) throws(KafkaError) {
    let list = PartitionList(offsets)
    try client.check(
      rd_kafka_send_offsets_to_transaction(client.handle, list.pointer, group.pointer, timeoutMs), "send offsets")
  }

  /// Delivers what is queued and commits. Blocks up to `timeoutMs`. After a timeout or a transport error nobody knows
  /// whether it was committed: close this producer and let another one of the same id `initTransactions`.
  package func commit(timeoutMs: Int32) throws(KafkaError) {
    try client.check(rd_kafka_commit_transaction(client.handle, timeoutMs), "commit transaction")
  }

  /// Gives up what is queued and takes back the transaction. Blocks up to `timeoutMs`.
  package func abort(timeoutMs: Int32) throws(KafkaError) {
    try client.check(rd_kafka_abort_transaction(client.handle, timeoutMs), "abort transaction")
  }
}
