import Kafka

/// Where the purchases of files go.
protocol PurchaseOutput {
  func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) throws
  /// Returns when all that was published before has arrived.
  func flush() throws
}

extension RecordWriter: PurchaseOutput {
  func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) throws {
    try write(key: key, value: value, headers: headers)
  }

  func flush() throws { try finish() }
}
