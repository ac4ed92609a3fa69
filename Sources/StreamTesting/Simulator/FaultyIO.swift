import StreamRuntime

/// The ports of one process with a ``SimulatedFault`` in them.
final class FaultyIO: StreamIO {
  let inner: MemoryIO
  let fault: SimulatedFault
  private var stores: [FaultyStore] = []
  /// Offsets of the last transaction, for a store that keeps them.
  var lastOffsets: [TopicPartition: Int64] = [:]

  init(_ inner: MemoryIO, _ fault: SimulatedFault) {
    self.inner = inner
    self.fault = fault
    inner.carelessness = fault.carelessness
  }

  var clusterId: String? { inner.clusterId }

  func open(listener: any RebalanceListener) throws -> (source: any RecordSource, sink: any TransactionalSink) {
    let (source, sink) = try inner.open(listener: listener)
    return (FaultySource(source, self), FaultySink(sink, self))
  }

  func partitionsToExpect(of count: Int) throws -> [Int32] { try inner.partitionsToExpect(of: count) }

  func globalTopicReader() throws -> (any GlobalTopicReader)? {
    try inner.globalTopicReader().map { fault == .referenceRecordsLate ? LateGlobalReader($0) : $0 }
  }

  func storeBackend(partition: Int32) throws -> any StoreBackend {
    let store = FaultyStore(try inner.storeBackend(partition: partition), self)
    stores.append(store)
    return store
  }

  func note(partition: Int32) throws -> [UInt8]? { try inner.note(partition: partition) }
  func keepNote(_ note: [UInt8]?, partition: Int32) throws { try inner.keepNote(note, partition: partition) }

  func changelogReader(_ positions: [ChangelogPosition]) throws -> any ChangelogReader {
    FaultyChangelogReader(try inner.changelogReader(positions), fault)
  }

  func commitStores() throws {
    for store in stores where !store.isClosed { try store.commit() }
  }
}

private final class FaultySource: RecordSource {
  private let inner: any RecordSource
  private let io: FaultyIO

  init(_ inner: any RecordSource, _ io: FaultyIO) {
    self.inner = inner
    self.io = io
  }

  func committed(_ partitions: [TopicPartition]) throws -> [TopicPartition: CommittedOffset?]? {
    guard let committed = try inner.committed(partitions) else { return nil }
    guard io.fault == .offsetsTakenFromStore else { return committed }
    return Dictionary(
      uniqueKeysWithValues: partitions.map { place in
        (place, io.inner.disk.keptOffsets[place].map { CommittedOffset($0, .none) })
      })
  }

  func takeNews() -> [InputNews] { inner.takeNews() }
  func bounds(of partitions: [TopicPartition]) throws -> [TopicPartition: InputBounds]? {
    try inner.bounds(of: partitions)
  }

  func poll(timeoutMs: Int) throws -> InputRecord? { try inner.poll(timeoutMs: timeoutMs) }
  func read(from offsets: [TopicPartition: Int64]) throws { try inner.read(from: offsets) }
  func lag(_ partition: TopicPartition, position: Int64) -> Int64? { inner.lag(partition, position: position) }
  func close() { inner.close() }
}

private final class FaultySink: TransactionalSink {
  private let inner: any TransactionalSink
  private let io: FaultyIO
  private let altered = Outbox()
  private var changelogRecords = 0
  private var begun: [TopicPartition: Int64] = [:]

  init(_ inner: any TransactionalSink, _ io: FaultyIO) {
    self.inner = inner
    self.io = io
  }

  func send(_ outbox: Outbox) throws {
    if io.fault == .outputsNotTransactional { sendOutputsNow(outbox) }
    try inner.send(alter(outbox))
  }

  func abort() throws { try inner.abort() }

  func beginCommit(offsets: [TopicPartition: Int64]) throws {
    if io.fault == .storeCommitsFirst { try io.commitStores() }
    var sent = offsets
    if io.fault == .timersWithoutOffsets, offsets.allSatisfy({ isCommitted($0.key, $0.value) }) { sent = [:] }
    begun = offsets
    try inner.beginCommit(offsets: sent)
  }

  var isCommitting: Bool { inner.isCommitting }

  func endCommit() throws -> [ChangelogEnd] {
    let ends = try inner.endCommit()
    io.lastOffsets.merge(begun) { $1 }
    return ends
  }

  private func isCommitted(_ place: TopicPartition, _ offset: Int64) -> Bool {
    (io.inner.log.committed(group: io.inner.group.name, place) ?? 0) >= offset
  }

  /// The same records without those that the fault leaves out.
  private func alter(_ outbox: Outbox) -> Outbox {
    altered.clear()
    for entry in outbox.entries where !isLeftOut(entry) {
      let key = entry.key.map { outbox.bytes.bytes(in: $0) }
      let value = entry.value.map { outbox.bytes.bytes(in: $0) }
      if let table = entry.changelogTable, let key {
        altered.changelog(topic: entry.topic, partition: entry.partition ?? 0, table: table, key: key, image: value)
      } else {
        altered.begin(topic: entry.topic, partition: entry.partition, key: key)
        for header in outbox.headers[entry.headers] {
          altered.header(copying: outbox.name(of: header), header.value.map { outbox.bytes.bytes(in: $0) })
        }
        altered.end(value: value)
      }
    }
    return altered
  }

  private func isLeftOut(_ entry: Outbox.Entry) -> Bool {
    guard entry.changelogTable != nil else { return io.fault == .outputsNotTransactional }
    changelogRecords += 1
    switch io.fault {
    case .changelogRecordSkipped: return changelogRecords % 7 == 0
    case .tombstoneNotWritten: return entry.value == nil
    default: return false
    }
  }

  private func sendOutputsNow(_ outbox: Outbox) {
    for entry in outbox.entries where entry.changelogTable == nil {
      let headers = MemorySink.headers(of: entry, in: outbox)
      io.inner.log.publish(
        io.inner.topology.outputTopics[entry.topic], key: entry.key.map { Array(outbox.bytes.bytes(in: $0)) },
        value: entry.value.map { Array(outbox.bytes.bytes(in: $0)) }, headers: headers)
    }
  }

  func close() { inner.close() }
}

/// Says nothing new three times in four.
private final class LateGlobalReader: GlobalTopicReader {
  private let inner: any GlobalTopicReader
  private var calls = 0

  init(_ inner: any GlobalTopicReader) { self.inner = inner }

  func catchUp(_ body: (Int, UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Void) throws -> Bool {
    defer { calls += 1 }
    return calls % 4 == 0 ? try inner.catchUp(body) : true
  }

  func startOver() { inner.startOver() }

  func close() { inner.close() }
}

private final class FaultyChangelogReader: ChangelogReader {
  private let inner: any ChangelogReader
  private let fault: SimulatedFault

  init(_ inner: any ChangelogReader, _ fault: SimulatedFault) {
    self.inner = inner
    self.fault = fault
  }

  var bounds: [ChangelogBounds] { inner.bounds }

  func read(
    limit: Int, timeoutMs: Int,
    _ body: (Int, Int64, UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Int {
    try inner.read(limit: limit, timeoutMs: timeoutMs) { index, offset, key, image in
      if fault == .tombstoneNotRestored, image == nil { return }
      try body(index, offset, key, image)
    }
  }

  func restart(_ index: Int, at offset: Int64) throws { try inner.restart(index, at: offset) }
  func position(_ index: Int) -> Int64 { inner.position(index) }
  func waitsForOpenTransaction(_ index: Int) -> Bool { inner.waitsForOpenTransaction(index) }
  func close() { inner.close() }
}
