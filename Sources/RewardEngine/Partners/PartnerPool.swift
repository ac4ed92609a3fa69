import Contracts
import Dispatch
import Loyalty
import Partners
import ServiceKit
import StreamRuntime
import Synchronization
import Threads

/// Calls partners on threads of its own, so that no stream thread waits for one.
///
/// A stream thread reserves room, marks its orders as being out, commits, and then submits the calls. It looks at the
/// outcomes in a later cycle and acknowledges them once that cycle is committed, so an aborted cycle loses none. A call
/// has its room until then: what a kill leaves in doubt is never more than `callsMax` orders. While a partner is held
/// (``PartnerGate``) there is no room for it but for the one that it is tried with. Every method may be called from any
/// thread; only `stop` blocks.
package final class PartnerPool: Sendable {
  package let accounts: @Sendable (PartnerDocument) -> (any PartnerAdapter)?
  package let timeoutMs: Int64
  package let callsMax: Int
  private let callsOfOneMax: Int
  private let clock: @Sendable () -> Int64
  private let log: Log?
  private let state = Mutex(State())
  /// Counts what a thread can wake up for: a job, or the stop.
  private let wakeUps = DispatchSemaphore(value: 0)
  private let threads = Mutex<[OwnedThread]>([])

  private struct State {
    var queue: [PartnerJob] = []
    /// By partner.
    var reserved: [String: Int] = [:]
    var calling = 0
    var isStopping = false
    /// By partition and order.
    var taken: [Int32: [String: Taken]] = [:]
    /// How many look after a partition: two for a moment, when one processor follows another.
    var attendants: [Int32: Int] = [:]
    var gates: [String: PartnerGate] = [:]
    var counts: [CallLabels: Int64] = [:]
    var interrupted: Int64 = 0

    /// A call whose order is committed as being out, or may be, and whose outcome is not.
    struct Taken {
      let partner: String
      var result: PartnerResult?
    }

    /// Of one partner, or of all. An outcome that nobody waits for any more is another worker's to ask for.
    func inHand(_ partner: String? = nil) -> Int {
      let room = partner.map { reserved[$0, default: 0] } ?? reserved.values.reduce(0, +)
      return taken.reduce(room) { count, each in
        let isAttended = attendants[each.key] != nil
        return count
          + each.value.values.count {
            (partner == nil || $0.partner == partner) && (isAttended || $0.result == nil)
          }
      }
    }
  }

  private struct CallLabels: Hashable {
    var partner, outcome, code: String
  }

  /// Series of the figure of calls: what is beyond has the code `other`.
  private static let seriesMax = 500
  private static let threadsShared = 4

  /// - Parameters:
  ///   - callsMax: at a time, each by a thread of its own.
  ///   - threadCount: 0 where a test makes the calls by ``callOne(_:)``.
  ///   - clock: the machine's, milliseconds since 1970.
  package init(
    callsMax: Int, threadCount: Int? = nil, timeoutMs: Int64, clock: @escaping @Sendable () -> Int64, log: Log? = nil,
    accounts: @escaping @Sendable (PartnerDocument) -> (any PartnerAdapter)?,
    makeCaller: () throws -> any PartnerCaller
  ) throws {
    precondition(callsMax > 0, "a pool makes a call at a time at least")
    self.callsMax = callsMax
    callsOfOneMax = callsMax >= Self.threadsShared ? callsMax - callsMax / Self.threadsShared : callsMax
    self.timeoutMs = timeoutMs
    self.clock = clock
    self.log = log
    self.accounts = accounts
    do {
      for number in 0..<(threadCount ?? callsMax) { try start(number, try makeCaller()) }
    } catch {
      try stop()
      throw error
    }
  }

  private func start(_ number: Int, _ caller: any PartnerCaller) throws {
    // Made here, used by the new thread alone.
    nonisolated(unsafe) let owned = caller
    do {
      let thread = try OwnedThread("partner-\(number)") { [self] in
        defer { owned.close() }
        run(owned)
      }
      threads.withLock { $0.append(thread) }
    } catch {
      owned.close()
      throw error
    }
  }

  // MARK: Room

  package func slots() -> PartnerSlots {
    PartnerSlots { [self] partners in
      state.withLock { state in
        for partner in partners {
          state.reserved[partner, default: 0] -= 1
          state.gates[partner]?.notCalled()
        }
      }
    }
  }

  /// Takes room for a call; nil: it is taken. Else when to look again.
  ///
  /// - Parameter terms: the partner's, as its document limits them.
  package func reserve(
    _ partner: String, _ terms: PartnerTerms, in slots: PartnerSlots, releasing: Int = 0, at now: Instant
  ) -> Instant? {
    let isTaken = state.withLock { state -> Instant? in
      let busy = now.advanced(byMilliseconds: Self.busyLookMs)
      guard !state.isStopping, state.inHand() - releasing < callsMax, state.inHand(partner) < callsOfOneMax else {
        return busy
      }
      var gate = state.gates[partner] ?? PartnerGate(terms)
      guard gate.mayCall(at: now) else { return .max(gate.lookAgainAt(after: now), busy) }
      gate.called(at: now)
      state.gates[partner] = gate
      state.reserved[partner, default: 0] += 1
      return nil
    }
    if isTaken == nil { slots.add(partner) }
    return isTaken
  }

  /// An order that finds no room waits for so long at least.
  private static let busyLookMs: Int64 = 1_000

  /// Queues calls whose orders are committed as being out, in the room that was reserved for them.
  package func submit(_ jobs: [PartnerJob], using slots: PartnerSlots) {
    precondition(jobs.map(\.partner).sorted() == slots.partners.sorted(), "calls without room")
    slots.use()
    let isStopping = state.withLock { state in
      for job in jobs {
        state.reserved[job.partner, default: 0] -= 1
        let ended = PartnerResult(key: job.key, outcome: job.outcome(.notSent))
        state.taken[job.partition, default: [:]][job.key] = .init(
          partner: job.partner, result: state.isStopping ? ended : nil)
      }
      if !state.isStopping { state.queue += jobs }
      return state.isStopping
    }
    if !isStopping { for _ in jobs { wakeUps.signal() } }
  }

  // MARK: Outcomes

  /// What a partition's processor wants to know before it does anything.
  package struct View: Equatable, Sendable {
    package var hasOutcomes: Bool
    package var isWaiting: Bool
    package var hasRoom: Bool
  }

  package func view(of partition: Int32) -> View {
    state.withLock { state in
      let taken = state.taken[partition]?.values
      return View(
        hasOutcomes: taken?.contains { $0.result != nil } ?? false,
        isWaiting: taken?.contains { $0.result == nil } ?? false,
        hasRoom: !state.isStopping && state.inHand() < callsMax)
    }
  }

  /// Outcomes of this partition's orders that were not acknowledged yet, in the order of their keys.
  package func results(of partition: Int32) -> [PartnerResult] {
    state.withLock { $0.taken[partition]?.values.compactMap(\.result) ?? [] }.sorted { $0.key < $1.key }
  }

  /// Whether this process still has the order's call, on its way or with an outcome that was not acknowledged.
  package func holds(_ key: String, of partition: Int32) -> Bool {
    state.withLock { $0.taken[partition]?[key] != nil }
  }

  /// The outcomes are committed and may be forgotten.
  package func acknowledge(_ results: [PartnerResult], of partition: Int32) {
    state.withLock { state in
      for result in results where state.taken[partition]?[result.key]?.result == result {
        state.taken[partition]?[result.key] = nil
      }
      if state.taken[partition]?.isEmpty == true { state.taken[partition] = nil }
    }
  }

  /// So many orders were found whose worker ended while it had a call out.
  package func found(interrupted count: Int) {
    guard count > 0 else { return }
    state.withLock { $0.interrupted += Int64(count) }
    log?.warning(
      "orders were out at partners when their worker ended; what became of them is asked before anything else",
      ["orders": count])
  }

  package func attend(_ partition: Int32) { state.withLock { $0.attendants[partition, default: 0] += 1 } }

  package func leave(_ partition: Int32) {
    state.withLock { state in
      let left = (state.attendants[partition] ?? 0) - 1
      state.attendants[partition] = left > 0 ? left : nil
    }
  }

  // MARK: Stopping

  /// Makes no more calls; what was queued was not sent. Never blocks.
  package func beginStopping() {
    state.withLock { state in
      state.isStopping = true
      for job in state.queue {
        let ended = PartnerResult(key: job.key, outcome: job.outcome(.notSent))
        state.taken[job.partition]?[job.key]?.result = ended
      }
      state.queue = []
    }
    for _ in 0..<threads.withLock(\.count) { wakeUps.signal() }
  }

  /// Whether every call has an outcome, and those who attend their partitions have committed it. Once true after
  /// `beginStopping`, it stays so.
  package var isSettled: Bool { state.withLock { $0.calling == 0 && $0.queue.isEmpty && $0.inHand() == 0 } }

  /// Blocks until what is out has an outcome, and ends the threads.
  package func stop() throws {
    beginStopping()
    let ending = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in ending { try thread.join() }
  }

  // MARK: On its threads

  private func run(_ caller: any PartnerCaller) {
    while true {
      wakeUps.wait()
      if !callOne(caller), state.withLock(\.isStopping) { return }
    }
  }

  /// Makes the call that waits longest; false: none does.
  @discardableResult package func callOne(_ caller: any PartnerCaller) -> Bool {
    let next = state.withLock { state -> PartnerJob? in
      guard !state.queue.isEmpty else { return nil }
      state.calling += 1
      return state.queue.removeFirst()
    }
    guard let job = next else { return false }
    finish(job, job.request.map { job.outcome(caller.call($0)) } ?? job.outcome(.notSent))
    return true
  }

  private func finish(_ job: PartnerJob, _ outcome: PartnerResult.Outcome) {
    let now = Instant(milliseconds: clock())
    let change = state.withLock { state -> PartnerGate.Change in
      state.calling -= 1
      state.taken[job.partition, default: [:]][job.key] = .init(
        partner: job.partner, result: PartnerResult(key: job.key, outcome: outcome))
      count(outcome, of: job.partner, &state)
      switch outcome {
      case .issue(let verdict, _): return state.gates[job.partner]?.take(verdict, at: now) ?? .none
      case .status(let verdict, _): return state.gates[job.partner]?.take(verdict, at: now) ?? .none
      }
    }
    switch change {
    case .none: break
    case .held(let code):
      log?.error(
        "a partner is held: it refuses the account or takes no more calls, or is not to be reached. Orders wait and none "
          + "is lost; mend it and they go by themselves", ["partner": job.partner, "code": code])
    case .opened: log?.info("a partner takes orders again", ["partner": job.partner])
    }
  }

  private func count(_ outcome: PartnerResult.Outcome, of partner: String, _ state: inout State) {
    let (word, code) = outcome.labels
    var labels = CallLabels(partner: partner, outcome: word, code: code)
    if state.counts[labels] == nil, state.counts.count >= Self.seriesMax { labels.code = "other" }
    state.counts[labels, default: 0] += 1
  }

  // MARK: Figures

  /// What this process tells of partners, whatever partitions it holds.
  package var figures: [Gauge] {
    let (counts, gates, inHand, interrupted) = state.withLock { ($0.counts, $0.gates, $0.inHand(), $0.interrupted) }
    var gauges = counts.sorted {
      ($0.key.partner, $0.key.outcome, $0.key.code) < ($1.key.partner, $1.key.outcome, $1.key.code)
    }
    .map { labels, count in
      Gauge(
        "stampede_partner_calls_total", "Calls to partners, by what came of them.", Int(count),
        labels: [
          .init("partner", labels.partner), .init("outcome", labels.outcome), .init("code", labels.code),
        ], isCounter: true)
    }
    for (partner, gate) in gates.sorted(by: { $0.key < $1.key }) {
      gauges.append(
        Gauge(
          "stampede_partner_held", "1 while a partner refuses the account or is not to be reached, and orders wait.",
          gate.isHeld ? 1 : 0, label: .init("partner", partner)))
    }
    gauges.append(
      Gauge("stampede_partner_calls_in_hand", "Orders that a kill of this process would leave in doubt now.", inHand))
    gauges.append(
      Gauge(
        "stampede_partner_orders_interrupted_total", "Orders whose worker ended while a call was out.",
        Int(interrupted), isCounter: true))
    return gauges
  }
}
