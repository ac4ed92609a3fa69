import CRDKafka

/// A consumer's membership at this moment (group, generation, member), by which the broker tells that offsets sent to a
/// transaction still come from the partitions' owner. Take a fresh one for every transaction.
package struct KafkaGroupMetadata: ~Copyable {
  let pointer: OpaquePointer

  init(consuming pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    rd_kafka_consumer_group_metadata_destroy(pointer)
  }
}
