import Contracts
import Kafka

/// Finds every service's lag on a cluster. Reads no more than the tails of partitions that a group has not finished.
package struct LagReading {
  private let cluster: Cluster
  private let reader: TopicReader

  package static func report(_ cluster: Cluster) throws -> StatusReport {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    return try LagReading(cluster: cluster, reader: reader).report()
  }

  private func report() throws -> StatusReport {
    let topics = Set(Service.allCases.flatMap(\.inputTopics)).map(\.name)
    let counts = try cluster.partitionCounts(of: topics.sorted())
    var places: [Service: [KafkaTopicPartition]] = [:]
    for service in Service.allCases {
      places[service] = service.inputTopics.flatMap { topic in
        (0..<Int32(counts[topic.name] ?? 0)).map { KafkaTopicPartition(topic: topic.name, partition: $0) }
      }
    }
    // First what is committed, then the ends: a record that comes in between counts as one left to read.
    let committed = try committedOffsets(places)
    var ranges: [KafkaTopicPartition: TopicReader.Range] = [:]
    for place in Set(places.values.joined()) { ranges[place] = try reader.range(of: place) }
    var positions: [KafkaTopicPartition: [GroupPosition]] = [:]
    for (service, places) in places {
      for place in places {
        guard let range = ranges[place] else { continue }
        positions[place, default: []].append(position(committed[service]?[place], range))
      }
    }
    let tails = try PartitionTail.read(positions, reader)
    return StatusReport(
      services: Service.allCases.map { service in
        StatusReport.Entry(
          service: service,
          partitions: (places[service] ?? []).compactMap { place in
            guard let range = ranges[place] else { return nil }
            let position = position(committed[service]?[place], range)
            let tail = tails[place] ?? PartitionTail(start: range.end)
            return PartitionLag(
              place: place, committed: position.committed, end: range.end,
              records: position.records(in: tail) ?? position.span)
          })
      })
  }

  private func position(_ committed: Int64?, _ range: TopicReader.Range) -> GroupPosition {
    GroupPosition(committed: committed, low: range.from, end: range.end)
  }

  private func committedOffsets(
    _ places: [Service: [KafkaTopicPartition]]
  ) throws -> [Service: [KafkaTopicPartition: Int64]] {
    try cluster.withAdmin { admin in
      var committed: [Service: [KafkaTopicPartition: Int64]] = [:]
      for (service, places) in places {
        let offsets = try cluster.patiently {
          try admin.committedOffsets(group: service.name, of: places, timeoutMs: Cluster.timeoutMs)
        }
        for entry in offsets where entry.offset >= 0 {
          committed[service, default: [:]][entry.topicPartition] = entry.offset
        }
      }
      return committed
    }
  }
}
