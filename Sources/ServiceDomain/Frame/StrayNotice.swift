import Contracts
import Synchronization

/// Which producers of strays the operator has been told of lately: a line a minute and producer, in the whole process.
/// A producer is what its topic and the source of its events say. Any thread.
package final class StrayNotice: Sendable {
  private struct Producer: Hashable {
    let topic: Topic
    let source: String
  }

  private struct Told {
    var atMs: Int64
    /// Records since then.
    var untold = 0
  }

  private let producers = Mutex<[Producer: Told]>([:])

  static let intervalMs: Int64 = 60_000
  /// Producers that are told apart; further ones are one.
  package static let producersMax = 100

  package init() {}

  /// Counts a stray. Returns how many there were since the producer's last line, where it is time for the next one.
  package func count(_ topic: Topic, source: String, nowMs: Int64) -> Int? {
    producers.withLock { producers in
      var producer = Producer(topic: topic, source: source)
      if producers[producer] == nil, producers.count >= Self.producersMax {
        producer = Producer(topic: topic, source: "")
      }
      let told = producers[producer]
      let count = (told?.untold ?? 0) + 1
      guard let told, (0..<Self.intervalMs).contains(nowMs - told.atMs) else {
        producers[producer] = Told(atMs: nowMs)
        return count
      }
      producers[producer]?.untold = count
      return nil
    }
  }
}
