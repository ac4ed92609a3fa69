import StreamRuntime
import Synchronization

/// What a process tells of the ends of messages, of all its partitions. Added to on stream threads, read by the metrics
/// endpoint.
package final class MessageFigures: Sendable {
  private let state = Mutex(State())

  private struct State {
    var ends: [MessageTally.End: Int] = [:]
    var histograms: [MessageTally.Lane: Histogram] = [:]
  }

  /// Seconds: from a message that goes at once to one that is given up, 4 days.
  private static let bounds: [Double] = [
    0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 345_600,
  ]

  package init() {}

  /// A cycle is committed.
  func add(_ tally: MessageTally) {
    state.withLock { state in
      for (end, count) in tally.ends { state.ends[end, default: 0] += count }
      for (lane, seconds) in tally.seconds {
        state.histograms[lane, default: Self.histogram(of: lane)].observe(seconds)
      }
    }
  }

  package var counters: [Gauge] {
    state.withLock { state in
      state.ends.map { end, count in
        Gauge(
          "stampede_messages_total", "Messages with an outcome, by what became of them.", count,
          labels: [
            .init("channel", end.carrier.rawValue), .init("class", end.messageClass.rawValue),
            .init("template", end.template.rawValue), .init("outcome", end.outcome.rawValue), .init("code", end.code),
          ], isCounter: true)
      }
    }
  }

  package var histograms: [Histogram] { state.withLock { Array($0.histograms.values) } }

  private static func histogram(of lane: MessageTally.Lane) -> Histogram {
    Histogram(
      "stampede_message_seconds", "Time from the booking that a message tells of to its server's yes.",
      labels: [.init("channel", lane.carrier.rawValue), .init("class", lane.messageClass.rawValue)], bounds: bounds)
  }
}
