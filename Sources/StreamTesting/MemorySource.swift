import StreamRuntime

/// A static member of a ``MemoryGroup`` that reads the log.
final class MemorySource: RecordSource, HeaderSource {
  private let io: MemoryIO
  private weak var listener: (any RebalanceListener)?
  private(set) var memberId: Int
  private(set) var generation = 0
  private var isJoined = false
  private var held: [Int32] = []
  private var positions: [TopicPartition: Int64] = [:]
  private var turn = 0
  private var news: [InputNews] = []
  /// Ends, and offsets at which a place has nothing, that were told: once, as librdkafka does.
  private var toldEnds: [TopicPartition: Int64] = [:]
  private var toldMisses: [TopicPartition: Int64] = [:]
  private var current: MemoryLog.Record?
  private let key = ByteBuffer(capacity: 64)
  private let value = ByteBuffer(capacity: 64)
  /// Headers of the record at hand that were asked for: each stays valid as long as the record.
  private var lentHeaders: [ByteBuffer] = []

  init(_ io: MemoryIO, listener: any RebalanceListener) {
    self.io = io
    self.listener = listener
    memberId = io.group.join(instance: io.transactionalId)
  }

  private var inputs: [TopicPartition] {
    held.flatMap { partition in io.topology.inputTopics.map { TopicPartition(topic: $0, partition: partition) } }
  }

  func poll(timeoutMs: Int) throws -> InputRecord? {
    if let record = try nextRecord() { return record }
    if timeoutMs > 0 { io.conditions?.waited(ms: timeoutMs) }
    return nil
  }

  private func nextRecord() throws -> InputRecord? {
    try io.reach(.poll)
    guard try followGroup() else { return nil }
    let places = inputs
    guard !places.isEmpty else { return nil }
    if let conditions = io.conditions {
      guard let first = conditions.firstPartition(of: places.count) else { return nil }
      turn = first
    }
    for step in 0..<places.count {
      let place = places[(turn + step) % places.count]
      guard let position = positions[place], io.conditions?.isSlow(place) != true, meets(place, position),
        let (record, offset) = io.log.read(
          place, from: io.conditions?.readsNext(at: position) ?? position,
          uncommitted: io.carelessness == .inputUncommitted),
        let topic = io.topology.inputTopics.firstIndex(of: place.topic)
      else { continue }
      turn += step
      positions[place] = offset + 1
      current = record
      lentHeaders = []
      io.trace?("reads \(place)@\(offset) \(text(record.key)) = \(text(record.value))")
      return InputRecord(
        topic: topic, partition: place.partition, offset: offset, timestampMs: record.timestampMs,
        key: lend(record.key, key), value: lend(record.value, value), headers: self)
    }
    turn += 1
    return nil
  }

  /// Whether there may be a record at the position or behind it; takes note where there is none.
  private func meets(_ place: TopicPartition, _ position: Int64) -> Bool {
    guard io.log.bounds(place).contains(position) else {
      if toldMisses[place] != position { news.append(.outOfRange(place)) }
      toldMisses[place] = position
      return false
    }
    let end = io.log.lastStableOffset(place)
    guard toldEnds[place] != end, io.log.read(place, from: position) == nil else { return true }
    news.append(.end(place, offset: end))
    toldEnds[place] = end
    return true
  }

  func takeNews() -> [InputNews] {
    defer { news = [] }
    return news
  }

  func bounds(of partitions: [TopicPartition]) throws -> [TopicPartition: InputBounds]? {
    try io.checkAlive()
    return Dictionary(
      uniqueKeysWithValues: partitions.map { place in
        (place, InputBounds(start: io.log.start(of: place), end: io.log.lastStableOffset(place)))
      })
  }

  /// Takes part in the group's life. False while there is nothing to poll for.
  private func followGroup() throws -> Bool {
    guard io.conditions?.hearsGroup() != false else { return isJoined }
    switch io.group.standing(of: memberId, instance: io.transactionalId) {
    case .settled:
      if isJoined { return true }
      isJoined = true
      if generation == 0 || io.carelessness != .staleGroupMetadata { generation = io.group.generation }
      held = io.group.assignment(of: memberId, partitionCount: io.log.partitionCount)
      listener?.partitionsAssigned(inputs)
    case .waiting:
      break
    case .called:
      revoke(lost: false)
      try io.checkAlive()
      io.group.comeBack(memberId)
    case .unknown:
      revoke(lost: true)
      try io.checkAlive()
      memberId = io.group.join(instance: io.transactionalId)
    case .fenced:
      throw StreamError(.fenced, "another process has joined the group as \(io.transactionalId)")
    }
    return false
  }

  private func revoke(lost: Bool) {
    guard isJoined else { return }
    isJoined = false
    listener?.partitionsRevoked(inputs, lost: lost)
    held = []
    positions = [:]
    news = []
    toldEnds = [:]
    toldMisses = [:]
  }

  private func lend(_ bytes: [UInt8]?, _ buffer: ByteBuffer) -> UnsafeRawBufferPointer? {
    guard let bytes else { return nil }
    buffer.clear()
    bytes.withUnsafeBytes { buffer.append($0) }
    return buffer.bytes
  }

  func header(_ name: StaticString) -> UnsafeRawBufferPointer? {
    let wanted = name.description
    guard let value = current?.headers.last(where: { $0.name == wanted })?.value else { return nil }
    lentHeaders.append(ByteBuffer(capacity: 64))
    return lend(value, lentHeaders[lentHeaders.count - 1])
  }

  func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) -> Void) {
    for header in current?.headers ?? [] {
      Array(header.name.utf8).withUnsafeBytes { name in header.value.withUnsafeBytes { body(name, $0) } }
    }
  }

  func committed(_ partitions: [TopicPartition]) throws -> [TopicPartition: CommittedOffset?]? {
    try io.reach(.fetchOffsets)
    let isUnstable = partitions.contains { io.log.isUnstable(group: io.group.name, $0) }
    guard !isUnstable else {
      io.trace?("finds its offsets unstable")
      io.conditions?.waited(ms: 1_000)
      return nil
    }
    return Dictionary(uniqueKeysWithValues: partitions.map { ($0, io.log.committedOffset(group: io.group.name, $0)) })
  }

  func read(from offsets: [TopicPartition: Int64]) throws {
    try io.checkAlive()
    positions = offsets
    news = []
    toldEnds = [:]
    toldMisses = [:]
  }

  func lag(_ partition: TopicPartition, position: Int64) -> Int64? {
    max(0, io.log.lastStableOffset(partition) - position)
  }

  func close() {
    guard !io.isDead else { return }
    revoke(lost: false)
    if io.leavesGroupOnClose { io.group.leave(memberId) }
  }
}

/// Bytes as text for a trace; control characters, which keys of several parts hold, as a tilde.
func text(_ bytes: [UInt8]?) -> String {
  guard let bytes else { return "nil" }
  return String(decoding: bytes.map { $0 < 0x20 ? UInt8(ascii: "~") : $0 }, as: UTF8.self)
}
