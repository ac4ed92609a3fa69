import Kafka

/// Where the purchases of files go.
package protocol PurchaseOutput {
  func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) throws
  /// Returns when all that was published before has arrived.
  func flush() throws
}

extension RecordWriter: PurchaseOutput {
  package func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) throws {
    try write(key: key, value: value, headers: headers)
  }

  package func flush() throws { try finish() }
}
