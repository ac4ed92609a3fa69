import StreamRuntime
import Testing

/// The stream thread on both sides of its ports: what it promises in memory must hold on a real broker and real files.
@Suite(.timeLimit(.minutes(10)), .serialized) struct WorkerConformanceTests {
  private static let keys = 7

  /// Event `number` goes to the partition of its key.
  private func publish(_ range: Range<Int>, _ cluster: any ClusterHarness) throws {
    let records = Dictionary(grouping: range) { Int32($0 % Self.keys % cluster.partitionCount) }
    for (partition, numbers) in records {
      try cluster.write(
        numbers.map { WrittenRecord(key: "k\($0 % Self.keys)", value: "\($0)") }, to: cluster.topology.inputTopics[0],
        partition: partition)
    }
  }

  /// Every committed count, in order a key.
  private func counts(_ cluster: any ClusterHarness) throws -> [String: [String]] {
    let records = try cluster.committed(cluster.topology.outputTopics[0]).flatMap { $0 }
    return Dictionary(grouping: records) { $0.key ?? "" }.mapValues { $0.map { $0.value ?? "gone" } }
  }

  /// Each key's counts, once each and in order.
  private func expected(_ count: Int) -> [String: [String]] {
    Dictionary(
      uniqueKeysWithValues: (0..<Self.keys).map { key in
        ("k\(key)", (1...(count - key + Self.keys - 1) / Self.keys).map(String.init))
      })
  }

  private func wait(for count: Int, _ cluster: any ClusterHarness) throws {
    try cluster.eventually("all \(count) counts") {
      try counts(cluster).values.reduce(0) { $0 + $1.count } >= count
    }
  }

  @Test(arguments: ClusterSide.available) func everyRecordCountsOnceAcrossARestartOnTheSameDisk(side: ClusterSide)
    async throws
  {
    try await side.withCluster(partitions: 3) { cluster in
      try publish(0..<100, cluster)
      let first = try cluster.start("a")
      try wait(for: 100, cluster)
      try first.stop()
      try publish(100..<200, cluster)
      let second = try cluster.start("a")
      try wait(for: 200, cluster)
      try second.stop()
      #expect(try counts(cluster) == expected(200))
    }
  }

  @Test(arguments: ClusterSide.available) func lostDiskComesBackFromTheChangelog(side: ClusterSide) async throws {
    try await side.withCluster(partitions: 2) { cluster in
      try publish(0..<500, cluster)
      let first = try cluster.start("a")
      try wait(for: 500, cluster)
      try first.stop()
      try cluster.lose(disk: "a")
      try publish(500..<700, cluster)
      let second = try cluster.start("a")
      try wait(for: 700, cluster)
      try second.stop()
      #expect(try counts(cluster) == expected(700))
    }
  }

  @Test(arguments: ClusterSide.available) func secondInstanceTakesItsShareAndGivesItBack(side: ClusterSide) async throws
  {
    try await side.withCluster(partitions: 4) { cluster in
      let first = try cluster.start("a")
      try publish(0..<300, cluster)
      try wait(for: 300, cluster)
      let second = try cluster.start("b")
      try cluster.eventually("both instances hold partitions") {
        [first, second].allSatisfy {
          $0.metrics.isReady && $0.metrics.exposition().contains("state=\"running\"} 2")
        }
      }
      try publish(300..<600, cluster)
      try wait(for: 600, cluster)
      try second.stop()
      try publish(600..<900, cluster)
      try wait(for: 900, cluster)
      try first.stop()
      #expect(try counts(cluster) == expected(900))
    }
  }

  @Test(arguments: ClusterSide.available) func streamTimeSurvivesARestartOnALostDisk(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      try cluster.write([WrittenRecord(key: "t", value: "5000")], to: cluster.topology.inputTopics[1])
      let first = try cluster.start("a")
      let labels = "service=\"\(cluster.topology.service)\",topic=\"\(cluster.topology.inputTopics[1])\""
      try cluster.eventually("the tick is committed") {
        first.metrics.exposition().contains("stampede_records_in_total{\(labels)} 1\n")
      }
      try first.stop()
      try cluster.lose(disk: "a")
      // Due at 1100, long before the tick that the restarted worker remembers: the timer must run at once.
      try cluster.write([WrittenRecord(key: "late", value: "100")], to: cluster.topology.inputTopics[0])
      let second = try cluster.start("a")
      try wait(for: 2, cluster)
      try second.stop()
      #expect(try counts(cluster) == ["late": ["1", "gone"]])
    }
  }

  @Test(arguments: ClusterSide.available) func abortedInputIsNotProcessed(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let events = cluster.topology.inputTopics[0]
      try cluster.write("1", to: events, outcome: .committed)
      try cluster.write("2", to: events, outcome: .aborted)
      try cluster.write("3", to: events, outcome: .committed)
      let worker = try cluster.start("a")
      try wait(for: 2, cluster)
      try cluster.write([WrittenRecord(key: "last", value: "4")], to: events)
      try wait(for: 3, cluster)
      try worker.stop()
      #expect(try counts(cluster) == ["k": ["1", "2"], "last": ["1"]])
    }
  }

  @Test(arguments: ClusterSide.available) func newInstanceOfTheSameNameFencesTheOldOne(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let old = try cluster.start("a")
      try cluster.eventually("the first is a member") { old.metrics.isReady }
      // The disk is free for the newer one: the name is what is held twice.
      let newer = try cluster.start("a", disk: "elsewhere")
      try cluster.eventually("the second is a member") { newer.metrics.isReady }
      try publish(0..<70, cluster)
      try wait(for: 70, cluster)
      // It learns that from the broker, which may be after all counts have come.
      try cluster.eventually("the first is fenced") { old.hasFailed }
      try newer.stop()
      #expect(throws: StreamError.self) { try old.stop() }
      #expect(try counts(cluster) == expected(70))
    }
  }
}
