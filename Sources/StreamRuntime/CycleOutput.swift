/// What a cycle puts out, on its way into the cycle's transaction: collected in the outbox, and sent ahead in parts as
/// it grows, so that the broker is at work while the cycle is.
struct CycleOutput {
  let outbox: Outbox
  private let sink: any TransactionalSink
  private let topology: Topology
  private let aheadBytes: Int
  private var sentBytes = 0
  /// By output topic, of the cycle, as far as they were sent.
  private(set) var records: [Int64]

  init(_ sink: any TransactionalSink, _ topology: Topology, _ settings: WorkerSettings) {
    self.sink = sink
    self.topology = topology
    aheadBytes = settings.sendAheadBytes
    outbox = Outbox(limits: settings.outputLimits)
    records = Array(repeating: 0, count: topology.outputTopics.count)
  }

  var isEmpty: Bool { outbox.isEmpty && sentBytes == 0 }
  var byteCount: Int { sentBytes + outbox.bytes.count }

  mutating func sendAhead() throws {
    if outbox.bytes.count >= aheadBytes { try send() }
  }

  /// Commits what was sent with the offsets. The cycle's figures stay until ``clear()``.
  func commit(offsets: [TopicPartition: Int64]) throws -> [ChangelogEnd] {
    precondition(outbox.isEmpty, "send the rest first")
    return try sink.commit(offsets: offsets)
  }

  /// Takes back what was sent, and forgets the rest.
  mutating func abort() throws {
    clear()
    try sink.abort()
  }

  /// Goes on with an abort that has failed, until the sink is ready for the next cycle.
  func finishAbort() throws { try sink.abort() }

  mutating func clear() {
    outbox.clear()
    sentBytes = 0
    for topic in records.indices { records[topic] = 0 }
  }

  /// Sends what has collected; nothing of it where one record does not fit.
  mutating func send() throws {
    if let misfit = outbox.misfit { throw misfit.failure(topology) }
    try sink.send(outbox)
    for entry in outbox.entries { records[entry.topic] += 1 }
    sentBytes += outbox.bytes.count
    outbox.clear()
  }
}
