import CRDKafka

/// A consumer, owned by one thread: the one that made it makes every call and closes it.
///
///     subscribe → poll … (rebalance handler: assign / unassign) → close      as a member of a group
///     assign    → poll …                                        → close      alone, for restores and look-ups
///
/// librdkafka wants a `group.id` in both uses; with `assign` alone nothing ever joins that group.
package final class KafkaConsumer {
  let client: KafkaClient
  private let onRebalance: KafkaRebalanceHandler?
  private var rebalanceFailure: KafkaError?
  /// The group has given the partitions to others; librdkafka forgets that with the next assignment.
  private var isAssignmentLost = false
  /// What the group has given this member, and not taken back.
  private var held: [KafkaTopicPartition]?
  private var isSubscribed = false
  private let isStatic: Bool
  private static let leavePollMs: Int32 = 10
  private static let leaveTimeoutMs: Int32 = 3_000

  /// Connects in the background; does not block. Without a handler librdkafka assigns and unassigns by itself.
  package init(
    settings: KafkaSettings, log: @escaping KafkaLog, onRebalance: KafkaRebalanceHandler? = nil
  ) throws(KafkaError) {
    self.onRebalance = onRebalance
    isStatic = settings["group.instance.id"] != nil
    let wantsRebalances = onRebalance != nil
    client = try KafkaClient(RD_KAFKA_CONSUMER, settings: settings, log: log) { configuration in
      guard wantsRebalances else { return }
      rd_kafka_conf_set_rebalance_cb(configuration) { _, code, list, opaque in
        guard let opaque, let list else { return }
        KafkaCallbacks.from(opaque).rebalance?(code, PartitionList.partitions(of: list))
      }
    }
    client.callbacks.rebalance = { [unowned self] code, partitions in rebalance(code, partitions) }
    // Serves the log, statistics and error events in poll() too.
    rd_kafka_poll_set_consumer(client.handle)
  }

  // MARK: Membership and assignment

  /// Joins the group for these topics. Returns at once; partitions arrive in the handler, inside `poll`.
  package func subscribe(_ topics: [String]) throws(KafkaError) {
    let list = PartitionList(topics.map { KafkaTopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA) })
    try client.check(rd_kafka_subscribe(client.handle, list.pointer), "subscribe")
    isSubscribed = true
  }

  /// Replaces the assignment and starts fetching from the given offsets. No record of the one before is polled any
  /// more. A list without entries answers a rebalance too, and keeps the membership.
  package func assign(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
    let list = PartitionList(offsets)
    try replaceAssignment(by: list.pointer, "assign")
  }

  package func unassign() throws(KafkaError) {
    try replaceAssignment(by: nil, "unassign")
  }

  private func replaceAssignment(
    by list: UnsafePointer<rd_kafka_topic_partition_list_t>?, _ doing: String
  ) throws(KafkaError) {
    isAssignmentLost = isAssignmentLost || rd_kafka_assignment_lost(client.handle) != 0
    try client.check(rd_kafka_assign(client.handle, list), doing)
    // A fetcher that is told to stop again before librdkafka's main thread has seen it stop aborts the process
    // (librdkafka #5573). That thread serves in order: the stops before the first of these calls, their ends before
    // the second.
    for _ in 0..<2 { _ = try assignment() }
  }

  package func assignment() throws(KafkaError) -> [KafkaTopicPartition] {
    var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    try client.check(rd_kafka_assignment(client.handle, &list), "assignment")
    guard let list else { return [] }
    return PartitionList(consuming: list).partitions
  }

  /// This member's place in its group now. Does not block. Throws when the settings name no group.
  package func groupMetadata() throws(KafkaError) -> KafkaGroupMetadata {
    guard let pointer = rd_kafka_consumer_group_metadata(client.handle) else {
      throw KafkaError(code: .invalidArgument, message: "group metadata: no group.id")
    }
    return KafkaGroupMetadata(consuming: pointer)
  }

  /// What ended this client, if anything has, as soon as the client knows it: `poll` tells it later. Does not block.
  package var endedBy: KafkaError? { client.endedBy(doing: "consume") }

  // MARK: Records

  /// The next record or end of partition; nil when none came within `timeoutMs` (0 does not wait). Runs the rebalance
  /// handler. Throws what the handler threw, and errors of the fetcher or the group; after a non-fatal one poll again.
  package func poll(timeoutMs: Int32) throws(KafkaError) -> KafkaMessage? {
    let polled = rd_kafka_consumer_poll(client.handle, timeoutMs)
    if let failure = rebalanceFailure {
      rebalanceFailure = nil
      if let polled { rd_kafka_message_destroy(polled) }
      throw failure
    }
    guard let polled else { return nil }
    let code = polled.pointee.err
    if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
      return KafkaMessage(consuming: polled)
    }
    throw failure(consuming: polled)
  }

  // MARK: End

  /// Leaves the group for good, static members included, so that the others get the partitions at once; then `close`.
  /// Runs the rebalance handler; records polled meanwhile are dropped, so finish with them before. Blocks up to
  /// `timeoutMs`, then throws `timedOut`: the group goes on without this member when its session times out.
  package func leaveGroup(timeoutMs: Int32) throws(KafkaError) {
    let deadline = ContinuousClock.now + .milliseconds(Int(timeoutMs))
    try client.check(rd_kafka_unsubscribe(client.handle), "leave group")
    // librdkafka clears the member's id when it sends the LeaveGroup. Closing before that would send none:
    // "Static group members must not send a LeaveGroupRequest on termination" (KIP-345).
    while isMember {
      guard ContinuousClock.now < deadline else { throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, doing: "leave group") }
      _ = try poll(timeoutMs: Self.leavePollMs)
    }
  }

  /// Frees the client, after the rebalance handler has given up what is assigned. Every message must be gone. Calling
  /// it again does nothing. A member leaves its group, which takes at most `leaveTimeoutMs`; a static one
  /// (`group.instance.id`) keeps its place until its session times out: `leaveGroup` first to give it up.
  /// The client is gone even when this throws: what the handler threw, or the fatal error that `poll` threw.
  package func close() throws(KafkaError) {
    guard !client.isClosed else { return }
    if isSubscribed, !isStatic { _ = try? leaveGroup(timeoutMs: Self.leaveTimeoutMs) }
    if let held { rebalance(RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS, held) }
    let failure = rebalanceFailure ?? client.endedBy(doing: "close")
    client.callbacks.rebalance = nil
    // Not by `rd_kafka_consumer_close`, which may wait forever: it hands an assignment that was not polled to the
    // handler while librdkafka's part in the group ends, and what `rd_kafka_assign` then waits for is thrown away
    // unread (`rd_kafka_cgrp_terminated` purges its queue).
    client.destroy(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    if let failure { throw failure }
  }

  private var isMember: Bool {
    guard let id = rd_kafka_memberid(client.handle) else { return false }
    defer { rd_kafka_mem_free(client.handle, id) }
    return id.pointee != 0
  }

  private func rebalance(_ code: rd_kafka_resp_err_t, _ partitions: [KafkaTopicPartition]) {
    do throws(KafkaError) {
      switch code {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        held = partitions
        try onRebalance?(self, .assigned(partitions))
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
        let isLost = isAssignmentLost || rd_kafka_assignment_lost(client.handle) != 0
        defer { isAssignmentLost = false }
        held = nil
        try onRebalance?(self, .revoked(partitions, lost: isLost))
      default:
        throw client.error(code, doing: "rebalance")
      }
    } catch {
      if rebalanceFailure == nil { rebalanceFailure = error }
      // The group waits for an answer to the rebalance: with a handler that failed, it is "none".
      rd_kafka_assign(client.handle, nil)
    }
  }

  private func failure(consuming message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError {
    defer { rd_kafka_message_destroy(message) }
    let code = message.pointee.err
    guard code != RD_KAFKA_RESP_ERR__FATAL, let text = rd_kafka_message_errstr(message) else {
      return client.error(code, doing: "poll")
    }
    let plain = KafkaError(code, doing: "poll")
    let place = message.pointee.rkt.map {
      KafkaTopicPartition(topic: String(cString: rd_kafka_topic_name($0)), partition: message.pointee.partition)
    }
    return KafkaError(
      code: plain.code, message: "poll: \(String(cString: text))", isRetriable: plain.isRetriable, place: place)
  }
}
