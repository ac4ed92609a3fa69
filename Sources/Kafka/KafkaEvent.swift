import CRDKafka

/// An owned `rd_kafka_event_t`.
struct KafkaEvent: ~Copyable {
  let pointer: OpaquePointer

  init(consuming pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    rd_kafka_event_destroy(pointer)
  }
}
