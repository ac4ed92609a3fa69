import CRDKafka

/// Lists, creates and describes topics. Owned by one thread; every call blocks up to its timeout.
package final class KafkaAdmin {
  let client: KafkaClient
  /// How much longer than the request's own timeout its answer is waited for.
  static let answerGraceMs: Int32 = 5_000

  package init(settings: KafkaSettings, log: @escaping KafkaLog) throws(KafkaError) {
    // Not a producer: asked for a group's offsets while its coordinator moves, librdkafka tells the client's own group
    // to look for it, and ends the process where the client has none (`rd_kafka_handle_OffsetFetch`). Nothing joins it.
    var own = settings
    own["group.id"] = own["group.id"] ?? "\(own["client.id"] ?? "rdkafka")-admin"
    client = try KafkaClient(RD_KAFKA_CONSUMER, settings: own, log: log) { _ in }
  }

  /// Every topic of the cluster.
  package func listTopics(timeoutMs: Int32) throws(KafkaError) -> [KafkaTopicMetadata] {
    // Asking for one topic by name could create it: a producer's request allows that.
    try client.metadata(only: nil, timeoutMs: timeoutMs)
  }

  /// The cluster's id, which no other has; nil where the brokers do not tell one. Blocks up to `timeoutMs` unless
  /// topics were listed before.
  package func clusterId(timeoutMs: Int32) -> String? {
    guard let id = rd_kafka_clusterid(client.handle, timeoutMs) else { return nil }
    defer { rd_kafka_mem_free(client.handle, id) }
    return String(cString: id)
  }

  /// Why brokers cannot be used: the latest reason of each that was tried. Does not block.
  package func connectionFailures() -> [KafkaError] { client.connectionFailures() }

  /// Creates topics. Answers for those that were not created, by name, why not (`topicAlreadyExists` among others);
  /// none means that all were.
  package func createTopics(
    _ specs: [KafkaTopicSpec], timeoutMs: Int32
  ) throws(KafkaError) -> [String: KafkaError] {
    var topics: [OpaquePointer?] = []
    defer { rd_kafka_NewTopic_destroy_array(&topics, topics.count) }
    for spec in specs { topics.append(try spec.makeNewTopic()) }
    let event = try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, "create topics", timeoutMs: timeoutMs) { options, queue in
      rd_kafka_CreateTopics(client.handle, &topics, topics.count, options, queue)
    }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.pointer), &count)
    return Self.failures(results, count, doing: "create")
  }

  /// The topic's configuration as the broker applies it, defaults included; values the broker hides are left out.
  package func describeConfigs(topic: String, timeoutMs: Int32) throws(KafkaError) -> [String: String] {
    try describeConfigs(RD_KAFKA_RESOURCE_TOPIC, topic, what: "describe \(topic)", timeoutMs: timeoutMs)
  }

  /// The same of several topics, in one request. Those that the cluster does not tell of are left out.
  package func describeConfigs(topics: [String], timeoutMs: Int32) throws(KafkaError) -> [String: [String: String]] {
    var resources: [OpaquePointer?] = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
    defer { rd_kafka_ConfigResource_destroy_array(&resources, resources.count) }
    let event = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "describe topics", timeoutMs: timeoutMs) {
      options, queue in
      rd_kafka_DescribeConfigs(client.handle, &resources, resources.count, options, queue)
    }
    var count = 0
    let answer = rd_kafka_event_DescribeConfigs_result(event.pointer)
    guard let found = rd_kafka_DescribeConfigs_result_resources(answer, &count) else { return [:] }
    var all: [String: [String: String]] = [:]
    for case let resource? in UnsafeBufferPointer(start: found, count: count)
    where rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR {
      guard let name = rd_kafka_ConfigResource_name(resource) else { continue }
      all[String(cString: name)] = Self.entries(of: resource)
    }
    return all
  }

  func describeConfigs(
    _ kind: rd_kafka_ResourceType_t, _ name: String, what: String, timeoutMs: Int32
  ) throws(KafkaError) -> [String: String] {
    var resources: [OpaquePointer?] = [rd_kafka_ConfigResource_new(kind, name)]
    defer { rd_kafka_ConfigResource_destroy_array(&resources, resources.count) }
    let event = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "describe", timeoutMs: timeoutMs) { options, queue in
      rd_kafka_DescribeConfigs(client.handle, &resources, resources.count, options, queue)
    }
    var count = 0
    let answer = rd_kafka_event_DescribeConfigs_result(event.pointer)
    guard let found = rd_kafka_DescribeConfigs_result_resources(answer, &count), count > 0, let first = found[0] else {
      throw KafkaError(code: .unknownTopicOrPartition, message: "\(what): no answer for it")
    }
    try client.check(rd_kafka_ConfigResource_error(first), what)
    return Self.entries(of: first)
  }

  private static func entries(of resource: OpaquePointer) -> [String: String] {
    var entryCount = 0
    guard let entries = rd_kafka_ConfigResource_configs(resource, &entryCount) else { return [:] }
    var configuration: [String: String] = [:]
    for entry in UnsafeBufferPointer(start: entries, count: entryCount) {
      guard let name = rd_kafka_ConfigEntry_name(entry), let value = rd_kafka_ConfigEntry_value(entry) else { continue }
      configuration[String(cString: name)] = String(cString: value)
    }
    return configuration
  }

  /// Frees the client. Blocks while librdkafka's threads end. Calling it again does nothing.
  package func close() {
    client.destroy()
  }

  /// Sends one admin request and waits for its answer.
  func request(
    _ operation: rd_kafka_admin_op_t, _ name: String, timeoutMs: Int32,
    _ send: (_ options: OpaquePointer, _ queue: OpaquePointer) -> Void
  ) throws(KafkaError) -> KafkaEvent {
    guard let options = rd_kafka_AdminOptions_new(client.handle, operation),
      let queue = rd_kafka_queue_new(client.handle)
    else { throw KafkaError(code: .invalidArgument, message: "\(name): not supported") }
    defer {
      rd_kafka_queue_destroy(queue)
      rd_kafka_AdminOptions_destroy(options)
    }
    try client.check(rd_kafka_AdminOptions_set_request_timeout(options, timeoutMs, nil, 0), name)
    if operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, operation != RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS {
      // Without it the controller answers before every broker knows of the change.
      try client.check(rd_kafka_AdminOptions_set_operation_timeout(options, timeoutMs, nil, 0), name)
    }
    send(options, queue)
    guard let pointer = rd_kafka_queue_poll(queue, timeoutMs + Self.answerGraceMs) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, doing: name)
    }
    let event = KafkaEvent(consuming: pointer)
    try client.check(rd_kafka_event_error(event.pointer), name)
    return event
  }

  private static func failures(
    _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, doing operation: String
  ) -> [String: KafkaError] {
    var failures: [String: KafkaError] = [:]
    for result in UnsafeBufferPointer(start: results, count: count) {
      let name = String(cString: rd_kafka_topic_result_name(result))
      let code = rd_kafka_topic_result_error(result)
      guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      var failure = KafkaError(code, doing: "\(operation) \(name)")
      if let detail = rd_kafka_topic_result_error_string(result) {
        failure = KafkaError(
          code: failure.code, message: "\(operation) \(name): \(String(cString: detail))",
          isRetriable: failure.isRetriable)
      }
      failures[name] = failure
    }
    return failures
  }
}
