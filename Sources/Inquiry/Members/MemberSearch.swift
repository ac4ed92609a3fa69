import Contracts
import Kafka
import Loyalty
import Partitioning

/// Who the platform knows: members with a profile on `loyalty.members`, or an account on `loyalty.accounts`.
package struct MemberSearch {
  private let cluster: Cluster
  private let reader: TopicReader

  package init(_ cluster: Cluster, _ reader: TopicReader) {
    self.cluster = cluster
    self.reader = reader
  }

  /// Reads the member's own partitions alone.
  package func isKnown(_ member: String) throws -> Bool {
    guard try AccountReading(cluster, reader, member: member).accounts(program: nil).isEmpty else { return true }
    let key = Array(member.utf8)
    let count = try cluster.partitionCount(of: .members)
    let partition = KeyPartitioner.partition(of: member, among: count)
    var isThere = false
    let place = KafkaTopicPartition(topic: Topic.members.name, partition: partition)
    try reader.read([try reader.range(of: place)]) { message in
      guard let found = message.key, found.elementsEqual(key) else { return }
      isThere = message.value.map { !$0.isEmpty } ?? false
    }
    return isThere
  }

  /// The ids that `rank` takes for similar, the best first; `rank` is the less the more similar, nil for one that is
  /// not. Reads both topics whole.
  package func similar(_ countMax: Int, rank: (String) -> Int?) throws -> [String] {
    let counts = try cluster.partitionCounts(of: [Topic.members, .accounts].map(\.name))
    var found: [String: Int] = [:]
    for topic in [Topic.members, .accounts] {
      try reader.read(try reader.ranges(of: topic.name, partitionCount: counts[topic.name] ?? 0)) { message in
        guard let key = message.key else { return }
        let separator = UInt8(ascii: "\u{1F}")
        let id = String(decoding: key.prefix { $0 != separator }, as: UTF8.self)
        guard let likeness = rank(id) else { return }
        let isThere = message.value.map { !$0.isEmpty } ?? false
        if isThere { found[id] = likeness } else if topic == .members { found[id] = nil }
      }
    }
    return found.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(countMax).map(\.key)
  }

  /// The members whose profile `isMeant` says so of, by id.
  package func profiles(_ isMeant: (MemberProfile) -> Bool) throws -> [MemberProfile] {
    let count = try cluster.partitionCount(of: .members)
    var found: [String: MemberProfile] = [:]
    try reader.read(try reader.ranges(of: Topic.members.name, partitionCount: count)) { message in
      guard let key = message.key.map({ String(decoding: $0, as: UTF8.self) }) else { return }
      found[key] = nil
      // What cannot be read is nobody's profile for the services either.
      guard let value = message.value, !value.isEmpty,
        let profile = try? MemberProfile(decoding: EventEnvelope(value: value) { message.header($0) }), isMeant(profile)
      else { return }
      found[key] = profile
    }
    return found.values.sorted { $0.id < $1.id }
  }
}
