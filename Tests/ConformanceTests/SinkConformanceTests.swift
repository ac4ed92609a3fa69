import StreamRuntime
import Testing

/// What ``TransactionalSink`` promises, on the in-memory log and on Kafka.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SinkConformanceTests {
  private func output(_ cluster: any ClusterHarness) throws -> [WrittenRecord] {
    try cluster.committed(cluster.topology.outputTopics[0]).flatMap { $0 }
  }

  @Test(arguments: ClusterSide.available) func whatIsCommittedIsVisibleWithItsOffsets(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let member = try Member(cluster, "a")
      defer { member.close() }
      let places = cluster.topology.inputTopics.map { TopicPartition(topic: $0, partition: 0) }
      let none: [TopicPartition: CommittedOffset?] = [places[0]: nil, places[1]: nil]
      #expect(try member.source.committed(places) == none)
      try member.send("a", "1")
      try member.send("b", nil)
      _ = try member.sink.commit(offsets: [places[0]: 7])
      #expect(try output(cluster) == [WrittenRecord(key: "a", value: "1"), WrittenRecord(key: "b", value: nil)])
      #expect(try member.source.committed(places) == [places[0]: .init(7, .kept), places[1]: nil])
      // Offsets alone: a cycle that wrote nothing.
      _ = try member.sink.commit(offsets: [places[0]: 9, places[1]: 3])
      #expect(try member.source.committed(places) == [places[0]: .init(9, .kept), places[1]: .init(3, .kept)])
    }
  }

  @Test(arguments: ClusterSide.available) func recordsKeepTheirHeadersInOrder(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let member = try Member(cluster, "a")
      defer { member.close() }
      let outbox = Outbox()
      outbox.begin(topic: 0, partition: 0, key: nil)
      outbox.header("ce_id", "1")
      Array("own".utf8).withUnsafeBytes { name in
        Array("2".utf8).withUnsafeBytes { outbox.header(copying: name, $0) }
      }
      outbox.header("ce_id", "")
      outbox.end(value: nil)
      try member.sink.send(outbox)
      _ = try member.sink.commit(offsets: [TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0): 1])
      let headers = [("ce_id", "1"), ("own", "2"), ("ce_id", "")].map { WrittenRecord.Header(name: $0, value: $1) }
      #expect(try output(cluster) == [WrittenRecord(key: nil, value: nil, headers: headers)])
    }
  }

  @Test(arguments: ClusterSide.available) func whatIsAbortedIsNowhereAndTheNextTransactionIsClean(side: ClusterSide)
    async throws
  {
    try await side.withCluster { cluster in
      let member = try Member(cluster, "a")
      defer { member.close() }
      let place = TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0)
      try member.sink.abort()
      try member.send("a", "dropped")
      try member.sink.abort()
      #expect(try output(cluster).isEmpty && member.source.committed([place]) == [place: nil])
      try member.send("a", "kept")
      _ = try member.sink.commit(offsets: [place: 1])
      #expect(try output(cluster).map(\.value) == ["kept"])
    }
  }

  /// The position that a store keeps is where a restore goes on: behind all of its own rows, before anybody else's.
  @Test(arguments: ClusterSide.available) func changelogEndsAreWhereARestoreGoesOn(side: ClusterSide) async throws {
    try await side.withCluster(partitions: 2, .wide) { cluster in
      let member = try Member(cluster, "a")
      defer { member.close() }
      let offsets = [TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0): Int64(1)]
      for key in ["a", "b", "c"] { try member.send(key, "1", table: 0) }
      try member.send("x", "1", table: 1, partition: 1)
      try member.send("a", "an output")
      let ends = try member.sink.commit(offsets: offsets)
      #expect(ends.count == 2, "one for each table and partition written")
      for end in ends {
        let position = ChangelogPosition(table: end.table, partition: end.partition, offset: end.nextOffset)
        let last = ChangelogPosition(table: end.table, partition: end.partition, offset: end.nextOffset - 1)
        #expect(try Restored(cluster, member.io, [position]).rows.isEmpty)
        #expect(try Restored(cluster, member.io, [last]).rows == [end.table == 0 ? "c=1" : "x=1"])
      }
      try member.send("d", "1", table: 0)
      let later = try member.sink.commit(offsets: offsets)
      #expect(later.map(\.table) == [0] && later.map(\.partition) == [0])
      let first = try #require(ends.first { $0.table == 0 })
      let next = ChangelogPosition(table: 0, partition: 0, offset: first.nextOffset)
      #expect(try Restored(cluster, member.io, [next]).rows == ["d=1"])
    }
  }

  @Test(arguments: ClusterSide.available) func olderProcessOfTheSameNameIsFenced(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let place = TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0)
      let older = try Member(cluster, "a")
      defer { older.close() }
      try older.send("a", "of the older one")
      let newer = try Member(cluster, "a")
      defer { newer.close() }
      let error = #expect(throws: StreamError.self) { try older.sink.commit(offsets: [place: 1]) }
      #expect(error?.response == .fenced)
      try newer.send("a", "of the newer one")
      _ = try newer.sink.commit(offsets: [place: 1])
      #expect(try output(cluster).map(\.value) == ["of the newer one"])
    }
  }
}
