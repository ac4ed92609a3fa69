import StreamRuntime
import Testing

/// What ``RecordSource`` promises, on the in-memory log and on Kafka.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SourceConformanceTests {
  @Test(arguments: ClusterSide.available) func everyInputIsAssignedAndNothingComesBeforeItIsAskedFor(side: ClusterSide)
    async throws
  {
    try await side.withCluster(partitions: 3) { cluster in
      try cluster.write("1", "2", to: cluster.topology.inputTopics[0])
      let member = try Member(cluster, "a")
      defer { member.close() }
      let all = cluster.topology.inputTopics.flatMap { topic in
        (0..<3).map { TopicPartition(topic: topic, partition: $0) }
      }
      #expect(Set(member.assigned ?? []) == Set(all))
      #expect(try member.pollNothing())
    }
  }

  @Test(arguments: ClusterSide.available) func recordsComeWholeFromTheOffsetsAskedFor(side: ClusterSide) async throws {
    try await side.withCluster(partitions: 2) { cluster in
      let topics = cluster.topology.inputTopics
      let headers = [("ce_id", "1"), ("empty", ""), ("ce_id", "2")].map { WrittenRecord.Header(name: $0, value: $1) }
      let written = [
        WrittenRecord(key: "a", value: "before"), WrittenRecord(key: "điểm", value: "thưởng", headers: headers),
        WrittenRecord(key: "a", value: nil), WrittenRecord(key: nil, value: "no key"),
        WrittenRecord(key: "", value: ""),
      ]
      try cluster.write(written, to: topics[0])
      try cluster.write([WrittenRecord(key: "other", value: "partition")], to: topics[0], partition: 1)
      try cluster.write("second topic", to: topics[1])
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [
        TopicPartition(topic: topics[0], partition: 0): 1, TopicPartition(topic: topics[1], partition: 0): 0,
      ])
      let polled = try member.poll(5)
      #expect(polled.filter { $0.topic == 0 }.map(\.record) == Array(written.dropFirst()))
      #expect(polled.filter { $0.topic == 0 }.map(\.place) == [1, 2, 3, 4])
      #expect(polled.filter { $0.topic == 1 }.map(\.record.value) == ["second topic"])
      #expect(try member.pollNothing(), "a partition that was not asked for")
    }
  }

  /// The last of several headers of a name is the one that counts; one that is absent or null is none.
  @Test(arguments: ClusterSide.available) func lastHeaderOfANameIsFound(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let headers = [("a", "1"), ("b", "2"), ("a", "3")].map { WrittenRecord.Header(name: $0, value: $1) }
      try cluster.write([WrittenRecord(key: "k", value: "v", headers: headers)], to: cluster.topology.inputTopics[0])
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0): 0])
      var found: [String?]?
      try cluster.eventually("the record") {
        guard let record = try member.source.poll(timeoutMs: 100) else { return false }
        found = [record.headers.header("a"), record.headers.header("b"), record.headers.header("c")].map {
          $0.map { String($0) }
        }
        return true
      }
      #expect(found == ["3", "2", nil])
    }
  }

  @Test(arguments: ClusterSide.available) func readingAnewVoidsWhatCameAndWasNotPolled(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let place = TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0)
      try cluster.write((0..<500).map { WrittenRecord(key: "k", value: "\($0)") }, to: place.topic)
      let member = try Member(cluster, "a")
      defer { member.close() }
      for start in [400, 0, 250, 250, 499] {
        try member.source.read(from: [place: Int64(start)])
        let count = min(20, 500 - start)
        #expect(try member.poll(count).map(\.record.value) == (start..<start + count).map { "\($0)" })
      }
      try member.source.read(from: [:])
      #expect(try member.pollNothing())
    }
  }

  @Test(arguments: ClusterSide.available) func abortedRecordsAreNotDelivered(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let topic = cluster.topology.inputTopics[0]
      try cluster.write("kept", to: topic, outcome: .committed)
      try cluster.write("dropped", "dropped too", to: topic, outcome: .aborted)
      try cluster.write("kept too", to: topic, outcome: .committed)
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [TopicPartition(topic: topic, partition: 0): 0])
      #expect(try member.poll(2).map(\.record.value) == ["kept", "kept too"])
      #expect(try member.pollNothing())
    }
  }

  @Test(arguments: ClusterSide.available) func lagIsWhatIsLeftBeforeTheEnd(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let place = TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0)
      try cluster.write("1", "2", "3", to: place.topic)
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [place: 0])
      _ = try member.poll(3)
      #expect(member.source.lag(place, position: 0) == 3 && member.source.lag(place, position: 3) == 0)
    }
  }

  @Test(arguments: ClusterSide.available) func endIsBehindTheMarkersAndToldOnce(side: ClusterSide) async throws {
    try await side.withCluster { cluster in
      let place = TopicPartition(topic: cluster.topology.inputTopics[0], partition: 0)
      try cluster.write("1", "2", to: place.topic, outcome: .committed)
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [place: 0])
      _ = try member.poll(2)
      #expect(try member.pollNothing())
      #expect(member.source.takeNews() == [.end(place, offset: 3)] && member.source.takeNews().isEmpty)
      #expect(try member.source.bounds(of: [place]) == [place: InputBounds(start: 0, end: 3)])
    }
  }

  /// As where retention has taken what is asked for, or the topic was made again.
  @Test(arguments: ClusterSide.available) func offsetThatATopicDoesNotHaveIsToldAndNotPassedOver(side: ClusterSide)
    async throws
  {
    try await side.withCluster(partitions: 2) { cluster in
      let places = (0..<2).map { TopicPartition(topic: cluster.topology.inputTopics[0], partition: $0) }
      let records = ["1", "2"].map { WrittenRecord(key: "k", value: $0) }
      for place in places { try cluster.write(records, to: place.topic, partition: place.partition) }
      let member = try Member(cluster, "a")
      defer { member.close() }
      try member.source.read(from: [places[0]: 50, places[1]: 0])
      #expect(try member.poll(2).map(\.record.value) == ["1", "2"])
      #expect(try member.pollNothing())
      #expect(member.source.takeNews().contains(.outOfRange(places[0])))
      try member.source.read(from: [places[0]: 1])
      #expect(try member.poll(1).map(\.record.value) == ["2"])
    }
  }

  @Test(arguments: ClusterSide.available) func twoMembersShareAndAStopTellsOfIt(side: ClusterSide) async throws {
    try await side.withCluster(partitions: 4) { cluster in
      let first = try Member(cluster, "a")
      #expect(try cluster.process("b").partitionsToExpect(of: 4) == [2, 3])
      #expect(try cluster.process("a").partitionsToExpect(of: 4).isEmpty, "it is a member already")
      first.close()
      #expect(first.revocations.count == 1 && first.revocations.first?.lost == false)
      #expect(first.revocations.first?.partitions.count == 8)
    }
  }

  @Test(arguments: ClusterSide.available) func emptyGroupGivesNobodyAnythingToExpect(side: ClusterSide) async throws {
    try await side.withCluster(partitions: 4) { cluster in
      let expected = try cluster.process("a").partitionsToExpect(of: 4)
      #expect(expected.isEmpty)
    }
  }
}
