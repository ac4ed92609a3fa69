import Foundation
import Synchronization
import Threads

/// Turns SIGTERM and SIGINT into a request to stop; the second one ends the process at once. Ignores SIGPIPE.
///
///     running ──SIGTERM, SIGINT, request()──▶ stopping ──SIGTERM, SIGINT──▶ exit 128 + signal
///
/// Install it first thing in `main`, before any other thread exists: the signals are blocked in the calling thread, and
/// threads started later inherit that, so that only the waiting thread takes them.
package final class StopSignal: Sendable {
  private let stopping = Atomic(false)
  private let callbacks = Mutex<[@Sendable () -> Void]>([])
  private let waiter = Mutex<OwnedThread?>(nil)

  /// Ends the waiting thread; sent to that thread alone, which has it blocked.
  private static let wakeUp = SIGUSR2

  private init() {}

  /// Blocks the signals in the calling thread and starts the thread that waits for them.
  package static func install() throws(OSError) -> StopSignal {
    signal(SIGPIPE, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, wakeUp] { sigaddset(&signals, number) }
    let status = pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard status == 0 else { throw OSError(code: status, doing: "blocking SIGTERM and SIGINT") }
    let stop = StopSignal()
    let waited = signals
    let thread = try OwnedThread("stop-signal") { [stop] in try stop.wait(for: waited) }
    stop.waiter.withLock { $0 = thread }
    return stop
  }

  /// Whether the process has been asked to stop. Any thread, never blocks.
  package var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Runs `callback` once when the process is asked to stop, on the asking thread; at once if that has happened. It
  /// must not block: a second signal is only seen after it has returned.
  package func onStop(_ callback: @escaping @Sendable () -> Void) {
    let runNow = callbacks.withLock { waiting in
      if isStopping { return true }
      waiting.append(callback)
      return false
    }
    if runNow { callback() }
  }

  /// Asks the process to stop from the inside, as the first signal would. Any thread.
  package func request() {
    let due = callbacks.withLock { waiting -> [@Sendable () -> Void] in
      stopping.store(true, ordering: .releasing)
      defer { waiting = [] }
      return waiting
    }
    for callback in due { callback() }
  }

  /// Ends the waiting thread; the signals stay blocked. Blocks until the thread has ended.
  package func close() throws {
    guard let thread = waiter.withLock({ $0.take() }) else { return }
    thread.send(signal: Self.wakeUp)
    try thread.join()
  }

  private func wait(for signals: sigset_t) throws {
    var signals = signals
    var number: Int32 = 0
    while true {
      let status = sigwait(&signals, &number)
      guard status == 0 else { throw OSError(code: status, doing: "waiting for signals") }
      if number == Self.wakeUp { return }
      if isStopping { _exit(128 + number) }
      request()
    }
  }
}
