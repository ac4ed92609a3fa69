/// Where one partition stands in its input topics: what the group has committed, what its store keeps, how far it is.
///
///     located ──▶ settled against the store ──▶ read from the last record processed, which proves the topic
///                        │                                   │ it is another one, or the topic does not reach so far
///                        └───────────────▶ stop ◀────────────┘
///
/// The store keeps a position in the transaction that commits it for the group, so both are the same after a restore.
/// What differs says that somebody else had a hand in it; the group's offset alone may be missing, for Kafka forgets it
/// with the group, the topic, or after a week. Arrays are by topic.
struct InputPositions {
  private let topology: Topology
  private let partition: Int32
  private let cluster: String?
  private let keys: [[UInt8]]
  private let image = ByteBuffer(capacity: 128)

  /// As the group has it; nil: nothing was ever committed.
  private var found: [CommittedOffset?] = []
  /// The next offset to read; none before they are located.
  private(set) var next: [Int64] = []
  /// As committed, and kept, by this task; nil: not yet.
  private var committed: [Int64?] = []
  private var marks: [RecordMark?] = []
  /// The mark was met, or there is none to be met.
  private var isProven: [Bool] = []
  /// Records were processed since the last cycle's end, and not only markers passed.
  private var hasRecords: [Bool] = []
  /// Nobody has a position: it begins where the topic does, which is still to be asked.
  private var isNew: [Bool] = []
  /// The broker has none of the offset asked for.
  private var isOutOfRange: [Bool] = []
  /// Where a record came that had been processed: the topic, and the offset that was next. In one place once is chance.
  private var refusal: (topic: Int, next: Int64)?
  /// Set once, and then nothing is taken any more.
  private(set) var stop: InputStop?

  init(topology: Topology, partition: Int32, cluster: String?) {
    self.topology = topology
    self.partition = partition
    self.cluster = cluster
    keys = topology.inputTopics.map(KeptPosition.key)
  }

  private func place(_ topic: Int) -> TopicPartition {
    TopicPartition(topic: topology.inputTopics[topic], partition: partition)
  }

  private func stop(_ topic: Int, _ cause: InputStop.Cause) -> InputStop {
    InputStop(service: topology.service, place: place(topic), next: next[topic], cause: cause)
  }

  // MARK: From where

  mutating func locate(_ offsets: [TopicPartition: CommittedOffset?]) {
    found = topology.inputTopics.indices.map { offsets[place($0)] ?? nil }
    next = found.map { $0?.offset ?? 0 }
    committed = found.map { $0?.offset }
    marks = found.map { _ in nil }
    isProven = found.map { _ in true }
    hasRecords = found.map { _ in false }
    isNew = found.map { _ in false }
    isOutOfRange = found.map { _ in false }
    stop = nil
  }

  mutating func forget() {
    next = []
    stop = nil
  }

  /// Whether the group's offsets are others than those it was located by.
  func differs(from offsets: [TopicPartition: CommittedOffset?]) -> Bool {
    found != topology.inputTopics.indices.map { offsets[place($0)] ?? nil }
  }

  /// The store is restored: holds what it keeps against what the group has committed. Returns what there is to tell.
  mutating func settle(_ backend: any StoreBackend) throws -> [String] {
    guard !topology.stores.isEmpty else { return [] }
    let kept = try keys.map { try KeptPosition($0, in: backend) }
    var told: [String] = []
    for topic in found.indices where stop == nil { settle(topic, kept[topic], &told) }
    let isUnknown = kept.allSatisfy { $0 == nil } && found.allSatisfy { $0 == nil }
    if isUnknown, try topology.stores.indices.contains(where: { try backend.countRows(table: $0) > 0 }) {
      stop = stop(0, .unknown)
    }
    return told
  }

  private mutating func settle(_ topic: Int, _ kept: KeptPosition?, _ told: inout [String]) {
    guard let kept else {
      // Release 0.1.0 committed 0 also for what it had never read.
      if found[topic] == nil || found[topic] == CommittedOffset(0, .none) { isNew[topic] = true }
      committed[topic] = nil
      return
    }
    if let cluster, let other = kept.cluster, other != cluster {
      next[topic] = found[topic]?.offset ?? kept.next
      committed[topic] = nil
      if found[topic] == nil { stop = stop(topic, .otherCluster(other)) }
      return told.append("the store's position in \(place(topic)) is of another cluster; the group's offset is taken")
    }
    guard let group = found[topic] else {
      goOn(topic, as: kept)
      return told.append(
        "the group has lost its offset of \(place(topic)); going on at \(kept.next), as the store says")
    }
    if group.offset == kept.next {
      goOn(topic, as: kept)
      committed[topic] = group.note == .kept ? group.offset : nil
    } else if group.note == .accepted(from: kept.next) {
      committed[topic] = nil
      told.append(
        "going on in \(place(topic)) at \(group.offset): an operator has given up what was next, \(kept.next)")
    } else if group.note == .none, group.offset > kept.next {
      committed[topic] = nil
      told.append(
        "the group's offset of \(place(topic)), \(group.offset), is ahead of the store's, \(kept.next): release 0.1.0 or "
          + "a tool of Kafka's has set it; going on there")
    } else {
      next[topic] = kept.next
      stop = stop(topic, .contradiction(committed: group))
    }
  }

