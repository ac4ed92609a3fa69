/// What `loyalty topics apply` would do: create what is missing, tell what differs, change nothing that exists.
package struct TopicPlan: Equatable, Sendable {
  /// A topic as the broker describes it.
  package struct Existing: Equatable, Sendable {
    package var name: String
    package var partitions: Int
    /// Copies of each partition.
    package var replicationFactor: Int
    /// Settings in effect, the broker's defaults included. A setting the broker does not tell is not compared.
    package var config: [String: String]

    package init(name: String, partitions: Int, replicationFactor: Int, config: [String: String]) {
      self.name = name
      self.partitions = partitions
      self.replicationFactor = replicationFactor
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
  /// Topics with fewer copies than a lost broker and a restarted one at the same time leave whole, by their number.
  package private(set) var thinlyCopied: [Int: [String]] = [:]

  /// As many as production has: one may be lost while another restarts.
  private static let copiesWanted = 3

  /// - Parameters:
  ///   - memberPartitions: the number of partitions of topics that are partitioned by member.
  ///   - replicationFactor: the copies that a topic is created with.
  package init(specs: [TopicSpec], existing: [Existing], memberPartitions: Int, replicationFactor: Int) {
    let found = Dictionary(existing.map { ($0.name, $0) }) { first, _ in first }
    for spec in specs.sorted(by: { $0.name < $1.name }) {
      let partitions =
        switch spec.partitions {
        case .members: memberPartitions
        case .count(let count): count
        }
      let copies = found[spec.name]?.replicationFactor ?? replicationFactor
      if copies < Self.copiesWanted { thinlyCopied[copies, default: []].append(spec.name) }
      let config = spec.config.map { Self.fit($0, toCopies: copies) }
      guard let topic = found[spec.name] else {
        creations.append(Creation(name: spec.name, partitions: partitions, config: config))
        continue
      }
      let before = differences.count
      if topic.partitions != partitions {
        differences.append(
          Difference(topic: spec.name, what: "partitions", wanted: "\(partitions)", found: "\(topic.partitions)"))
      }
      for setting in config {
        guard let value = topic.config[setting.name], value != setting.value else { continue }
        differences.append(Difference(topic: spec.name, what: setting.name, wanted: setting.value, found: value))
      }
      if differences.count == before { settled.append(spec.name) }
    }
  }

  /// No more copies can be asked to have a record than there are: with one broker nothing could be written.
  private static func fit(_ setting: TopicSpec.Setting, toCopies copies: Int) -> TopicSpec.Setting {
    guard setting.name == inSyncSetting, let wanted = Int(setting.value), wanted > copies else { return setting }
    return TopicSpec.Setting(setting.name, "\(copies)")
  }

  private static let inSyncSetting = "min.insync.replicas"

  /// What to think of before this is production; nil: nothing.
  package var warning: String? {
    guard !thinlyCopied.isEmpty else { return nil }
    let counts = thinlyCopied.sorted { $0.key < $1.key }.map { copies, names in
      "\(copies) \(copies == 1 ? "copy" : "copies") on \(names.count == 1 ? names[0] : "\(names.count) topics")"
    }
    return "A record has \(counts.joined(separator: ", ")): brokers that are lost lose points, or stop the platform. "
      + "In production give each topic 3 (--replication-factor 3, or the cluster's default.replication.factor; those that "
      + "exist by kafka-reassign-partitions.sh), with min.insync.replicas=2."
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
