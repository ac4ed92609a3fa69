import Contracts
import Foundation
import Loyalty
import ServiceKit
import StreamRuntime
import Synchronization
import Threads

/// Sends messages on threads of its own, so that no stream thread waits for a mail server.
///
/// A stream thread reserves slots, marks its messages as being attempted, commits, and then submits them. It looks at
/// the outcomes in a later cycle and acknowledges them once that cycle is committed, so an aborted cycle loses none.
/// A message has its slot until then: what a kill leaves in doubt is never more than `slotsMax`. While the channel is
/// held (`ChannelBreaker`) or its rate is used up (`ChannelPace`) there is no room. Security messages go first, and a
/// slot and a thread are kept for them where there are four or more. Every method may be called from any thread; only
/// `stop` blocks.
package final class SenderPool: Sendable {
  package let carrier: Carrier
  private let slotsMax: Int
  /// Slots and threads that none but security messages take.
  private let slotsKept: Int
  private let ordinarySendingMax: Int
  private let clock: @Sendable () -> Int64
  private let log: Log
  private let state: Mutex<State>
  /// Counts what a sender thread can wake up for: a job, or the stop.
  private let wakeUps = DispatchSemaphore(value: 0)
  private let threads = Mutex<[OwnedThread]>([])

  private struct State {
    var queue = LaneQueue()
    var reserved = 0
    var sending = 0
    /// Of these, others than security messages.
    var sendingOrdinary = 0
    var isStopping = false
    /// By partition: nil while the message is on its way.
    var outcomes: [Int32: [MessageKey: SendResult?]] = [:]
    /// How many look after a partition: two for a moment, when one processor follows another.
    var attendants: [Int32: Int] = [:]
    var breaker: ChannelBreaker
    var pace: ChannelPace
    /// Refusals of the account, the sender or a policy.
    var channelRefusals: Int64 = 0
    /// Messages whose worker had ended as they were being sent.
    var interrupted: Int64 = 0

    init(_ breaker: ChannelBreaker, _ pace: ChannelPace) {
      self.breaker = breaker
      self.pace = pace
    }

    /// Messages whose attempt is committed, or may be, and whose outcome is not. An outcome that nobody waits for any
    /// more is another worker's to guess.
    var taken: Int {
      let unrecorded = outcomes.reduce(0) { count, partition in
        attendants[partition.key] == nil ? count : count + partition.value.values.reduce(0) { $1 == nil ? $0 : $0 + 1 }
      }
      return queue.count + sending + reserved + unrecorded
    }
  }

  /// Starts `threadCount` threads, each with a sender of its own made on this thread by `makeSender`. At most
  /// `slotsMax` messages have no recorded outcome. `clock` tells milliseconds and never goes back.
  package init(
    _ carrier: Carrier, threadCount: Int, slotsMax: Int, breaker: ChannelBreaker, pace: ChannelPace? = nil,
    clock: @escaping @Sendable () -> Int64 = MonotonicClock.nowMs, log: Log,
    makeSender: () throws -> any MessageSender
  ) throws {
    precondition(threadCount > 0 && slotsMax > 0, "a pool has a thread and a slot at least")
    self.carrier = carrier
    self.slotsMax = slotsMax
    slotsKept = slotsMax >= Self.keptFrom ? 1 : 0
    ordinarySendingMax = threadCount >= Self.keptFrom ? threadCount - 1 : threadCount
    self.clock = clock
    self.log = log
    let pace = pace ?? ChannelPace(holds: DomainHolds(firstPauseMs: 30_000, pauseMsMax: 3_600_000))
    state = Mutex(State(breaker, pace))
    do {
      for number in 0..<threadCount { try start(number, try makeSender()) }
    } catch {
      try stop()
      throw error
    }
  }

  /// Of fewer slots or threads none is kept.
  private static let keptFrom = 4

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

  /// Room for at most `wanted` messages, less when the pool is busy, one or none when the channel is held: the rest
  /// waits in the store. What is not submitted is given back when the slots go.
  /// - Parameter releasing: outcomes that the same cycle records: with its commit these have theirs.
  package func reserve(
    _ wanted: Int, for messageClass: MessageClass = .service, releasing: Int = 0, nowMs: Int64
  ) -> SendSlots {
    let paceMs = clock()
    let slotsOpen = slotsMax - (messageClass == .security ? 0 : slotsKept)
    let count = state.withLock { state in
      let free = state.isStopping ? 0 : max(0, min(wanted, slotsOpen - state.taken + releasing))
      let paced = state.pace.room(for: free, nowMs: paceMs)
      let count = paced > 0 ? state.breaker.room(for: paced, nowMs: nowMs) : 0
      state.pace.take(count)
      state.reserved += count
      return count
    }
    return SendSlots(count: count) { [self] left in
      state.withLock { state in
        state.reserved -= left
        state.pace.giveBack(left)
        state.breaker.wasNotTried()
      }
    }
  }

  /// How long a message to this domain waits; nil: it may go, and is counted.
  package func waitMs(for domain: String) -> Int64? {
    let paceMs = clock()
    return state.withLock { $0.pace.waitMs(for: domain, nowMs: paceMs) }
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
      if !state.isStopping { for job in jobs { state.queue.append(job) } }
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
    /// For a security message.
    package var hasUrgentRoom: Bool
    /// Until the channel's rate has room, or its gateway may be asked again.
    package var paceWaitMs: Int64
    /// There is no room before this instant (ms); nil unless the channel is held.
    package var heldUntilMs: Int64?
  }

  package func view(of partition: Int32, nowMs: Int64) -> View {
    let paceMs = clock()
    return state.withLock { state in
      let outcomes = state.outcomes[partition]?.values
      let room = state.isStopping || state.breaker.isTrying ? 0 : slotsMax - state.taken
      let heldUntilMs = state.breaker.heldUntilMs(nowMs: nowMs)
      return View(
        hasOutcomes: outcomes?.contains { $0 != nil } ?? false, isWaiting: outcomes?.contains { $0 == nil } ?? false,
        hasRoom: room > slotsKept, hasUrgentRoom: room > 0, paceWaitMs: state.pace.waitMs(nowMs: paceMs),
        heldUntilMs: heldUntilMs)
    }
  }

  /// What this process tells of the channel, whatever partitions it holds.
  package var figures: [Gauge] {
    // A cycle that records outcomes and takes up as many messages does both with its commit: never are both in doubt.
    let (taken, isHeld, refusals, interrupted, domainsHeld) = state.withLock {
      (min($0.taken, slotsMax), !$0.breaker.isOpen, $0.channelRefusals, $0.interrupted, $0.pace.domainsHeld)
    }
    let label = Gauge.Label("channel", carrier.rawValue)
    return [
      Gauge(
        "stampede_channel_held", "1 while a server refuses the account or is not to be reached, and messages wait.",
        isHeld ? 1 : 0, label: label),
      Gauge(
        "stampede_channel_refusals_total", "Answers that refused the account, the sender or a policy, or none at all.",
        Int(refusals), label: label, isCounter: true),
      Gauge(
        "stampede_messages_in_hand", "Messages that a kill of this process would leave in doubt now.", taken,
        label: label),
      Gauge(
        "stampede_messages_interrupted_total", "Messages whose worker ended while they were being sent.",
        Int(interrupted), label: label, isCounter: true),
      Gauge(
        "stampede_domains_held", "Recipients' domains whose server asked for patience, so that their messages wait.",
        domainsHeld, label: label),
    ]
  }

  /// So many messages were found whose worker ended while it had them in hand.
  package func found(interrupted count: Int) {
    guard count > 0 else { return }
    state.withLock { $0.interrupted += Int64(count) }
    log.warning(
      "messages were being sent when their worker ended; nobody knows whether they went out",
      ["channel": carrier.rawValue, "messages": count])
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
      let removed = state.queue.remove { $0.partition == partition && withdrawn.contains($0.key) }
      for job in removed {
        state.outcomes[partition]?[job.key] = nil
        state.pace.heard(.notAttempted, of: job.message.recipientDomain, nowMs: 0)
      }
      // One of them may have been what a held channel was to be tried with: without its outcome nothing would open it.
      if !removed.isEmpty { state.breaker.wasNotTried() }
    }
  }

  /// Takes no more messages; what was queued comes back as not attempted. Never blocks.
  package func beginStopping() {
    let dropped = state.withLock { state in
      state.isStopping = true
      let dropped = state.queue.remove { _ in true }
      for job in dropped {
        let ended = SendResult(key: job.key, attempt: job.attempt, outcome: .notAttempted)
        state.outcomes[job.partition, default: [:]].updateValue(ended, forKey: job.key)
      }
      return dropped.count
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
      let next = state.withLock { state -> (job: SendJob, goesBack: Bool)? in
        guard let job = state.queue.popFirst(takesOrdinary: state.sendingOrdinary < ordinarySendingMax) else {
          return nil
        }
        state.sending += 1
        if job.messageClass != .security { state.sendingOrdinary += 1 }
        return (job, state.breaker.sendsBack)
      }
      if let (job, goesBack) = next {
        finish(job, goesBack ? .notAttempted : attempt(job, sender))
      } else if state.withLock(\.isStopping) {
        return
      }
    }
  }

  private func attempt(_ job: SendJob, _ sender: any MessageSender) -> SendOutcome {
    do {
      return try sender.send(job.message)
    } catch {
      // Only the operator can mend it.
      return .channelRefused(SendReason("channel-misconfigured", "\(error)"), isCertain: true)
    }
  }

  private func finish(_ job: SendJob, _ outcome: SendOutcome) {
    let paceMs = clock()
    let (verdict, isOpen, isMoreThere) = state.withLock { state in
      let verdict = state.breaker.take(outcome, of: job.key)
      state.pace.heard(verdict.outcome, of: job.message.recipientDomain, nowMs: paceMs)
      switch outcome {
      case .channelRefused, .quotaReached: state.channelRefusals += 1
      default: break
      }
      state.sending -= 1
      if job.messageClass != .security { state.sendingOrdinary -= 1 }
      let result = SendResult(key: job.key, attempt: job.attempt, outcome: verdict.outcome)
      state.outcomes[job.partition, default: [:]].updateValue(result, forKey: job.key)
      return (verdict, state.breaker.isOpen, !state.queue.isEmpty)
    }
    // One that waits may have been left by a thread that was kept for others.
    if isMoreThere { wakeUps.signal() }
    tell(job, verdict, isOpen: isOpen)
  }

  private func tell(_ job: SendJob, _ verdict: ChannelBreaker.Verdict, isOpen: Bool) {
    if verdict.opens { log.info("the channel takes messages again", ["channel": carrier.rawValue]) }
    switch verdict.outcome {
    case .channelRefused(let reason, _) where verdict.holds:
      log.error(
        "the channel is held: its server refuses the account, the sender or a policy, or is not to be reached. Messages "
          + "wait and none is lost; mend it and they go by themselves",
        ["channel": carrier.rawValue, "code": reason.code, "reason": reason.detail])
    case .quotaReached(let reason, let untilMs) where verdict.holds:
      log.warning(
        "the channel waits: as many messages were sent as its provider takes for now",
        [
          "channel": carrier.rawValue, "code": reason.code, "reason": reason.detail,
          "until": Instant(milliseconds: untilMs).rfc3339,
        ])
    // The lines above have told it for all.
    case .channelRefused where !isOpen, .quotaReached: break
    case .channelRefused(let reason, _), .failed(let reason), .suppressed(let reason), .retryLater(let reason),
      .unknown(let reason):
      log.warning(
        "a message was not sent",
        ["notification": job.key.id, "attempt": job.attempt, "code": reason.code, "reason": reason.detail])
    case .sent, .sentAs, .notAttempted: break
    }
  }
}
