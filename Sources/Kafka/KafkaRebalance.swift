/// What a group rebalance asks of this member. The handler answers by calling `assign` or `unassign` on the consumer.
package enum KafkaRebalance: Sendable {
  /// These partitions are now this member's: `assign` them, with the offsets to start from.
  case assigned([KafkaTopicPartition])
  /// All partitions go away: finish with them, then `unassign`. When `lost`, another member may own them already, and
  /// nothing may be committed for them any more.
  case revoked([KafkaTopicPartition], lost: Bool)
}

/// Called on the consumer's own thread, inside `poll` and `close`. What it throws, that call throws.
package typealias KafkaRebalanceHandler = (KafkaConsumer, KafkaRebalance) throws(KafkaError) -> Void
