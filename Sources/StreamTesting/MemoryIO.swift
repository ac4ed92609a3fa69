import StreamRuntime

/// The moments inside a cycle's commit at which a test may strike.
package enum MemoryStep: Sendable {
  case beforeBegin, afterProduce, afterOffsets, afterCommit
}

/// ``StreamIO`` in memory: one instance of a service, on a shared log and group, with a disk of its own.
package final class MemoryIO: StreamIO {
  let log: MemoryLog
  let group: MemoryGroup
  let topology: Topology
  let disk: MemoryDisk
  package let transactionalId: String
  /// Called at each step of a commit; what it throws is what the adapter would have thrown there.
  package var onStep: ((MemoryStep) throws -> Void)?
  private let nowMs: @Sendable () -> Int64

  package init(
    log: MemoryLog, group: MemoryGroup, topology: Topology, disk: MemoryDisk, transactionalId: String,
    nowMs: @escaping @Sendable () -> Int64
  ) {
    self.log = log
    self.group = group
    self.topology = topology
    self.disk = disk
    self.transactionalId = transactionalId
    self.nowMs = nowMs
  }

  package func open(
    listener: any RebalanceListener
  ) throws -> (source: any RecordSource, sink: any TransactionalSink) {
    let source = MemorySource(self, listener: listener)
    return (source, MemorySink(self, source: source))
  }

  package func globalTopicReader() throws -> (any GlobalTopicReader)? { MemoryGlobalReader(self) }

  package func storeBackend(partition: Int32) throws -> any StoreBackend {
    MemoryStoreBackend(disk.database(partition, tables: topology.stores.count), nowMs: nowMs)
  }

  package func changelogReader(_ positions: [ChangelogPosition]) throws -> any ChangelogReader {
    MemoryChangelogReader(self, positions)
  }
}

final class MemorySource: RecordSource, HeaderSource {
  private let io: MemoryIO
  private weak var listener: (any RebalanceListener)?
  private var generation = 0
  private var isJoined = false
  private var held: [Int32] = []
  private var positions: [TopicPartition: Int64] = [:]
  private var paused: Set<TopicPartition> = []
  private var turn = 0
  private var current: MemoryLog.Record?
  private let key = ByteBuffer()
  private let value = ByteBuffer()
  private let headerValue = ByteBuffer()

  init(_ io: MemoryIO, listener: any RebalanceListener) {
    self.io = io
    self.listener = listener
    io.group.join(ObjectIdentifier(self))
  }

  var currentGeneration: Int { generation }
  private var inputs: [TopicPartition] {
    held.flatMap { partition in io.topology.inputTopics.map { TopicPartition(topic: $0, partition: partition) } }
  }

  func poll(timeoutMs: Int) throws -> InputRecord? {
    guard followGroup() else { return nil }
    let places = inputs
    for step in 0..<places.count {
      let place = places[(turn + step) % places.count]
      guard !paused.contains(place), let position = positions[place],
        let (record, offset) = io.log.read(place, from: position),
        let topic = io.topology.inputTopics.firstIndex(of: place.topic)
      else { continue }
      turn += step
      positions[place] = offset + 1
      current = record
      return InputRecord(
        topic: topic, partition: place.partition, offset: offset, timestampMs: record.timestampMs,
        key: lend(record.key, key), value: lend(record.value, value), headers: self)
    }
    turn += 1
    return nil
  }

  /// Takes part in a rebalance. False while one is under way.
  private func followGroup() -> Bool {
    let me = ObjectIdentifier(self)
    if generation != io.group.generation {
      if isJoined { revoke(lost: false) }
      generation = io.group.generation
      isJoined = false
      io.group.synced(me)
    }
    guard !isJoined else { return true }
    guard io.group.isSettled else { return false }
    isJoined = true
    held = io.group.assignment(of: me, partitionCount: io.log.partitionCount)
    paused = Set(inputs)
    listener?.partitionsAssigned(inputs)
    return false
  }

  private func revoke(lost: Bool) {
    listener?.partitionsRevoked(inputs, lost: lost)
    held = []
    positions = [:]
    paused = []
  }

  private func lend(_ bytes: [UInt8]?, _ buffer: ByteBuffer) -> UnsafeRawBufferPointer? {
    guard let bytes else { return nil }
    buffer.clear()
    bytes.withUnsafeBytes { buffer.append($0) }
    return buffer.bytes
  }

  func header(_ name: StaticString) -> UnsafeRawBufferPointer? {
    let wanted = name.description
    return lend(current?.headers.last { $0.name == wanted }?.value, headerValue)
  }

  func committed(_ partitions: [TopicPartition]) throws -> [TopicPartition: Int64?]? {
    Dictionary(uniqueKeysWithValues: partitions.map { ($0, io.log.committed(group: io.group.name, $0)) })
  }

  func position(_ offsets: [TopicPartition: Int64?]) throws {
    for (place, offset) in offsets {
      positions[place] = offset ?? 0
      paused.insert(place)
    }
  }

