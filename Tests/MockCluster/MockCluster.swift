import CRDKafka
import Foundation

/// librdkafka's own cluster inside this process, which answers a kind of request with the error codes it is told to: a
/// real broker cannot be made to. It holds records and groups, and its transactions only reply.
package final class MockCluster: @unchecked Sendable {
  // The two handles are set once, and librdkafka locks what is behind them.
  private let client: OpaquePointer
  private let cluster: OpaquePointer

  /// Kinds of requests, by the protocol's numbers.
  package enum Request: Int16, Sendable, CaseIterable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case initProducerId = 22
    case addPartitionsToTxn = 24
    case addOffsetsToTxn = 25
    case endTxn = 26
    case txnOffsetCommit = 28
  }

  package init(brokers: Int32 = 1) {
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nil, 0),
      let cluster = rd_kafka_mock_cluster_new(client, brokers)
    else { preconditionFailure("librdkafka makes no mock cluster") }
    self.client = client
    self.cluster = cluster
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(client)
  }

  package var address: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  package func createTopic(_ name: String, partitions: Int32 = 1) {
    rd_kafka_mock_topic_create(cluster, name, partitions, 1)
  }

  /// The next requests of that kind are answered with these codes, one each. `_TRANSPORT` cuts the connection.
  package func answer(_ request: Request, with codes: [Int32]) {
    let errors = codes.map { rd_kafka_resp_err_t($0) }
    rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, errors.count, errors)
  }

  package func forgetAnswers(to request: Request) { rd_kafka_mock_clear_request_errors(cluster, request.rawValue) }

  package func setUp(_ isUp: Bool, broker: Int32 = 1) {
    _ = isUp ? rd_kafka_mock_broker_set_up(cluster, broker) : rd_kafka_mock_broker_set_down(cluster, broker)
  }

  /// The partition to which librdkafka's own `murmur2` sends a key.
  package static func partition(of key: UnsafeRawBufferPointer, among count: Int) -> Int32 {
    // It reads neither the topic nor the opaques.
    rd_kafka_msg_partitioner_murmur2(nil, key.baseAddress, key.count, Int32(count), nil, nil)
  }

  /// Every error code that the linked library knows, with its name.
  package static let knownCodes: [(code: Int32, name: String)] = {
    var descriptions: UnsafePointer<rd_kafka_err_desc>?
    var count = 0
    rd_kafka_get_err_descs(&descriptions, &count)
    return UnsafeBufferPointer(start: descriptions, count: count).filter { $0.desc != nil }
      .map { ($0.code.rawValue, String(cString: $0.name)) }
  }()

  /// The code of that name, such as `_TRANSPORT` or `NOT_COORDINATOR`.
  package static func code(_ name: String) -> Int32 {
    guard let known = knownCodes.first(where: { $0.name == name }) else {
      preconditionFailure("librdkafka knows no \(name)")
    }
    return known.code
  }
}
