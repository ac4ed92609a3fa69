/// What a cycle puts out, on its way into the cycle's transaction: collected in the outbox, and sent ahead in parts as
/// it grows, so that the broker is at work while the cycle is. Behind it one transaction may be under way still; the
/// next one begins when that has ended.
struct CycleOutput {
  let outbox: Outbox
  private let sink: any TransactionalSink
  private let topology: Topology
  private let aheadBytes: Int
  private var sentBytes = 0
  /// By output topic, of the cycle, as far as they were sent.
  private var records: [Int64]
  /// Begun, and perhaps failed: then it stands here until the thread has started over.
  private var underWay: CommitUnderWay?
  /// It has begun, and nobody has waited for its end.
  private var isCommitting = false

  init(_ sink: any TransactionalSink, _ topology: Topology, _ settings: WorkerSettings) {
    self.sink = sink
    self.topology = topology
    aheadBytes = settings.sendAheadBytes
    outbox = Outbox(limits: settings.outputLimits)
    records = Array(repeating: 0, count: topology.outputTopics.count)
  }

  var isEmpty: Bool { outbox.isEmpty && sentBytes == 0 }
  var byteCount: Int { sentBytes + outbox.bytes.count }

  /// Enough has collected, more than enough where a transaction is under way.
  var isWorthSending: Bool {
    outbox.bytes.count >= aheadBytes
      && (!isCommitting || !sink.isCommitting || outbox.bytes.count >= Limits.collectedBytesMax)
  }

  /// By the cycle that is being committed, or that has failed to be.
  var takenUnderWay: CommitUnderWay.Taken { underWay?.taken ?? .init() }

  /// Begins to commit what was sent, with the cycle's offsets.
  mutating func beginCommit(_ cycle: CommitUnderWay) throws {
    precondition(outbox.isEmpty, "send the rest first")
    precondition(!isCommitting, "end the one before first")
    underWay = cycle
    underWay?.recordsOut = records
    try sink.beginCommit(offsets: cycle.offsets)
    isCommitting = true
  }

  /// Waits for the commit that has begun; nil: none has.
  mutating func endCommit() throws -> (CommitUnderWay, [ChangelogEnd])? {
    guard isCommitting, let underWay else { return nil }
    isCommitting = false
    return (underWay, try sink.endCommit())
  }

  /// The stores have followed.
  mutating func forgetCommit() { underWay = nil }

  /// Takes back what was sent, and forgets the rest.
  mutating func abort() throws {
    clear()
    underWay = nil
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
