import Foundation
import StreamKafka
import StreamRuntime
import StreamTesting
import Testing

/// The stream thread on a real broker and real files: what the in-memory tests promise must hold here too.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: RealCluster.broker != nil, "needs a broker: set STAMPEDE_TEST_BROKER, as `make test` does"), .serialized)
struct RealBrokerTests {
  private func records(_ range: Range<Int>) -> [(key: String, value: String)] {
    range.map { (key: "k\($0 % 7)", value: "\($0)") }
  }

  /// Each key's counts, once each and in order.
  private func expected(_ count: Int) -> [String: [String]] {
    Dictionary(
      uniqueKeysWithValues: (0..<7).map { key in
        ("k\(key)", (1...(count - key + 6) / 7).map(String.init))
      })
  }

  private func waitFor(_ count: Int, _ cluster: RealCluster) throws {
    try eventually("all \(count) counts") { try cluster.counts().values.reduce(0) { $0 + $1.count } >= count }
  }

  @Test func countsEveryRecordOnceAcrossARestartOnTheSameDisk() throws {
    let cluster = try RealCluster(partitionCount: 3)
    defer { try? cluster.remove() }
    try cluster.publish(CountingTopology.events, records(0..<100))
    let first = RealInstance(cluster, "a")
    try waitFor(100, cluster)
    try first.stop()
    try cluster.publish(CountingTopology.events, records(100..<200))
    let second = RealInstance(cluster, "a")
    try waitFor(200, cluster)
    try second.stop()
    #expect(try cluster.counts() == expected(200))
  }

  @Test func lostDiskIsRestoredFromTheChangelog() throws {
    let cluster = try RealCluster(partitionCount: 2)
    defer { try? cluster.remove() }
    try cluster.publish(CountingTopology.events, records(0..<500))
    let first = RealInstance(cluster, "a")
    try waitFor(500, cluster)
    try first.stop()
    try FileManager.default.removeItem(atPath: "\(cluster.folder)/a")
    try cluster.publish(CountingTopology.events, records(500..<700))
    let second = RealInstance(cluster, "a")
    try waitFor(700, cluster)
    try second.stop()
    #expect(try cluster.counts() == expected(700))
  }

  @Test func secondInstanceTakesItsShareAndGivesItBack() throws {
    let cluster = try RealCluster(partitionCount: 4)
    defer { try? cluster.remove() }
    let first = RealInstance(cluster, "a")
    try cluster.publish(CountingTopology.events, records(0..<300))
    try waitFor(300, cluster)
    let second = RealInstance(cluster, "b")
    try eventually("both instances hold partitions") {
      first.metrics.exposition().contains("state=\"running\"} 2") && second.metrics.isReady
        && second.metrics.exposition().contains("state=\"running\"} 2")
    }
    try cluster.publish(CountingTopology.events, records(300..<600))
    try waitFor(600, cluster)
    try second.stop()
    try cluster.publish(CountingTopology.events, records(600..<900))
    try waitFor(900, cluster)
    try first.stop()
    #expect(try cluster.counts() == expected(900))
  }

  @Test func streamTimeMovesWithThePartition() throws {
    let cluster = try RealCluster(partitionCount: 1)
    defer { try? cluster.remove() }
    try cluster.publish(CountingTopology.ticks, [(key: "t", value: "5000")])
    let first = RealInstance(cluster, "a")
    try eventually("the tick is committed") {
      first.metrics.exposition().contains("stampede_cycles_committed_total{service=\"\(cluster.service)\"} 1")
    }
    try first.stop()
    try FileManager.default.removeItem(atPath: cluster.folder)
    // Due at 1100, before the tick that the changelog carries: the timer must run at once.
    try cluster.publish(CountingTopology.events, [(key: "late", value: "100")])
    let second = RealInstance(cluster, "a")
    try waitFor(2, cluster)
    try second.stop()
    #expect(try cluster.counts() == ["late": ["1", "gone"]])
  }

  /// A new producer of the old one's id would throw the newer instance out again, and so on for ever.
  @Test func aProducerWhosePlaceIsTakenSaysSoAndTakesNoneBack() throws {
    let cluster = try RealCluster(partitionCount: 1)
    let io = KafkaStreamIO(
      topology: cluster.topology, settings: cluster.settings(instance: "a"), nowMs: { 0 }, log: { _, _, _ in })
    let (listener, otherListener) = (DeafListener(), DeafListener())
    let (oldSource, oldSink) = try io.open(listener: listener)
    defer {
      oldSink.close()
      oldSource.close()
    }
    let (source, sink) = try io.open(listener: otherListener)
    defer {
      sink.close()
      source.close()
    }
    let outbox = Outbox()
    Array("k".utf8).withUnsafeBytes { outbox.send(topic: 0, partition: 0, key: $0, value: $0) }
    let error = #expect(throws: StreamError.self) {
      try oldSink.send(outbox)
      _ = try oldSink.commit(offsets: [:])
    }
    #expect(error?.response == .fenced)
    try sink.send(outbox)
    _ = try sink.commit(offsets: [:])
  }

  @Test func newInstanceOfTheSameNameFencesTheOldOne() throws {
    let cluster = try RealCluster(partitionCount: 1)
    defer { try? cluster.remove() }
    let old = RealInstance(cluster, "a")
    try eventually("the first is a member") { old.metrics.isReady }
    let settings = cluster.folder + "/elsewhere"
    try FileManager.default.createDirectory(atPath: settings, withIntermediateDirectories: true)
    let newer = RealInstance(cluster, "a", stateDirectory: settings)
    try eventually("the second is a member") { newer.metrics.isReady }
    try cluster.publish(CountingTopology.events, records(0..<70))
    try waitFor(70, cluster)
    try newer.stop()
    #expect(throws: StreamError.self) { try old.stop() }
    #expect(try cluster.counts() == expected(70))
  }
}

private final class DeafListener: RebalanceListener {
  func partitionsAssigned(_ partitions: [TopicPartition]) {}
  func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) {}
}
