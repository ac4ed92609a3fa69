/// What `loyalty topics apply` would do: create what is missing, tell what differs, change nothing that exists.
package struct TopicPlan: Equatable, Sendable {
  /// A topic as the broker describes it.
  package struct Existing: Equatable, Sendable {
    package var name: String
    package var partitions: Int
    /// Settings in effect, the broker's defaults included. A setting the broker does not tell is not compared.
    package var config: [String: String]

    package init(name: String, partitions: Int, config: [String: String]) {
      self.name = name
      self.partitions = partitions
      self.config = config
    }
  }

  package struct Creation: Equatable, Sendable {
    package var name: String
    package var partitions: Int
    package var config: [TopicSpec.Setting]
  }

  package struct Difference: Equatable, Sendable {
    package var topic: String
    /// `partitions`, or the setting's name.
    package var what: String
    package var wanted: String
    package var found: String
  }

  package private(set) var creations: [Creation] = []
  package private(set) var differences: [Difference] = []
  /// Topics that are there as agreed.
  package private(set) var settled: [String] = []

  /// - Parameter memberPartitions: the number of partitions of topics that are partitioned by member.
  package init(specs: [TopicSpec], existing: [Existing], memberPartitions: Int) {
    let found = Dictionary(existing.map { ($0.name, $0) }) { first, _ in first }
    for spec in specs.sorted(by: { $0.name < $1.name }) {
      let partitions =
        switch spec.partitions {
        case .members: memberPartitions
        case .count(let count): count
        }
      guard let topic = found[spec.name] else {
        creations.append(Creation(name: spec.name, partitions: partitions, config: spec.config))
        continue
      }
      let before = differences.count
      if topic.partitions != partitions {
        differences.append(
          Difference(topic: spec.name, what: "partitions", wanted: "\(partitions)", found: "\(topic.partitions)"))
      }
      for setting in spec.config {
        guard let value = topic.config[setting.name], value != setting.value else { continue }
        differences.append(Difference(topic: spec.name, what: setting.name, wanted: setting.value, found: value))
      }
      if differences.count == before { settled.append(spec.name) }
    }
  }

  /// One line per topic to create and per difference, then a line that sums up.
  package var report: String {
    var lines = creations.map { creation in
      let config = creation.config.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return "create   \(creation.name)  partitions=\(creation.partitions) \(config)"
    }
    lines += differences.map { difference in
      "differs  \(difference.topic)  \(difference.what) is \(difference.found), topics/ says \(difference.wanted)"
    }
    let differing = Set(differences.map(\.topic)).count
    lines.append("\(creations.count) to create, \(differing) that differ, \(settled.count) as agreed")
    if !differences.isEmpty {
      lines.append("What differs is left as it is: change it with Kafka's own tools, or change the file in topics/.")
    }
    return lines.joined(separator: "\n")
  }
}