  private mutating func goOn(_ topic: Int, as kept: KeptPosition) {
    next[topic] = kept.next
    committed[topic] = nil
    marks[topic] = kept.mark
    isProven[topic] = kept.mark == nil
  }

  /// Topics of which the broker is to be asked where they begin and end.
  var toAsk: [TopicPartition] {
    guard stop == nil else { return [] }
    return isNew.indices.filter { isNew[$0] || isOutOfRange[$0] }.map(place)
  }

  /// The answer to that.
  mutating func answer(_ bounds: [TopicPartition: InputBounds]) {
    for topic in isNew.indices where stop == nil {
      guard let bounds = bounds[place(topic)] else { continue }
      if isNew[topic] {
        next[topic] = bounds.start
      } else if next[topic] < bounds.start {
        stop = stop(topic, .lost(begins: bounds.start))
      } else if next[topic] > bounds.end {
        stop = stop(topic, .endsBefore(ends: bounds.end))
      }
      // What is left is that the mark was deleted, as old records are.
      isProven[topic] = true
      isNew[topic] = false
      isOutOfRange[topic] = false
    }
  }

  mutating func isNotThere(_ topic: Int) { isOutOfRange[topic] = true }

  /// Where each topic is to be read: from the mark, as long as that is not proven.
  var toRead: [TopicPartition: Int64] {
    guard stop == nil else { return [:] }
    return places { isProven[$0] ? next[$0] : marks[$0]?.offset ?? next[$0] }
  }

  // MARK: A cycle

  /// Whether the record is the next to process.
  mutating func takes(_ record: InputRecord) throws -> Bool {
    guard stop == nil else { return false }
    if record.offset >= next[record.topic] {
      isProven[record.topic] = true
      return true
    }
    guard !isProven[record.topic], let mark = marks[record.topic], record.offset >= mark.offset else {
      throw refuse(record)
    }
    isProven[record.topic] = true
    if RecordMark(record) != mark { stop = stop(record.topic, .recreated) }
    return false
  }

  /// A consumer that goes back by itself is not believed: nothing is processed twice.
  private mutating func refuse(_ record: InputRecord) -> StreamError {
    let next = self.next[record.topic]
    if let refusal, refusal == (record.topic, next) {
      return StreamError(
        .fatal,
        "\(place(record.topic)) is delivered again from offset \(record.offset), though it was asked for from \(next)")
    }
    refusal = (record.topic, next)
    return StreamError(
      .abortTransaction, "\(place(record.topic)) was delivered again from offset \(record.offset); next was \(next)")
  }

  mutating func processed(_ record: InputRecord) {
    next[record.topic] = record.offset + 1
    marks[record.topic] = RecordMark(record)
    hasRecords[record.topic] = true
  }

  /// Everything before `offset` was delivered: behind the last record stand markers only.
  mutating func reachedEnd(_ topic: Int, _ offset: Int64) {
    guard stop == nil, offset > next[topic] else { return }
    next[topic] = offset
    isProven[topic] = true
  }

  // MARK: The commit

  /// What this cycle commits: nothing, unless there were records or `withMarkers` lets it move over markers alone.
  func toCommit(withMarkers: Bool) -> [TopicPartition: Int64] {
    let isDue = next.indices.contains { hasRecords[$0] || committed[$0] == nil || withMarkers && hasMoved($0) }
    return isDue ? places(where: hasMoved) { next[$0] } : [:]
  }

  /// The offsets that are committed already. A cycle of timers alone sends them again: a broker compares the group's
  /// generation only where offsets are sent, and without that a worker that has lost its partitions could still commit.
  var asTheyStand: [TopicPartition: Int64] {
    places(where: { committed[$0] != nil }) { committed[$0] ?? next[$0] }
  }

  private func hasMoved(_ topic: Int) -> Bool { next[topic] != committed[topic] }

  private func places(
    where isMeant: (Int) -> Bool = { _ in true }, _ offset: (Int) -> Int64
  ) -> [TopicPartition: Int64] {
    var all: [TopicPartition: Int64] = [:]
    for topic in next.indices where !isNew[topic] && isMeant(topic) { all[place(topic)] = offset(topic) }
    return all
  }

  /// Keeps in the store what this cycle commits. Records that come from now on are the next one's.
  mutating func keep(_ offsets: [TopicPartition: Int64], in backend: any StoreBackend, _ outbox: Outbox) throws {
    for topic in next.indices where offsets[place(topic)] != nil { hasRecords[topic] = false }
    guard !topology.stores.isEmpty else { return }
    for topic in next.indices where offsets[place(topic)] != nil {
      image.clear()
      KeptPosition(cluster: cluster, next: next[topic], mark: marks[topic]).encode(to: image)
      try keys[topic].withUnsafeBytes { key in
        try backend.put(table: KeptPosition.table, key: key, image: image.bytes, dueMs: nil)
        outbox.changelog(
          topic: topology.firstChangelogTopic + KeptPosition.table, partition: partition, table: KeptPosition.table,
          key: key, image: image.bytes)
      }
    }
  }

  /// What ``toCommit(withMarkers:)`` said is committed and kept.
  mutating func didCommit(_ offsets: [TopicPartition: Int64]) {
    for topic in next.indices {
      guard let offset = offsets[place(topic)] else { continue }
      committed[topic] = offset
    }
  }
}
