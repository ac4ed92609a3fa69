import CRDKafka

extension KafkaAdmin {
  /// How many copies the cluster makes of a topic's partitions where nobody says so; nil when it does not tell.
  package func defaultReplicationFactor(timeoutMs: Int32) throws(KafkaError) -> Int? {
    guard let broker = try client.firstBroker(timeoutMs: timeoutMs) else { return nil }
    let configuration = try describeConfigs(
      RD_KAFKA_RESOURCE_BROKER, "\(broker)", what: "describe broker \(broker)", timeoutMs: timeoutMs)
    return configuration["default.replication.factor"].flatMap { Int($0) }
  }
}

extension KafkaClient {
  /// The lowest id among the brokers that are up.
  fileprivate func firstBroker(timeoutMs: Int32) throws(KafkaError) -> Int32? {
    var answer: UnsafePointer<rd_kafka_metadata>?
    try check(rd_kafka_metadata(handle, 0, nil, &answer, timeoutMs), "metadata")
    guard let answer else { return nil }
    defer { rd_kafka_metadata_destroy(answer) }
    return UnsafeBufferPointer(start: answer.pointee.brokers, count: Int(answer.pointee.broker_cnt)).map(\.id).min()
  }
}
