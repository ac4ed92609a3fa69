import Kafka
import StreamRuntime

/// ``StreamIO`` over Kafka and SQLite: one stream thread's consumer, producer, readers and databases.
package final class KafkaStreamIO: StreamIO {
  private let topology: Topology
  private let settings: KafkaStreamSettings
  private let log: StreamLog
  private let nowMs: @Sendable () -> Int64

  package init(
    topology: Topology, settings: KafkaStreamSettings, nowMs: @escaping @Sendable () -> Int64, log: @escaping StreamLog
  ) {
    self.topology = topology
    self.settings = settings
    self.nowMs = nowMs
    self.log = log
  }

  package var clusterId: String? { settings.clusterId }

  package func open(
    listener: any RebalanceListener
  ) throws -> (source: any RecordSource, sink: any TransactionalSink) {
    let source = try KafkaRecordSource(topology: topology, settings: settings, listener: listener, log: log)
    do {
      return (source, try KafkaTransactionalSink(topology: topology, settings: settings, source: source, log: log))
    } catch {
      source.close()
      throw error
    }
  }

  /// Members are told by their client ids, which are their instance names too; the assignor goes by the order of these.
  package func partitionsToExpect(of count: Int) throws -> [Int32] {
    let service = topology.service
    let members = try kafka("look at the group") { () throws(KafkaError) in
      let admin = try KafkaAdmin(settings: settings.connection(service: service), log: kafkaLog(log))
      defer { admin.close() }
      return try admin.clientIDs(inGroup: service, timeoutMs: Self.groupTimeoutMs).map {
        GroupMember(clientId: $0).name
      }
    }
    let own = settings.memberId(service: service)
    guard !members.isEmpty, !members.contains(own) else { return [] }
    let all = Set(members).union(settings.memberIds(service: service)).sorted()
    guard let index = all.firstIndex(of: own) else { return [] }
    return RangeAssignment.partitions(of: index, members: all.count, partitionCount: count)
  }

  private static let groupTimeoutMs: Int32 = 5_000

  package func globalTopicReader() throws -> (any GlobalTopicReader)? {
    guard !topology.globalTopics.isEmpty else { return nil }
    return try KafkaGlobalReader(topology: topology, settings: settings, log: log)
  }

  package func storeBackend(partition: Int32) throws -> any StoreBackend {
    try SQLiteStoreBackend(
      file: file(partition, "sqlite"), stores: topology.stores.map(\.name),
      cacheKiB: settings.storeCacheKiB, nowMs: nowMs)
  }

  package func note(partition: Int32) throws -> [UInt8]? { try NoteFile(file(partition, "attempts")).read() }

  package func keepNote(_ note: [UInt8]?, partition: Int32) throws {
    try NoteFile(file(partition, "attempts")).keep(note)
  }

  private func file(_ partition: Int32, _ kind: String) -> String {
    "\(settings.stateFolder(service: topology.service))/\(partition).\(kind)"
  }

  package func changelogReader(_ positions: [ChangelogPosition]) throws -> any ChangelogReader {
    try KafkaChangelogReader(topology: topology, settings: settings, positions: positions, log: log)
  }
}

/// librdkafka's log lines as the worker's: syslog levels 0 to 3 are errors, 4 warnings, the rest debug.
///
/// A broker that cannot be reached is reported again and again while librdkafka reconnects by itself: a warning.
func kafkaLog(_ log: @escaping StreamLog) -> KafkaLog {
  { level, message in
    log(level <= 4 ? .warning : .debug, "librdkafka", [("text", message)])
  }
}
