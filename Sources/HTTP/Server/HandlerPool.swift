import Foundation
import Synchronization
import Threads

/// The threads that run handlers, with a queue of bounded length before them.
final class HandlerPool: Sendable {
  struct Job: Sendable {
    let exchange: UInt64
    let request: Request
    let handler: Route.Handler
  }

  private let mailbox: LoopMailbox
  /// Running and waiting.
  private let jobsMax: Int
  private let state = Mutex(State())
  /// Counts what a thread can wake up for: a job, or the end.
  private let wakeUps = DispatchSemaphore(value: 0)
  private let threads = Mutex<[OwnedThread]>([])

  private struct State {
    var queue: [Job] = []
    var runningCount = 0
    var isClosed = false
  }

  init(_ name: String, threads count: Int, waitingMax: Int, mailbox: LoopMailbox) throws(OSError) {
    self.mailbox = mailbox
    jobsMax = count + waitingMax
    do throws(OSError) {
      for number in 0..<count {
        let thread = try OwnedThread("\(name)-\(number)") { [self] in work() }
        threads.withLock { $0.append(thread) }
      }
    } catch {
      close()
      throw error
    }
  }

  /// False when too many wait already.
  func submit(_ job: Job) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isClosed, state.queue.count + state.runningCount < jobsMax else { return false }
      state.queue.append(job)
      return true
    }
    if isTaken { wakeUps.signal() }
    return isTaken
  }

  /// Drops what waits and joins the threads: blocks until the handlers that run have returned.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.queue = []
    }
    let started = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for _ in started { wakeUps.signal() }
    for thread in started {
      do { try thread.join() } catch { preconditionFailure("a handler thread threw \(error)") }
    }
  }

  private func work() {
    while true {
      wakeUps.wait()
      let (job, isClosed) = state.withLock { state -> (Job?, Bool) in
        guard !state.queue.isEmpty else { return (nil, state.isClosed) }
        state.runningCount += 1
        return (state.queue.removeFirst(), state.isClosed)
      }
      if let job {
        let outcome = Result { try job.handler(job.request) }
        state.withLock { $0.runningCount -= 1 }
        mailbox.handled(job.exchange, outcome)
      } else if isClosed {
        return
      }
    }
  }
}
