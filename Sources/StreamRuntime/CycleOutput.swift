/// What a cycle puts out, on its way into the cycle's transaction: collected in the outbox, and sent ahead in parts as
/// it grows, so that the broker is at work while the cycle is.
struct CycleOutput {
  let outbox = Outbox()
  private let sink: any TransactionalSink
  private let aheadBytes: Int
  private var sentBytes = 0
  /// By output topic, of the cycle, as far as they were sent.
  private(set) var records: [Int64]

  /// - Parameter aheadBytes: how much collects before it is sent.
  init(_ sink: any TransactionalSink, topics: Int, aheadBytes: Int) {
    self.sink = sink
    self.aheadBytes = aheadBytes
    records = Array(repeating: 0, count: topics)
  }

  var isEmpty: Bool { outbox.isEmpty && sentBytes == 0 }
  var byteCount: Int { sentBytes + outbox.bytes.count }

  mutating func sendAhead() throws {
    if outbox.bytes.count >= aheadBytes { try send() }
  }

  /// Sends the rest, and commits all of it with the offsets; `meanwhile` is done while the broker takes what was sent.
  /// The cycle's figures stay until ``clear()``.
  mutating func commit(offsets: [TopicPartition: Int64], meanwhile: () throws -> Void) throws -> [ChangelogEnd] {
    try send()
    try meanwhile()
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

  private mutating func send() throws {
    try sink.send(outbox)
    for entry in outbox.entries { records[entry.topic] += 1 }
    sentBytes += outbox.bytes.count
    outbox.clear()
  }
}
