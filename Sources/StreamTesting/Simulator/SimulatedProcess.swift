import StreamRuntime

/// One process of the service in a simulated history: from its start to its end by a stop, an error or a kill.
final class SimulatedProcess: MemoryConditions {
  /// The name that is its transactional id and its name in the group.
  let instance: String
  /// For the history: `ledger-0#3` is the third process, the instance `ledger-0`.
  let label: String
  let disk: MemoryDisk
  let metrics: WorkerMetrics
  let io: MemoryIO
  private let ports: any StreamIO
  private let topology: Topology
  private unowned let simulation: Simulation
  private var thread: StreamThread?
  /// A call of this process is on the stack: it is paused inside it.
  private(set) var isBusy = false
  private(set) var hasEnded = false

  init(_ simulation: Simulation, instance: String, number: Int, disk: MemoryDisk) {
    self.simulation = simulation
    self.instance = instance
    self.disk = disk
    let label = "\(instance)#\(number)"
    self.label = label
    metrics = WorkerMetrics(service: simulation.topology.service)
    let clock = simulation.clock
    let io = MemoryIO(
      log: simulation.log, group: simulation.group, topology: simulation.topology, disk: disk,
      transactionalId: instance, nowMs: { clock.nowMs })
    io.leavesGroupOnClose = false
    self.io = io
    topology = TrappingProcessor.topology(simulation.topology, io)
    ports = simulation.fault.map { FaultyIO(io, $0) } ?? io
    io.conditions = self
    if simulation.isRecording {
      io.trace = { [unowned simulation, label] in simulation.note(label, $0) }
    }
  }

  /// Dead to the world: it has ended, or was killed inside a call.
  var isGone: Bool { hasEnded || io.isDead }

  // MARK: Life

  func start() {
    let log = simulation.log(of: label)
    run {
      try WarmUp.run(
        topology: topology, settings: simulation.settings, io: ports, index: 0, metrics: metrics, log: log,
        until: { false })
      thread = try StreamThread(
        topology: topology, settings: simulation.settings, io: ports, index: 0, metrics: metrics, log: log)
    }
  }

  /// One cycle. Returns whether it committed anything.
  func step() -> Bool {
    guard !isGone, !isBusy else { return false }
    var committed = false
    run { committed = try thread?.step() ?? false }
    return committed
  }

  /// What SIGTERM does.
  func stop(leavingGroup: Bool) {
    guard !isGone, !isBusy else { return }
    io.leavesGroupOnClose = leavingGroup
    simulation.note(label, leavingGroup ? "is stopped for good" : "is stopped")
    run { try thread?.run(until: { true }) }
    end()
  }

  /// What SIGKILL does, wherever it is; with `losingPower` also to what its disk has not written.
  func kill(losingPower: Bool) {
    guard !isGone else { return }
    simulation.note(label, losingPower ? "loses power" : "is killed")
    io.die()
    if losingPower { disk.losePower() }
    if !isBusy { end() }
  }

  private func run(_ body: () throws -> Void) {
    isBusy = true
    defer { isBusy = false }
    do {
      try body()
    } catch {
      if !(error is ProcessDied) {
        simulation.note(label, "ends: \(error)")
        simulation.ended(label, by: error)
      }
      end()
    }
  }

  private func end() {
    guard !hasEnded else { return }
    hasEnded = true
    thread?.close()
    thread = nil
    io.die()
  }

  // MARK: What the world does to its calls

  func reach(_ step: MemoryStep) throws { try simulation.strike(self, at: step) }
  func fateOfCommit() -> EndFate { simulation.fateOfCommit(of: self) }
  func commitsAtOnce() -> Bool { simulation.random.chance(500) }
  func hearsGroup() -> Bool { simulation.isCalm || simulation.random.chance(750) }
  func isSlow(_ place: TopicPartition) -> Bool { simulation.isSlow(place) }
  func readsNext(at position: Int64) -> Int64 { simulation.readsNext(self, at: position) }
  func waited(ms: Int) { simulation.clock.nowMs += Int64(ms) }

  func firstPartition(of count: Int) -> Int? {
    if !simulation.isCalm, simulation.random.chance(100) { return nil }
    return simulation.random.below(count)
  }

  func reachesDisk() -> Bool { simulation.isCalm || simulation.random.chance(simulation.commitsOnDiskPerMille) }

  func restoreSlice() -> Int {
    // Every read takes its time, so that a slice ends.
    simulation.clock.nowMs += 20
    return simulation.isCalm ? 1_000 : simulation.random.within(1...6)
  }
}
