import StreamRuntime

/// A transactional producer on the log. It answers failures as the Kafka adapter does: an abort where the outcome is
/// known, and a new producer of the same id, which settles it, where it is not.
final class MemorySink: TransactionalSink {
  private let io: MemoryIO
  private unowned let source: MemorySource
  private var epoch: Int
  private var isOutcomeUnknown = false
  private var isFenced = false
  private var fencesMs: [Int64] = []
  /// The transaction that is open, what was sent in it, and where it leaves the changelogs.
  private var open: Int?
  private var sent = 0
  private var ends: [ChangelogEnd] = []
  /// What has begun to be committed, and what has come of it.
  private var end: End?
  private var outcome: Result<[ChangelogEnd], StreamError>?

  private struct End {
    var offsets: [TopicPartition: Int64]
    var generation: Int
  }

  init(_ io: MemoryIO, source: MemorySource) {
    self.io = io
    self.source = source
    epoch =
      io.carelessness == .noFencing
      ? io.log.join(io.transactionalId) : io.log.initialize(io.transactionalId)
  }

  func send(_ outbox: Outbox) throws {
    try settling {
      let transaction = try begin()
      try produce(outbox, transaction)
      try io.reach(.afterProduce)
    }
  }

  /// The broker does its work at once or when the outcome is asked for, and either way for the generation of now.
  func beginCommit(offsets: [TopicPartition: Int64]) throws {
    let end = End(offsets: offsets, generation: source.generation)
    self.end = end
    if io.conditions?.commitsAtOnce() ?? true {
      do { outcome = .success(try finish(end)) } catch let error as StreamError { outcome = .failure(error) }
    }
  }

  var isCommitting: Bool { end != nil && outcome == nil }

  func endCommit() throws -> [ChangelogEnd] {
    guard let end else { preconditionFailure("no commit has begun") }
    defer { (self.end, outcome) = (nil, nil) }
    return try outcome?.get() ?? finish(end)
  }

  private func finish(_ end: End) throws -> [ChangelogEnd] {
    try settling {
      let transaction = try begin()
      try send(end, transaction)
      try io.reach(.afterOffsets)
      io.trace?("commits transaction \(transaction): \(sent) records, offsets \(describe(end.offsets))")
      try commit()
      open = nil
      try io.reach(.afterCommit)
      return ends
    }
  }

  func abort() throws {
    guard open != nil || needsRenewal else { return }
    do {
      try settle()
    } catch let error as ProducerFenced {
      try noteFence(error)
      try settle()
    }
  }

  private func settling<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ProducerFenced {
      try noteFence(error)
      throw StreamError(.abortTransaction, error.description)
    } catch let error as StreamError where error.response.startsOver {
      // As the Kafka adapter, which has a new producer settle what was not answered.
      if error.response.waits { isOutcomeUnknown = true }
      if needsRenewal { open = nil } else { try abort() }
      throw error
    }
  }

  private var needsRenewal: Bool { isFenced || isOutcomeUnknown }

  /// Another process of this name is what the group says it is. Otherwise a new producer begins again, unless that
  /// comes too often.
  private func noteFence(_ error: ProducerFenced) throws {
    open = nil
    isFenced = true
    fencesMs.removeAll { io.nowMs() - $0 > Self.fencesWithinMs }
    fencesMs.append(io.nowMs())
    let isTakenOver = io.group.standing(of: source.memberId, instance: io.transactionalId) == .fenced
    guard !isTakenOver, fencesMs.count <= Self.fencesMax else { throw StreamError(.fenced, error.description) }
  }

  private static let fencesMax = 5
  private static let fencesWithinMs: Int64 = 60_000

  private func settle() throws {
    let renews = isFenced || isOutcomeUnknown && io.carelessness != .noRenewal
    open = nil
    // Until this is through.
    isOutcomeUnknown = true
    try io.reach(.beforeRenewal)
    if renews {
      epoch = io.log.initialize(io.transactionalId)
    } else {
      try io.log.abort(io.transactionalId, epoch: epoch)
    }
    isFenced = false
    isOutcomeUnknown = false
  }

  private func begin() throws -> Int {
    if let open { return open }
    try io.reach(.beforeBegin)
    let transaction = try io.log.begin(io.transactionalId, epoch: epoch, nowMs: io.nowMs())
    open = transaction
    ends = []
    sent = 0
    return transaction
  }

  private func produce(_ outbox: Outbox, _ transaction: Int) throws {
    for entry in outbox.entries {
      let key = entry.key.map { Array(outbox.bytes.bytes(in: $0)) }
      let place = TopicPartition(
        topic: io.topology.outputTopics[entry.topic], partition: entry.partition ?? io.log.partition(of: key))
      let record = MemoryLog.Record(
        key: key, value: entry.value.map { Array(outbox.bytes.bytes(in: $0)) },
        headers: Self.headers(of: entry, in: outbox))
      let offset = try io.log.append(record, to: place, transaction: transaction, epoch: epoch)
      sent += 1
      if let table = entry.changelogTable {
        ends.removeAll { $0.table == table && $0.partition == place.partition }
        ends.append(ChangelogEnd(table: table, partition: place.partition, nextOffset: offset + 1))
      }
      try io.reach(.afterRecord)
    }
  }

  static func headers(of entry: Outbox.Entry, in outbox: Outbox) -> [(name: String, value: [UInt8])] {
    outbox.headers[entry.headers].map {
      (
        name: String(decoding: outbox.name(of: $0), as: UTF8.self),
        value: $0.value.map { Array(outbox.bytes.bytes(in: $0)) } ?? []
      )
    }
  }

  private func send(_ end: End, _ transaction: Int) throws {
    // As with Kafka, no offsets means no look at the generation.
    guard !end.offsets.isEmpty else { return }
    let isAccepted = io.group.accepts(source.memberId, generation: end.generation)
    guard isAccepted || io.carelessness == .noGroupMetadata else {
      if io.group.standing(of: source.memberId, instance: io.transactionalId) == .fenced {
        throw StreamError(.fenced, "another process has joined the group as \(io.transactionalId)")
      }
      throw StreamError(.abortTransaction, "the group has moved on to another generation")
    }
    try io.log.stage(end.offsets, group: io.group.name, transaction: transaction, epoch: epoch)
  }

  private func commit() throws {
    let fate = io.conditions?.fateOfCommit() ?? .arrives
    switch fate {
    case .arrives: return try io.log.commit(io.transactionalId, epoch: epoch)
    case .arrivesUnanswered: try io.log.commit(io.transactionalId, epoch: epoch)
    case .lost: break
    case .delayed: io.log.commitLater(io.transactionalId, epoch: epoch)
    }
    isOutcomeUnknown = true
    throw StreamError(.abortTransaction, "the commit timed out (\(fate))")
  }

  private func describe(_ offsets: [TopicPartition: Int64]) -> String {
    offsets.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
  }

  func close() {}
}
