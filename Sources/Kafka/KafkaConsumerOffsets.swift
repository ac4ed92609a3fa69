import CRDKafka

extension KafkaConsumer {
  /// The group's committed offsets, in the order asked, with the commit's metadata; `KafkaOffset.none` where nothing
  /// was committed. Blocks up to `timeoutMs`. Under read_committed a transaction that is still open on them makes it
  /// throw `unstableOffsetCommit` (or time out): ask again.
  package func committed(_ partitions: [KafkaTopicPartition], timeoutMs: Int32) throws(KafkaError)
    -> [TopicPartitionOffset]
  {
    let list = PartitionList(partitions)
    try client.check(rd_kafka_committed(client.handle, list.pointer, timeoutMs), "committed")
    try list.check("committed")
    return list.offsets
  }

  /// Asks the broker for the first offset still in the log and for the offset behind the last record: the high
  /// watermark when `isolation.level` is read_uncommitted, the last stable offset when it is read_committed. Blocks;
  /// librdkafka may take longer than `timeoutMs`.
  package func queryWatermarks(
    _ partition: KafkaTopicPartition, timeoutMs: Int32
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    var low: Int64 = 0
    var high: Int64 = 0
    try client.check(
      rd_kafka_query_watermark_offsets(client.handle, partition.topic, partition.partition, &low, &high, timeoutMs),
      "watermarks \(partition)")
    return (low, high)
  }

  /// Asks the broker for the offsets behind the last records, in the order asked and as
  /// ``queryWatermarks(_:timeoutMs:)`` means them: one request to each broker for all the partitions it leads. Blocks
  /// up to `timeoutMs`.
  package func endOffsets(
    _ partitions: [KafkaTopicPartition], timeoutMs: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    try offsets(KafkaOffset.end, partitions, "end offsets", timeoutMs)
  }

  /// Asks the broker in the same way for the first offsets still in the logs.
  package func startOffsets(
    _ partitions: [KafkaTopicPartition], timeoutMs: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    try offsets(KafkaOffset.beginning, partitions, "start offsets", timeoutMs)
  }

  /// "The timestamps to query are represented as `offset` in `offsets`": to the protocol the end is the timestamp -1,
  /// the beginning -2.
  private func offsets(
    _ place: Int64, _ partitions: [KafkaTopicPartition], _ doing: String, _ timeoutMs: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    let list = PartitionList(
      partitions.map { TopicPartitionOffset(topic: $0.topic, partition: $0.partition, offset: place) })
    try client.check(rd_kafka_offsets_for_times(client.handle, list.pointer, timeoutMs), doing)
    try list.check(doing)
    return list.offsets
  }

  /// The watermarks as of the last fetch, without asking the broker; `KafkaOffset.none` for what is not known yet.
  package func cachedWatermarks(_ partition: KafkaTopicPartition) throws(KafkaError) -> (low: Int64, high: Int64) {
    var low: Int64 = 0
    var high: Int64 = 0
    try client.check(
      rd_kafka_get_watermark_offsets(client.handle, partition.topic, partition.partition, &low, &high),
      "cached watermarks \(partition)")
    return (low, high)
  }

  /// How many partitions the topic has; nil when it does not exist. Blocks up to `timeoutMs`.
  package func partitionCount(of topic: String, timeoutMs: Int32) throws(KafkaError) -> Int? {
    guard let handle = rd_kafka_topic_new(client.handle, topic, nil) else {
      throw client.error(rd_kafka_last_error(), doing: "topic \(topic)")
    }
    defer { rd_kafka_topic_destroy(handle) }
    let topics = try client.metadata(only: handle, timeoutMs: timeoutMs)
    return topics.first { $0.name == topic }?.partitionCount
  }
}
