import Kafka
import StreamKafka
import StreamRuntime
import StreamTesting
import Testing

/// What a transaction took back is nowhere to be seen: neither as input, nor in a restored store, nor in a global table.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: RealCluster.broker != nil, "needs a broker: set STAMPEDE_TEST_BROKER, as `make test` does"), .serialized)
struct ReadCommittedTests {
  private static let silent: StreamLog = { _, _, _ in }

  /// Writes "kept", then "dropped" in a transaction that is aborted, then "kept too".
  private func writeAndAbort(_ topic: String, _ cluster: RealCluster) throws {
    for (value, isCommitted) in [("kept", true), ("dropped", false), ("kept too", true)] {
      try cluster.write(value, to: topic, isCommitted: isCommitted)
    }
  }

  private func io(_ cluster: RealCluster, _ topology: Topology) -> KafkaStreamIO {
    KafkaStreamIO(topology: topology, settings: cluster.settings(instance: "a"), nowMs: { 0 }, log: Self.silent)
  }

  @Test func abortedRowsAreNotRestored() throws {
    let cluster = try RealCluster(partitionCount: 1)
    try writeAndAbort(cluster.topology.changelogTopic(table: 0), cluster)
    let reader = try io(cluster, cluster.topology)
      .changelogReader([ChangelogPosition(table: 0, partition: 0, offset: nil)])
    defer { reader.close() }
    var rows: [String] = []
    try eventually("the changelog's end") {
      _ = try reader.read(limit: 100, timeoutMs: 100) { _, _, _, image in
        rows.append(image.map { String(decoding: $0, as: UTF8.self) } ?? "gone")
      }
      return reader.position(0) >= reader.bounds[0].highWatermark
    }
    #expect(rows == ["kept", "kept too"])
  }

  /// Its rows may be committed yet: a store that is called restored before lacks them for ever.
  @Test func aRestoreWaitsForATransactionThatIsOpen() throws {
    let cluster = try RealCluster(partitionCount: 1)
    let changelog = cluster.topology.changelogTopic(table: 0)
    try cluster.write("kept", to: changelog, isCommitted: true)
    let writer = try cluster.begin("kept too", to: changelog)
    defer { writer.close() }
    let reader = try io(cluster, cluster.topology)
      .changelogReader([ChangelogPosition(table: 0, partition: 0, offset: nil)])
    defer { reader.close() }
    var rows = 0
    func read() throws { _ = try reader.read(limit: 100, timeoutMs: 100) { _, _, _, _ in rows += 1 } }
    try eventually("the end of what is committed", withinS: 10) {
      try read()
      return reader.waitsForOpenTransaction(0)
    }
    #expect(rows == 1)
    try writer.commit(timeoutMs: 10_000)
    try eventually("the changelog's end") {
      try read()
      return reader.position(0) >= reader.bounds[0].highWatermark
    }
    #expect(rows == 2)
  }

  @Test func abortedRecordsOfAGlobalTopicAreNotRead() throws {
    let cluster = try RealCluster(partitionCount: 1)
    let global = cluster.prefix + CountingTopology.ticks
    try writeAndAbort(global, cluster)
    let topology = Topology(
      service: cluster.service, inputTopics: [], stores: [], globalTopics: [global], outputTopics: [],
      makeProcessor: cluster.topology.makeProcessor)
    let reader = try #require(try io(cluster, topology).globalTopicReader())
    defer { reader.close() }
    var values: [String] = []
    try eventually("the topic's end") {
      try reader.catchUp { _, _, value in values.append(value.map { String(decoding: $0, as: UTF8.self) } ?? "gone") }
    }
    #expect(values == ["kept", "kept too"])
  }

  @Test func abortedInputIsNotProcessed() throws {
    let cluster = try RealCluster(partitionCount: 1)
    defer { try? cluster.remove() }
    for (value, isCommitted) in [("1", true), ("2", false), ("3", true)] {
      try cluster.write(value, to: cluster.prefix + CountingTopology.events, isCommitted: isCommitted)
    }
    try cluster.publish(CountingTopology.events, [(key: "last", value: "4")])
    let instance = RealInstance(cluster, "a")
    try eventually("the last count") { try cluster.counts()["last"] != nil }
    try instance.stop()
    #expect(try cluster.counts() == ["k": ["1", "2"], "last": ["1"]])
  }
}
