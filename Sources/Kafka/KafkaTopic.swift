import CRDKafka

/// A producer's handle of a topic, resolved once by `KafkaProducer.topic` and valid until that producer is closed.
package struct KafkaTopic {
  let pointer: OpaquePointer

  package var name: String { String(cString: rd_kafka_topic_name(pointer)) }
}
