import Foundation
import Synchronization
import Threads

/// A worker's stream threads, and how far each has come.
///
///     starting ──begin()──▶ at work ──▶ ended
///         └──── a stop ────▶ left behind
///
/// A start blocks in calls that nothing cuts short: for a broker that does not answer, for a transaction that another
/// producer has left open. It has nothing to lose yet, so a stop does not wait for it.
package final class StreamThreads: Sendable {
  private struct State {
    var threads: [OwnedThread] = []
    var atWork: Set<Int> = []
    var ended: Set<Int> = []
  }

  private let state = Mutex(State())
  private let stop: StopSignal
  /// Signalled when a thread has ended or a stop is asked for.
  private let changed = DispatchSemaphore(value: 0)
  private static let stackBytes = 4 << 20

  /// - Parameter stopAtOnce: called, on any thread, when the stop is asked for before a thread has begun.
  package init(_ stop: StopSignal, stopAtOnce: @escaping @Sendable () -> Void) {
    self.stop = stop
    stop.onStop { [self] in
      let nothingBegan = state.withLock { $0.atWork.isEmpty && $0.ended.isEmpty }
      if nothingBegan { stopAtOnce() }
      changed.signal()
    }
  }

  /// Starts one more. Its body calls `begin` when it is ready to work, and returns without working where that is false.
  /// However it ends, the process is to stop.
  package func start(_ body: @escaping @Sendable (_ index: Int, _ stop: StopSignal, _ begin: () -> Bool) throws -> Void)
    throws
  {
    let index = state.withLock { $0.threads.count }
    let thread = try OwnedThread("stream-\(index)", stackBytes: Self.stackBytes) { [self] in
      defer { ended(index) }
      try body(index, stop) { begin(index) }
    }
    state.withLock { $0.threads.append(thread) }
  }

  /// Blocks until all have ended, or those that had begun when a stop was asked for. Returns what the first of them
  /// failed with, and whether some are left behind; then the process must end before this object goes.
  package func join() -> (failure: (any Error)?, leavesSome: Bool) {
    while !isOver { changed.wait() }
    let (threads, ended) = state.withLock { ($0.threads, $0.ended) }
    var failure: (any Error)?
    for index in ended.sorted() {
      do {
        try threads[index].join()
      } catch {
        failure = failure ?? error
      }
    }
    return (failure, ended.count < threads.count)
  }

  private var isOver: Bool {
    state.withLock { $0.ended.count == $0.threads.count || stop.isStopping && $0.atWork.isEmpty }
  }

  /// False: it is too late.
  private func begin(_ index: Int) -> Bool {
    state.withLock { state in
      guard !stop.isStopping else { return false }
      state.atWork.insert(index)
      return true
    }
  }

  private func ended(_ index: Int) {
    state.withLock { state in
      state.atWork.remove(index)
      state.ended.insert(index)
    }
    changed.signal()
    stop.request()
  }
}
