/// Which time a worker lives in.
package enum ClockMode: String, Sendable {
  /// The machine's clock.
  case wall
  /// The highest event time seen in the partition: for backfills, simulations and tests.
  case stream
}

/// The time of one partition. One thread owns it.
package final class TaskClock {
  package let mode: ClockMode
  /// Highest event time that the processor has shown, milliseconds since 1970. Kept as a row of the store.
  package private(set) var streamTimeMs: Int64
  /// The machine's clock, milliseconds since 1970: for effects outside the system, which happen now whatever the mode.
  package let wallNowMs: @Sendable () -> Int64
  var timersAreDueFirst = false

  init(mode: ClockMode, streamTimeMs: Int64, wallNowMs: @escaping @Sendable () -> Int64) {
    self.mode = mode
    self.streamTimeMs = streamTimeMs
    self.wallNowMs = wallNowMs
  }

  /// Now, in this worker's time: milliseconds since 1970.
  package var nowMs: Int64 { mode == .wall ? wallNowMs() : streamTimeMs }

  /// Shows the clock an event's time. On wall time this changes nothing.
  package func observe(_ eventMs: Int64) {
    if mode == .stream, eventMs > streamTimeMs { streamTimeMs = eventMs }
  }

  /// Moves stream time on and lets all timers up to it run before the partition's next record.
  /// On wall time this changes nothing.
  package func advance(to instantMs: Int64) {
    guard mode == .stream else { return }
    observe(instantMs)
    timersAreDueFirst = true
  }
}
