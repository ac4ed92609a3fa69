import StreamRuntime

/// A process's own processor, which dies of some records and timers as of a trap: without a word, in the middle of its
/// work.
final class TrappingProcessor: Processor {
  private let inner: any Processor
  private let context: ProcessorContext
  private let io: MemoryIO

  /// How the value of a record begins that kills the process where it is processed.
  static let mark = "trap|"

  private init(_ inner: any Processor, _ context: ProcessorContext, _ io: MemoryIO) {
    self.inner = inner
    self.context = context
    self.io = io
  }

  static func topology(_ topology: Topology, _ io: MemoryIO) -> Topology {
    // Called on the thread that steps the process.
    nonisolated(unsafe) let io = io
    let make = topology.makeProcessor
    var own = topology
    own.makeProcessor = { context in TrappingProcessor(try make(context), context, io) }
    return own
  }

  func process(_ record: InputRecord) throws {
    try inner.process(record)
    guard record.value?.starts(with: Self.mark.utf8) == true, context.partitionElsewhere(of: record) == nil else {
      return
    }
    io.die()
    throw ProcessDied()
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    do {
      return try inner.runTimers(upToMs: nowMs, limit: limit)
    } catch is MinedTimer {
      io.die()
      throw ProcessDied()
    }
  }

  func cycleEnding() throws { try inner.cycleEnding() }
  func cycleCommitted() { inner.cycleCommitted() }
  var wakeUpMs: Int64? { inner.wakeUpMs }
  var gauges: [Gauge] { inner.gauges }
}
