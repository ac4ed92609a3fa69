import StreamRuntime
import Testing

/// What ``ChangelogReader`` and ``GlobalTopicReader`` promise, on the in-memory log and on Kafka.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ReaderConformanceTests {
  private static let whole = ChangelogPosition(table: 0, partition: 0, offset: nil)

  private func changelog(_ cluster: any ClusterHarness, table: Int = 0) -> String {
    cluster.topology.changelogTopic(table: table)
  }

  // MARK: Changelogs

  @Test(arguments: ClusterSide.available) func everyCommittedRowIsReadToTheEnd(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      try cluster.write("kept", to: changelog(cluster), outcome: .committed)
      try cluster.write("dropped", to: changelog(cluster), outcome: .aborted)
      try cluster.write([WrittenRecord(key: "k", value: nil)], to: changelog(cluster))
      try cluster.write("kept too", to: changelog(cluster), outcome: .committed)
      try cluster.write("dropped at the end", to: changelog(cluster), outcome: .aborted)
      let restored = try Restored(cluster, cluster.process("a"), [Self.whole])
      #expect(restored.rows == ["k=kept", "k=gone", "k=kept too"])
      #expect(restored.offsets.sorted() == restored.offsets && restored.offsets.first == 0)
    }
  }

  @Test(arguments: ClusterSide.available) func emptyChangelogIsAtItsEnd(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let reader = try cluster.process("a").changelogReader([Self.whole])
      defer { reader.close() }
      #expect(reader.bounds.map(\.highWatermark) == [0] && reader.bounds.map(\.logStart) == [0])
      #expect(reader.position(0) == 0 && !reader.waitsForOpenTransaction(0))
      #expect(try Restored(reader, cluster).rows.isEmpty)
    }
  }

  @Test(arguments: ClusterSide.available) func changelogsOfAllPositionsAreReadSideBySide(side: ClusterSide) async throws
  {
    try await side.withCluster(partitions: 2, .wide) { cluster in
      for (table, partition) in [(0, Int32(0)), (0, 1), (1, 1)] {
        try cluster.write(
          (0..<3).map { WrittenRecord(key: "\(table)/\(partition)", value: "\($0)") },
          to: changelog(cluster, table: table), partition: partition)
      }
      let positions = [
        ChangelogPosition(table: 1, partition: 1, offset: 2), ChangelogPosition(table: 0, partition: 0, offset: nil),
        ChangelogPosition(table: 0, partition: 1, offset: 1),
      ]
      let rows = try Restored(cluster, cluster.process("a"), positions).rows
      #expect(rows.filter { $0.hasPrefix("1/1") } == ["1/1=2"])
      #expect(rows.filter { $0.hasPrefix("0/0") } == ["0/0=0", "0/0=1", "0/0=2"])
      #expect(rows.filter { $0.hasPrefix("0/1") } == ["0/1=1", "0/1=2"])
    }
  }

  @Test(arguments: ClusterSide.available) func readDeliversAtMostWhatItIsToldTo(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      try cluster.write((0..<25).map { WrittenRecord(key: "k", value: "\($0)") }, to: changelog(cluster))
      let restored = try Restored(cluster, cluster.process("a"), [Self.whole], limit: 10)
      #expect(restored.rows == (0..<25).map { "k=\($0)" })
      #expect(restored.reads.allSatisfy { $0 <= 10 } && restored.reads.reduce(0, +) == 25)
    }
  }

  @Test(arguments: ClusterSide.available) func readerStartsOverWhereItIsTold(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      try cluster.write("0", "1", "2", to: changelog(cluster))
      let reader = try cluster.process("a").changelogReader([ChangelogPosition(table: 0, partition: 0, offset: 2)])
      defer { reader.close() }
      #expect(try Restored(reader, cluster).rows == ["k=2"])
      try reader.restart(0, at: 1)
      #expect(reader.position(0) == 1)
      #expect(try Restored(reader, cluster).rows == ["k=1", "k=2"])
    }
  }

  @Test(arguments: ClusterSide.available) func openTransactionIsToldOfAndWaitedFor(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let member = try Member(cluster, "a")
      defer { member.close() }
      try cluster.write("before", to: changelog(cluster))
      try member.send("k", "open", table: 0)
      var found: (any ChangelogReader)?
      // What is sent may be under way yet.
      try cluster.eventually("the open transaction's record") {
        let reader = try cluster.process("b").changelogReader([Self.whole])
        guard reader.bounds[0].highWatermark < 2 else {
          found = reader
          return true
        }
        reader.close()
        return false
      }
      let reader = try #require(found)
      defer { reader.close() }
      var rows: [String] = []
      func read() throws {
        _ = try reader.read(limit: 10, timeoutMs: 100) { _, _, _, image in rows.append(image.map { String($0) } ?? "") }
      }
      try cluster.eventually("the end of what is committed") {
        try read()
        return reader.waitsForOpenTransaction(0)
      }
      #expect(rows == ["before"] && reader.position(0) < reader.bounds[0].highWatermark)
      _ = try member.sink.commit(offsets: [TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0): 1])
      try cluster.eventually("the end") {
        try read()
        return reader.position(0) >= reader.bounds[0].highWatermark
      }
      #expect(rows == ["before", "open"] && !reader.waitsForOpenTransaction(0))
    }
  }

  // MARK: Global topics

  @Test(arguments: ClusterSide.available) func globalTopicIsReadWholeAndThenOnlyWhatIsNew(side: ClusterSide)
    async throws
  {
    try await side.withCluster(partitions: 2, .wide) { cluster in
      let topic = cluster.topology.globalTopics[0]
      let reader = try #require(try cluster.process("a").globalTopicReader())
      defer { reader.close() }
      // A transaction that is committed may not be marked so yet.
      func catchUp(_ count: Int) throws -> [String] {
        var found: [String] = []
        try cluster.eventually("\(count) records") {
          let isWhole = try reader.catchUp { topic, key, value in
            #expect(topic == 0)
            found.append("\(key.map { String($0) } ?? "-")=\(value.map { String($0) } ?? "gone")")
          }
          return isWhole && found.count >= count
        }
        return found
      }
      #expect(try catchUp(0).isEmpty)
      try cluster.write("1", to: topic, outcome: .committed)
      try cluster.write("dropped", to: topic, outcome: .aborted)
      try cluster.write([WrittenRecord(key: "other", value: "2")], to: topic, partition: 1)
      #expect(try catchUp(2).sorted() == ["k=1", "other=2"])
      #expect(try catchUp(0).isEmpty)
      try cluster.write([WrittenRecord(key: "k", value: nil), WrittenRecord(key: "k", value: "3")], to: topic)
      #expect(try catchUp(2) == ["k=gone", "k=3"])
    }
  }
}
