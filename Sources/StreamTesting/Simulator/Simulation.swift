import StreamRuntime

/// One history: a few processes of a service on one log, stepped on one thread in an order that a seed chooses, struck
/// wherever they call outside; then a calm in which all must come to rest; then an audit.
///
/// A pause inside a call is made by stepping the others from within it, so that processes really interleave: one may be
/// past its produce call when another takes its partitions, and wake up afterwards.
package final class Simulation {
  package struct Report {
    package let seed: UInt64
    /// What is wrong at the end; empty = the history holds.
    package let problems: [String]
    /// A line an event; empty unless recorded.
    package let history: [String]
  }

  let random: SeededRandom
  let workload: any SimulatedWorkload
  let topology: Topology
  let fault: SimulatedFault?
  let log: MemoryLog
  let group: MemoryGroup
  let clock = ManualClock(1_000_000)
  let settings: WorkerSettings
  let deleteRetentionMs: Int64 = 20_000
  let transactionTimeoutMs: Int64 = 10_000
  let isRecording: Bool
  /// The chaos is over: nothing strikes any more.
  private(set) var isCalm = false
  var processes: [SimulatedProcess] = []
  var disks: [String: [MemoryDisk]] = [:]
  let instances: [String]
  /// How deep pauses are nested.
  var pauseDepth = 0
  /// How often in a thousand a step is struck at all.
  let strikesPerMille: Int
  /// How many of a thousand commits of a store reach its disk at once.
  let commitsOnDiskPerMille: Int
  var slowPlaces: Set<TopicPartition> = []
  var upstreamTransaction: Int?
  var startedProcesses = 0
  /// Records and timers that were at hand, alone in their cycles, when a kill struck.
  var recordsStruck: Set<String> = []
  /// Processes that ended in the calm, though nothing struck them.
  private var endedInCalm: [String] = []
  /// Partitions that were stopped, though no history loses a record that was not processed.
  private var stops: [String] = []
  private let seed: UInt64
  private var history: [String] = []

  private static let actionsInAHistory = 60...260
  private static let calmRoundsMax = 2_000
  private static let roundsWithLostSessions = 10
  private static let quietRounds = 10

  package init(
    seed: UInt64, fault: SimulatedFault? = nil, recording: Bool = false,
    workload makeWorkload: (SeededRandom) -> any SimulatedWorkload = LedgerWorkload.init
  ) {
    self.seed = seed
    self.fault = fault
    isRecording = recording
    let random = SeededRandom(seed)
    self.random = random
    workload = makeWorkload(random)
    topology = workload.topology
    log = MemoryLog(partitionCount: random.within(1...3))
    group = MemoryGroup(name: topology.service)
    instances = (0..<random.within(1...3)).map { [service = topology.service] in "\(service)-\($0)" }
    commitsOnDiskPerMille = random.pick([1_000, 1_000, 300])
    strikesPerMille = random.pick([1, 4, 8, 20])
    var settings = WorkerSettings(
      clock: .stream, batchRecordsMax: random.pick([1, 2, 4, 8, 50]), commitIntervalMs: 0,
      changelogDeleteRetentionMs: deleteRetentionMs, inputPartitions: log.partitionCount,
      wallNowMs: { [clock] in clock.nowMs }, monotonicMs: { [clock] in clock.nowMs })
    settings.sendAheadBytes = random.pick([1, 200, 1 << 20])
    let taken = OutputLimit(bytesMax: LedgerTopology.outputBytesMax, partitions: Int32(log.partitionCount))
    settings.outputLimits = Array(repeating: taken, count: topology.outputTopics.count)
    self.settings = settings
  }

  package func run() -> Report {
    note(
      "world",
      "seed \(seed): \(log.partitionCount) partitions, \(instances.count) instances, cycles of \(settings.batchRecordsMax)"
    )
    for instance in instances { start(instance) }
    for _ in 0..<random.within(Self.actionsInAHistory) { act() }
    calm()
    let found = comeToRest() ?? audit()
    let problems = stops + endedInCalm + found
    for problem in problems { note("AUDIT", problem) }
    for process in processes { process.kill(losingPower: false) }
    return Report(seed: seed, problems: problems, history: history)
  }

  // MARK: The end

  /// All strikes end; what is in flight arrives; who is lost for good is forgotten by group and coordinator.
  private func calm() {
    isCalm = true
    slowPlaces = []
    note("world", "calm")
    endUpstream(committing: true)
    while let late = log.deliverDelayedEnd() { noteLate(late) }
    let lost = instances.count > 1 ? instances.filter { _ in random.chance(150) } : []
    for instance in instances where living(instance).isEmpty {
      if lost.contains(instance), instance != instances[0] {
        note("world", "\(instance) never comes back")
        _ = group.expire(instance: instance)
        _ = log.expireTransaction(of: instance)
      } else {
        start(instance)
      }
    }
    for input in workload.lastInputs(partitionCount: log.partitionCount) { publish(input, transaction: nil) }
  }

  /// Steps everyone until nobody has anything to do. Returns what is wrong if that never comes.
  private func comeToRest() -> [String]? {
    var quiet = 0
    for round in 0..<Self.calmRoundsMax {
      clock.nowMs += 5
      // A session that is lost late must heal too, whatever its owner is at.
      if round < Self.roundsWithLostSessions, random.chance(100) { expireSession(of: random.pick(instances)) }
      expireTransactions()
      var isQuiet = group.isSettled && round >= Self.roundsWithLostSessions
      for process in processes where !process.isGone {
        if process.step() || !process.metrics.isReady { isQuiet = false }
        if process.hasEnded {
          isQuiet = false
          // Its supervisor starts it again, unless another has taken its place.
          if living(process.instance).isEmpty { start(process.instance) }
        }
      }
      processes.removeAll(where: \.hasEnded)
      quiet = isQuiet ? quiet + 1 : 0
      if quiet == Self.quietRounds { return nil }
    }
    return ["no rest after \(Self.calmRoundsMax) rounds of calm"]
  }

  private func audit() -> [String] {
    var owners: [MemoryDisk] = []
    for partition in 0..<Int32(log.partitionCount) {
      let holders = processes.filter { process in
        group.assignment(instance: process.instance, partitionCount: log.partitionCount).contains(partition)
      }
      guard holders.count == 1 else { return ["partition \(partition) has \(holders.count) owners"] }
      owners.append(holders[0].disk)
    }
    let end = SimulatedEnd(log: log) { owners[Int($0)].allRows(partition: $0, table: $1) }
    let runtime = RuntimeAuditor(topology: topology, group: group.name, end: end) {
      owners[Int($0)].position(partition: $0, table: $1)
    }
    do {
      return try runtime.problems() + workload.problems(at: end)
    } catch {
      return ["the audit failed: \(error)"]
    }
  }

  /// In the calm only one may end: an older process whose name another has taken.
  func ended(_ label: String, by error: any Error) {
    guard isCalm, (error as? StreamError)?.response != .fenced else { return }
    endedInCalm.append("\(label) ended in the calm: \(error)")
  }

  // MARK: The history

  func note(_ who: String, _ what: @autoclosure () -> String) {
    guard isRecording else { return }
    let indent = String(repeating: "  | ", count: pauseDepth)
    let name = who + String(repeating: " ", count: max(0, 12 - who.count))
    history.append("\(history.count) \(clock.nowMs - 1_000_000) ms  \(indent)\(name) \(what())")
  }

  func noteLate(_ late: (transactionalId: String, committed: Bool)) {
    note("broker", "a late EndTxn of \(late.transactionalId) \(late.committed ? "commits" : "is refused")")
  }

  func log(of label: String) -> StreamLog {
    // Called on the one thread that runs the simulation, within calls that it makes itself.
    nonisolated(unsafe) let simulation = self
    return { level, message, fields in
      // A timer that is put off is one of those that a hostile history has.
      if level == .error, !message.hasPrefix("put off a timer") { simulation.stops.append("\(label): \(message)") }
      simulation.note(label, "log: \(message) \(fields.map { "\($0.0)=\($0.1)" }.joined(separator: " "))")
    }
  }
}
