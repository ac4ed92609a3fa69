import Synchronization
import Threads

/// What other threads tell the thread that serves the connections. Any thread, never blocks.
final class LoopMailbox: Sendable {
  struct Letters: Sendable {
    /// Outcomes of handlers by their exchange's number.
    var outcomes: [(exchange: UInt64, outcome: Result<Response, any Error>)] = []
    /// How long what is under way may still take.
    var stopWithinMs: Int?
  }

  let wakeUp: WakeUp
  private let letters = Mutex(Letters())

  init() throws(OSError) { wakeUp = try WakeUp() }

  func handled(_ exchange: UInt64, _ outcome: Result<Response, any Error>) {
    letters.withLock { $0.outcomes.append((exchange, outcome)) }
    wakeUp.ring()
  }

  func stop(withinMs: Int) {
    letters.withLock { $0.stopWithinMs = withinMs }
    wakeUp.ring()
  }

  func takeAll() -> Letters {
    wakeUp.silence()
    return letters.withLock { letters in
      defer { letters = Letters() }
      return letters
    }
  }
}
