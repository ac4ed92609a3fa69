import CRDKafka

/// The partition that the producer setting `partitioner=murmur2_random`, Java's own, gives a record with a key.
package enum KafkaPartitioner {
  package static func murmur2(key: UnsafeRawBufferPointer, partitionCount: Int) -> Int32 {
    precondition(partitionCount > 0, "a topic has at least one partition")
    // librdkafka's function reads neither the topic nor the opaques.
    return rd_kafka_msg_partitioner_murmur2(nil, key.baseAddress, key.count, Int32(partitionCount), nil, nil)
  }

  package static func murmur2(key: String, partitionCount: Int) -> Int32 {
    var key = key
    return key.withUTF8 { murmur2(key: UnsafeRawBufferPointer($0), partitionCount: partitionCount) }
  }
}
