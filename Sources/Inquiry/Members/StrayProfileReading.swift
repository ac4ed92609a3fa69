import Contracts
import Kafka
import Loyalty
import Partitioning

/// Looks on `loyalty.members` for what lies wrong. Reads it twice: first for what lies where its key does not belong or
/// under a key that is not its member's, then for what lies where those keys do belong. Only the last record of a key
/// counts, in each partition: compaction keeps that alone.
package struct StrayProfileReading {
  private let reader: TopicReader
  private let count: Int
  private var found: [Place: StrayProfile] = [:]
  /// By place, of profiles that can be read.
  private var profiles: [Place: Written] = [:]
  /// By key, the last record where it belongs.
  private var right: [[UInt8]: Right] = [:]
  private var erased: [String: Instant] = [:]

  private struct Place: Hashable {
    var key: [UInt8]
    var partition: Int32
  }

  private struct Written {
    var occurredAt: Instant
    var timestampMs: Int64
  }

  private enum Right {
    case profile(occurredAt: Instant)
    case tombstone(timestampMs: Int64)
  }

  /// In the order of their keys and partitions.
  package static func strays(_ cluster: Cluster) throws -> [StrayProfile] {
    let counts = try cluster.partitionCounts(of: [Topic.members, .privacyRequests].map(\.name))
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var reading = StrayProfileReading(reader, counts[Topic.members.name] ?? 0)
    try reading.readStrays()
    try reading.readRightPlaces()
    try reading.readErasures(counts[Topic.privacyRequests.name] ?? 0)
    return reading.judged
  }

  private init(_ reader: TopicReader, _ count: Int) {
    self.reader = reader
    self.count = count
  }

  private mutating func readStrays() throws {
    try reader.read(try reader.ranges(of: Topic.members.name, partitionCount: count)) { message in
      // Brokers take no record without a key on a compacted topic.
      guard let bytes = message.key else { return }
      let place = Place(key: Array(bytes), partition: message.partition)
      let own = KeyPartitioner.partition(of: bytes, among: count)
      found[place] = nil
      profiles[place] = nil
      guard let value = message.value, !value.isEmpty else { return }
      let profile = Self.profile(value, message)
      if let profile, own != message.partition {
        profiles[place] = Written(occurredAt: profile.occurredAt, timestampMs: message.timestampMs)
      }
      let isWronglyKeyed = profile.map { !bytes.elementsEqual($0.id.utf8) } ?? false
      guard own != message.partition || isWronglyKeyed else { return }
      found[place] = StrayProfile(
        key: place.key, place: KafkaTopicPartition(topic: message.topicName, partition: message.partition),
        offset: message.offset, ownPartition: own,
        problem: isWronglyKeyed ? .wrongKey : profile == nil ? .unreadable : .wrongPartition, value: Array(value),
        headers: message.headers)
    }
  }

  private mutating func readRightPlaces() throws {
    let keys = Set(found.values.filter(\.isMoved).map(\.key))
    let partitions = Set(found.values.filter(\.isMoved).map(\.ownPartition)).sorted()
    let ranges = try partitions.map {
      try reader.range(of: KafkaTopicPartition(topic: Topic.members.name, partition: $0))
    }
    try reader.read(ranges) { message in
      guard let bytes = message.key, keys.contains(Array(bytes)), message.header(PlacementHeader.clearedBy) == nil,
        KeyPartitioner.partition(of: bytes, among: count) == message.partition
      else { return }
      guard let value = message.value, !value.isEmpty else {
        right[Array(bytes)] = .tombstone(timestampMs: message.timestampMs)
        return
      }
      right[Array(bytes)] = Self.profile(value, message).map { .profile(occurredAt: $0.occurredAt) }
    }
  }

  private mutating func readErasures(_ partitionCount: Int) throws {
    guard found.values.contains(where: \.isMoved) else { return }
    let ranges = try reader.ranges(of: Topic.privacyRequests.name, partitionCount: partitionCount)
    try reader.read(ranges) { message in
      guard let value = message.value, !value.isEmpty,
        let envelope = try? EventEnvelope(value: value, header: { message.header($0) }),
        let request = try? PrivacyRequest(decoding: envelope), request.kind == .erasure
      else { return }
      erased[request.memberId] = max(request.occurredAt, erased[request.memberId] ?? request.occurredAt)
    }
  }

  private static func profile(
    _ value: UnsafeRawBufferPointer, _ message: borrowing KafkaMessage
  ) -> MemberProfile? {
    guard let envelope = try? EventEnvelope(value: value, header: { message.header($0) }) else { return nil }
    return try? MemberProfile(decoding: envelope)
  }

  /// What lies in a wrong partition is worth keeping only while nothing newer is said of the member.
  private var judged: [StrayProfile] {
    var newest: [[UInt8]: Place] = [:]
    let strays = found.sorted { ($0.value.keyText, $0.key.partition) < ($1.value.keyText, $1.key.partition) }
    for (place, stray) in strays where stray.isMoved {
      guard let known = newest[place.key], let other = profiles[known], let own = profiles[place],
        (other.occurredAt, other.timestampMs) >= (own.occurredAt, own.timestampMs)
      else {
        newest[place.key] = place
        continue
      }
    }
    return strays.map { place, stray in
      guard stray.isMoved, let written = profiles[place] else { return stray }
      var stray = stray
      if isDeleted(stray, written) {
        stray.problem = .deleted
      } else if newest[place.key] != place || isSuperseded(stray, written) {
        stray.problem = .superseded
      }
      return stray
    }
  }

  private func isDeleted(_ stray: StrayProfile, _ written: Written) -> Bool {
    if let erasedAt = erased[stray.keyText], written.occurredAt <= erasedAt { return true }
    guard case .tombstone(let timestampMs)? = right[stray.key] else { return false }
    return timestampMs >= written.timestampMs
  }

  private func isSuperseded(_ stray: StrayProfile, _ written: Written) -> Bool {
    guard case .profile(let occurredAt)? = right[stray.key] else { return false }
    return occurredAt >= written.occurredAt
  }
}
