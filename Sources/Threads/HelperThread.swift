import Dispatch
import Synchronization

/// A thread that does one piece of work at a time for the thread that owns it.
///
///     idle ──start──▶ busy ──wait──▶ idle ──close──▶ gone
///
/// What a piece of work touches belongs to this thread from ``start(_:)`` to ``wait()``. All calls come from the owner.
package final class HelperThread {
  private let shared = Shared()
  private let thread: OwnedThread
  private var isStarted = false

  /// `@unchecked Sendable`: the two semaphores hand `work` from the owner to the thread and back.
  private final class Shared: @unchecked Sendable {
    let begun = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    let isBusy = Atomic(false)
    /// Nil at the end.
    var work: (() -> Void)?

    func run() {
      while true {
        begun.wait()
        guard let work else { return }
        work()
        self.work = nil
        isBusy.store(false, ordering: .releasing)
        done.signal()
      }
    }
  }

  package init(_ name: String) throws(OSError) {
    let shared = shared
    thread = try OwnedThread(name) { shared.run() }
  }

  /// Begins a piece of work; the one before has been waited for.
  package func start(_ work: @escaping () -> Void) {
    precondition(!isStarted, "the helper is at work")
    isStarted = true
    shared.work = work
    shared.isBusy.store(true, ordering: .releasing)
    shared.begun.signal()
  }

  /// Whether ``wait()`` would block.
  package var isBusy: Bool { shared.isBusy.load(ordering: .acquiring) }

  /// Returns once the piece of work is done; at once if there is none.
  package func wait() {
    guard isStarted else { return }
    shared.done.wait()
    isStarted = false
  }

  /// Waits, and ends the thread. Once.
  package func close() {
    wait()
    shared.begun.signal()
    // Its body throws nothing.
    try? thread.join()
  }
}
