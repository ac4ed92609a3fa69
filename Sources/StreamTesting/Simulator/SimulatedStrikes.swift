import StreamRuntime

/// What strikes a process inside its calls.
extension Simulation {
  private static let pauseDepthMax = 2

  private enum Strike { case pause, kill, losePower, abort, motion, fullDisk, damage, fault }

  func strike(_ process: SimulatedProcess, at step: MemoryStep) throws {
    // The worst moment for a late EndTxn is inside the next transaction.
    if !log.delayedEnds.isEmpty, !isCalm, [.afterRecord, .afterProduce].contains(step), random.chance(100) {
      log.deliverDelayedEnd().map(noteLate)
    }
    guard !isCalm, strikesPerMille > 0, random.chance(strikesPerMille * weight(of: step)) else { return }
    let strike = random.pick(strikes(at: step))
    switch strike {
    case .pause: pause(process, at: step)
    case .kill, .losePower:
      // A kill from outside may strike where a record or a timer is at hand, but not twice where the same one is.
      guard process.io.recordAtHand.map({ recordsStruck.insert($0).inserted }) ?? true else { return }
      note(process.label, "is struck at \(step)")
      process.kill(losingPower: strike == .losePower)
    case .abort:
      note(process.label, "must abort at \(step)")
      throw StreamError(.abortTransaction, "the broker demands an abort at \(step)")
    case .motion:
      note(process.label, "meets a cluster in motion at \(step)")
      throw StreamError(.waitForCluster, "no leader at \(step)")
    case .fullDisk: throw StreamError(.fatal, "the disk is full at \(step)")
    case .damage: throw StreamError(.rebuildStore, "the store is damaged at \(step)")
    case .fault: throw StreamError(.fatal, "a fault at \(step)")
    }
  }

  func fateOfCommit(of process: SimulatedProcess) -> EndFate {
    guard !isCalm, strikesPerMille > 0, random.chance(strikesPerMille * 4) else { return .arrives }
    let fate = random.pick([EndFate.arrivesUnanswered, .lost, .delayed, .delayed])
    note(process.label, "waits in vain for an answer to its commit, which is \(fate)")
    return fate
  }

  func readsNext(_ process: SimulatedProcess, at position: Int64) -> Int64 {
    guard !isCalm, position > 0, strikesPerMille > 0, random.chance(strikesPerMille) else { return position }
    note(process.label, "goes back by itself")
    return max(0, position - Int64(random.within(1...4)))
  }

  /// The others go on while this process stands still inside a call.
  private func pause(_ process: SimulatedProcess, at step: MemoryStep) {
    guard pauseDepth < Self.pauseDepthMax else { return }
    note(process.label, "pauses at \(step)")
    pauseDepth += 1
    // A long pause costs a process its place in the group.
    let length = random.pick([2, 6, 20, 60])
    if length > 6, random.chance(600) { expireSession(of: process.instance) }
    for _ in 0..<random.within(1...length) { act() }
    if random.chance(step == .restoreRead ? 500 : length > 6 ? 250 : 0) { passTime() }
    pauseDepth -= 1
    if !process.io.isDead { note(process.label, "goes on") }
  }

  /// Steps that come often are struck seldom.
  private func weight(of step: MemoryStep) -> Int {
    switch step {
    case .poll, .storeWrite, .afterRecord: 1
    case .restoreRead: 10
    case .fetchOffsets, .afterJoin: 4
    case .globalRead: 1
    case .afterOffsets: 8
    case .beforeBegin, .afterProduce, .afterCommit, .beforeRenewal: 5
    case .beforeStoreCommit, .afterStoreCommit: 5
    }
  }

  private func strikes(at step: MemoryStep) -> [Strike] {
    switch step {
    case .poll: [.pause, .pause, .kill, .losePower, .fault]
    case .storeWrite: [.pause, .kill, .losePower, .fullDisk, .damage]
    case .beforeStoreCommit: [.pause, .kill, .losePower, .fullDisk, .damage]
    case .afterJoin: [.pause, .pause, .kill, .losePower, .fault]
    case .restoreRead, .fetchOffsets, .globalRead: [.pause, .pause, .kill, .losePower, .fault, .motion]
    case .beforeBegin, .afterRecord, .afterProduce, .afterOffsets: [.pause, .pause, .kill, .losePower, .abort, .motion]
    case .beforeRenewal: [.pause, .kill, .losePower, .motion, .motion]
    case .afterCommit, .afterStoreCommit: [.pause, .kill, .losePower]
    }
  }
}
