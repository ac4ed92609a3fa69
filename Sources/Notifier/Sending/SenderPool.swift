import Foundation
import ServiceKit
import Synchronization
import Threads

/// Sends messages on threads of its own, so that no stream thread waits for a mail server.
///
/// A stream thread reserves slots, marks its messages as being attempted, commits, and then submits them. It looks at
/// the outcomes in a later cycle and acknowledges them once that cycle is committed, so an aborted cycle loses none.
/// Every method may be called from any thread; only `stop` blocks.
package final class SenderPool: Sendable {
  private let slotsMax: Int
  private let log: Log
  private let state: Mutex<State>
  /// Counts what a sender thread can wake up for: a job, or the stop.
  private let wakeUps = DispatchSemaphore(value: 0)
  private let threads = Mutex<[OwnedThread]>([])

  private struct State {
    var queue: [SendJob] = []
    var reserved = 0
    var sending = 0
    var isStopping = false
    /// By partition: nil while the message is on its way.
    var outcomes: [Int32: [MessageKey: SendResult?]] = [:]
    /// How many look after a partition: two for a moment, when one processor follows another.
    var attendants: [Int32: Int] = [:]

    var taken: Int { queue.count + sending + reserved }
  }

  /// Starts `threadCount` threads, each with a sender of its own made on this thread by `makeSender`. At most
  /// `slotsMax` messages are reserved, queued or being sent.
  package init(
    threadCount: Int, slotsMax: Int, log: Log, makeSender: () throws -> any MessageSender
  ) throws {
    precondition(threadCount > 0 && slotsMax > 0, "a pool has a thread and a slot at least")
    self.slotsMax = slotsMax
    self.log = log
    state = Mutex(State())
    do {
      for number in 0..<threadCount { try start(number, try makeSender()) }
    } catch {
      try stop()
      throw error
    }
  }

  private func start(_ number: Int, _ sender: any MessageSender) throws {
    // Made here, used by the new thread alone.
    nonisolated(unsafe) let owned = sender
    do {
      let thread = try OwnedThread("sender-\(number)") { [self] in
        defer { owned.close() }
        run(owned)
      }
      threads.withLock { $0.append(thread) }
    } catch {
      owned.close()
      throw error
    }
  }

  /// Room for at most `wanted` messages, less when the pool is busy: the rest waits in the store. What is not submitted
  /// is given back when the slots go.
  package func reserve(_ wanted: Int) -> SendSlots {
    let count = state.withLock { state in
      let count = state.isStopping ? 0 : max(0, min(wanted, slotsMax - state.taken))
      state.reserved += count
      return count
    }
    return SendSlots(count: count) { [self] left in state.withLock { $0.reserved -= left } }
  }

  /// Queues messages whose attempt is committed, at most as many as `slots` holds.
  package func submit(_ jobs: [SendJob], using slots: SendSlots) {
    slots.use(jobs.count)
    let isStopping = state.withLock { state in
      state.reserved -= jobs.count
      for job in jobs {
        let ended = SendResult(key: job.key, attempt: job.attempt, outcome: .notAttempted)
        state.outcomes[job.partition, default: [:]].updateValue(state.isStopping ? ended : nil, forKey: job.key)
      }
      if !state.isStopping { state.queue += jobs }
      return state.isStopping
    }
    if !isStopping { for _ in jobs { wakeUps.signal() } }
  }

  /// What a partition's processor wants to know before it does anything.
  package struct View: Equatable, Sendable {
    /// Outcomes wait to be taken.
    package var hasOutcomes: Bool
    /// Messages are on their way.
    package var isWaiting: Bool
    package var hasRoom: Bool
  }

  package func view(of partition: Int32) -> View {
    state.withLock { state in
      let outcomes = state.outcomes[partition]?.values
      return View(
        hasOutcomes: outcomes?.contains { $0 != nil } ?? false, isWaiting: outcomes?.contains { $0 == nil } ?? false,
        hasRoom: !state.isStopping && state.taken < slotsMax)
    }
  }

  /// Someone takes the outcomes of this partition until they `leave` it.
  package func attend(_ partition: Int32) { state.withLock { $0.attendants[partition, default: 0] += 1 } }

  package func leave(_ partition: Int32) {
    state.withLock { state in
      let left = (state.attendants[partition] ?? 0) - 1
      state.attendants[partition] = left > 0 ? left : nil
    }
  }

  /// Outcomes of this partition's messages that were not acknowledged yet.
  package func results(of partition: Int32) -> [SendResult] {
    state.withLock { $0.outcomes[partition].map { $0.values.compactMap { $0 } } ?? [] }
  }

  /// Whether this process still has the message, on its way or with an outcome that was not acknowledged.
  package func holds(_ key: MessageKey, of partition: Int32) -> Bool {
    state.withLock { $0.outcomes[partition]?[key] != nil }
  }

  /// The outcomes are committed and may be forgotten. One that a newer attempt has overtaken stays.
  package func acknowledge(_ results: [SendResult], of partition: Int32) {
    state.withLock { state in
      for result in results where state.outcomes[partition]?[result.key] == .some(.some(result)) {
        state.outcomes[partition]?[result.key] = nil
      }
      if state.outcomes[partition]?.isEmpty == true { state.outcomes[partition] = nil }
    }
  }

  /// These messages must not go out any more: those that no thread has taken up yet are dropped, and their outcomes
  /// with them.
  package func withdraw(_ keys: [MessageKey], of partition: Int32) {
    guard !keys.isEmpty else { return }
    let withdrawn = Set(keys)
    state.withLock { state in
      for job in state.queue where job.partition == partition && withdrawn.contains(job.key) {
        state.outcomes[partition]?[job.key] = nil
      }
      state.queue.removeAll { $0.partition == partition && withdrawn.contains($0.key) }
    }
  }

  /// Takes no more messages; what was queued comes back as not attempted. Never blocks.
  package func beginStopping() {
    let dropped = state.withLock { state in
      defer { state.queue = [] }
      state.isStopping = true
      for job in state.queue {
        let ended = SendResult(key: job.key, attempt: job.attempt, outcome: .notAttempted)
        state.outcomes[job.partition, default: [:]].updateValue(ended, forKey: job.key)
      }
      return state.queue.count
    }
    if dropped > 0 { log.info("stopping: messages stay queued in the store", ["messages": dropped]) }
    for _ in 0..<threads.withLock(\.count) { wakeUps.signal() }
  }

  /// Whether no message is being sent any more; every outcome there will be is there.
  package var isIdle: Bool { state.withLock { $0.queue.isEmpty && $0.sending == 0 } }

  /// Whether every message has an outcome, and those who attend their partitions have committed it. Once true after
  /// `beginStopping`, it stays so.
  package var isSettled: Bool {
    state.withLock { state in
      state.taken == 0 && !state.outcomes.keys.contains { state.attendants[$0] != nil }
    }
  }

  /// Blocks until what is being sent has an outcome, and ends the threads.
  package func stop() throws {
    beginStopping()
    let ending = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in ending { try thread.join() }
  }

  // MARK: On the sender threads

  private func run(_ sender: any MessageSender) {
    while true {
      wakeUps.wait()
      let job = state.withLock { state -> SendJob? in
        guard !state.queue.isEmpty else { return nil }
        state.sending += 1
        return state.queue.removeFirst()
      }
      if let job {
        let outcome = attempt(job, sender)
        state.withLock { state in
          state.sending -= 1
          let result = SendResult(key: job.key, attempt: job.attempt, outcome: outcome)
          state.outcomes[job.partition, default: [:]].updateValue(result, forKey: job.key)
        }
      } else if state.withLock(\.isStopping) {
        return
      }
    }
  }

  private func attempt(_ job: SendJob, _ sender: any MessageSender) -> SendOutcome {
    let outcome: SendOutcome
    do {
      outcome = try sender.send(job.message)
    } catch {
      log.error("the channel is not usable as configured", ["reason": "\(error)"])
      return .retryLater(SendReason("channel-misconfigured", "\(error)"))
    }
    switch outcome {
    case .failed(let reason), .suppressed(let reason), .retryLater(let reason), .unknown(let reason):
      log.warning(
        "a message was not sent",
        ["notification": job.key.id, "attempt": job.attempt, "code": reason.code, "reason": reason.detail])
    case .sent, .notAttempted: break
    }
    return outcome
  }
}
