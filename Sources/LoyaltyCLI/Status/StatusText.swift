import Inquiry

extension StatusReport {
  /// A line a service and input topic.
  package var text: String {
    var table = TextTable(["SERVICE", "LAG", "INPUT", "LAG", "PARTITIONS BEHIND"], rightAligned: [1, 3])
    for entry in services {
      var isFirst = true
      for (topic, partitions) in Self.byTopic(entry.partitions) {
        let lag = partitions.reduce(0) { $0 + $1.records }
        let behind = partitions.filter { $0.records > 0 }
        let named = behind.map { "\($0.place.partition): \(grouped($0.records))" }.joined(separator: ", ")
        let state = entry.hasStarted ? named : "has not read anything yet"
        table.add([
          isFirst ? entry.service.name : "", isFirst ? grouped(entry.lag) : "", topic, grouped(lag),
          isFirst || entry.hasStarted ? state : "",
        ])
        isFirst = false
      }
    }
    return table.text()
  }

  private static func byTopic(_ partitions: [PartitionLag]) -> [(String, [PartitionLag])] {
    var topics: [(String, [PartitionLag])] = []
    for partition in partitions {
      if topics.last?.0 == partition.place.topic {
        topics[topics.count - 1].1.append(partition)
      } else {
        topics.append((partition.place.topic, [partition]))
      }
    }
    return topics
  }
}