  func pause(_ partitions: [TopicPartition]) throws { paused.formUnion(partitions) }
  func resume(_ partitions: [TopicPartition]) throws { paused.subtract(partitions) }

  func lag(_ partition: TopicPartition, position: Int64) -> Int64? {
    max(0, io.log.lastStableOffset(partition) - position)
  }

  func close() {
    if isJoined { revoke(lost: false) }
    isJoined = false
    io.group.leave(ObjectIdentifier(self))
  }
}

final class MemorySink: TransactionalSink {
  private let io: MemoryIO
  private unowned let source: MemorySource
  private var epoch: Int

  init(_ io: MemoryIO, source: MemorySource) {
    self.io = io
    self.source = source
    epoch = io.log.initialize(io.transactionalId)
  }

  func commit(_ outbox: Outbox, offsets: [TopicPartition: Int64]) throws -> [ChangelogEnd] {
    do {
      return try transaction(outbox, offsets)
    } catch let error as StreamError where error.response == .abortTransaction {
      // As the Kafka adapter does after an unknown outcome: start anew, which aborts what is still open.
      epoch = io.log.initialize(io.transactionalId)
      throw error
    }
  }

  private func transaction(
    _ outbox: Outbox, _ offsets: [TopicPartition: Int64]
  ) throws -> [ChangelogEnd] {
    try io.onStep?(.beforeBegin)
    let transaction = try io.log.begin(io.transactionalId, epoch: epoch)
    var ends: [TopicPartition: ChangelogEnd] = [:]
    for entry in outbox.entries {
      let key = entry.key.map { Array(outbox.bytes.bytes(in: $0)) }
      let place = TopicPartition(
        topic: io.topology.outputTopics[entry.topic], partition: entry.partition ?? io.log.partition(of: key))
      let headers = outbox.headers[entry.headers].map {
        (name: $0.name.description, value: Array(outbox.bytes.bytes(in: $0.value)))
      }
      let record = MemoryLog.Record(
        key: key, value: entry.value.map { Array(outbox.bytes.bytes(in: $0)) }, headers: headers, timestampMs: 0)
      let offset = io.log.append(record, to: place, transaction: transaction)
      if let table = entry.changelogTable {
        ends[place] = ChangelogEnd(table: table, partition: place.partition, nextOffset: offset + 1)
      }
    }
    try io.onStep?(.afterProduce)
    guard source.currentGeneration == io.group.generation || offsets.isEmpty else {
      throw StreamError(.abortTransaction, "the group has moved on to another generation")
    }
    io.log.stage(offsets, group: io.group.name, transaction: transaction)
    try io.onStep?(.afterOffsets)
    try io.log.commit(io.transactionalId, epoch: epoch, transaction: transaction)
    try io.onStep?(.afterCommit)
    return Array(ends.values)
  }

  func close() {}
}

final class MemoryChangelogReader: ChangelogReader {
  private let io: MemoryIO
  private let places: [TopicPartition]
  private var next: [Int64]
  let bounds: [ChangelogBounds]

  init(_ io: MemoryIO, _ positions: [ChangelogPosition]) {
    self.io = io
    places = positions.map {
      TopicPartition(topic: io.topology.changelogTopic(table: $0.table), partition: $0.partition)
    }
    next = positions.map { $0.offset ?? 0 }
    bounds = places.map { ChangelogBounds(logStart: 0, highWatermark: io.log.highWatermark($0)) }
  }

  func restart(_ index: Int, at offset: Int64) throws { next[index] = offset }

  func read(
    limit: Int, timeoutMs: Int,
    _ body: (Int, Int64, UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Int {
    var count = 0
    for index in places.indices {
      while count < limit {
        guard let (record, offset) = io.log.read(places[index], from: next[index]) else {
          next[index] = max(next[index], io.log.lastStableOffset(places[index]))
          break
        }
        try (record.key ?? []).withUnsafeBytes { key in
          if let value = record.value {
            try value.withUnsafeBytes { try body(index, offset, key, $0) }
          } else {
            try body(index, offset, key, nil)
          }
        }
        next[index] = offset + 1
        count += 1
      }
    }
    return count
  }

  func position(_ index: Int) -> Int64 { next[index] }

  func waitsForOpenTransaction(_ index: Int) -> Bool { next[index] < bounds[index].highWatermark }

  func close() {}
}

final class MemoryGlobalReader: GlobalTopicReader {
  private let io: MemoryIO
  private var next: [TopicPartition: Int64] = [:]

  init(_ io: MemoryIO) { self.io = io }

  func catchUp(_ body: (Int, UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Void) throws {
    for (index, topic) in io.topology.globalTopics.enumerated() {
      for partition in 0..<Int32(io.log.partitionCount) {
        let place = TopicPartition(topic: topic, partition: partition)
        while let (record, offset) = io.log.read(place, from: next[place] ?? 0) {
          next[place] = offset + 1
          try (record.key ?? []).withUnsafeBytes { key in
            if let value = record.value {
              try value.withUnsafeBytes { try body(index, key, $0) }
            } else {
              try body(index, key, nil)
            }
          }
        }
      }
    }
  }

  func close() {}
}
