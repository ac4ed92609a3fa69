import Foundation

/// Runs blocking work on a thread of its own: Swift Testing's pool has about one thread a core, and a Kafka call that
/// blocks one of them can starve the rest of the suite. The work stays part of the test's task, so that what it
/// expects is counted for that test.
package func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withTaskExecutorPreference(OwnThreadExecutor()) { try body() }
}

/// Gives each job a thread.
private final class OwnThreadExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let thread = Thread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    thread.name = "test"
    thread.start()
  }
}
