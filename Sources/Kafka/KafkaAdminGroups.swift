import CRDKafka

extension KafkaAdmin {
  /// A group's committed offsets for these partitions; `KafkaOffset.none` where nothing was committed. An offset that
  /// an open transaction is about to commit does not show yet.
  package func committedOffsets(
    group: String, of partitions: [KafkaTopicPartition], timeoutMs: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    let operation = "committed offsets of \(group)"
    let list = PartitionList(partitions)
    var requests: [OpaquePointer?] = [rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)]
    defer { rd_kafka_ListConsumerGroupOffsets_destroy_array(&requests, requests.count) }
    let event = try request(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, operation, timeoutMs: timeoutMs) {
      options, queue in
      rd_kafka_ListConsumerGroupOffsets(client.handle, &requests, requests.count, options, queue)
    }
    var count = 0
    let answer = rd_kafka_event_ListConsumerGroupOffsets_result(event.pointer)
    guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(answer, &count), count > 0, let first = groups[0]
    else { throw KafkaError(code: .invalidArgument, message: "\(operation): no answer for it") }
    if let error = rd_kafka_group_result_error(first) {
      // The event owns the error: only its code is read.
      throw KafkaError(rd_kafka_error_code(error), doing: operation)
    }
    // So does it own its list: this reads a copy.
    guard let found = rd_kafka_group_result_partitions(first),
      let copy = rd_kafka_topic_partition_list_copy(found)
    else { return [] }
    let offsets = PartitionList(consuming: copy)
    try offsets.check(operation)
    return offsets.offsets
  }

  /// The client ids of a consumer group's members; none where there is no such group.
  package func clientIDs(inGroup group: String, timeoutMs: Int32) throws(KafkaError) -> [String] {
    var list: UnsafePointer<rd_kafka_group_list>?
    try client.check(rd_kafka_list_groups(client.handle, group, &list, timeoutMs), "members of \(group)")
    guard let list else { return [] }
    defer { rd_kafka_group_list_destroy(list) }
    var found: [String] = []
    for group in UnsafeBufferPointer(start: list.pointee.groups, count: Int(list.pointee.group_cnt)) {
      try client.check(group.err, "members of \(String(cString: group.group))")
      for member in UnsafeBufferPointer(start: group.members, count: Int(group.member_cnt)) {
        found.append(String(cString: member.client_id))
      }
    }
    return found
  }
}
