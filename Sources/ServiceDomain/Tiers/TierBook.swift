import Contracts
import Loyalty
import StreamRuntime

/// The tiers that one service judges in one partition, and how their changes leave it on `loyalty.tiers`.
///
/// Two services judge tiers, each those of other programmes (``ProgramCatalog/isJudgedAsBooked(_:)``): the tier
/// evaluator what is measured in spend or visits, the points engine what is measured in points or by activities.
package final class TierBook {
  package let states: Store<TierKey, TierState>
  private let programs: ProgramShelf
  private let publisher: EventPublisher
  private let output: EventPublisher.Output
  private let judgesAsBooked: Bool
  /// Whose metric moved in this cycle, in the order of the first move, and the last cause of each.
  private var moved: [TierKey] = []
  private var moveCauses: [TierKey: String] = [:]
  /// Where they stood when this cycle last told a change of theirs.
  private var told: [TierKey: TierStanding] = [:]

  /// - Parameters:
  ///   - store: of ``states``.
  ///   - judgesAsBooked: whether this service judges what is measured in points or by activities, or the rest.
  package init(
    _ context: ProcessorContext, _ programs: ProgramShelf, _ publisher: EventPublisher,
    store: StoreDefinition<TierKey, TierState>, judgesAsBooked: Bool
  ) throws {
    self.programs = programs
    self.publisher = publisher
    self.judgesAsBooked = judgesAsBooked
    output = publisher.ownPartition(of: .tiers)
    states = try context.store(store)
  }

  /// Whether this service judges a programme's tiers.
  package func judges(_ programId: String) -> Bool {
    programs.catalog.isJudgedAsBooked(programId) == judgesAsBooked
  }

  // MARK: Judging

  /// Counts what a purchase, an activity or a return brought to a member under a version of a programme, and says what
  /// changed. Judgements due before the event come first, those that `now`, the worker's clock, has passed come after.
  package func count(
    _ activity: TierActivity, in state: inout TierState, occurredAt: Instant, now: Instant, cause: String,
    under program: Program
  ) throws -> [TierChange] {
    var changes = judge(&state, upTo: occurredAt)
    changes += state.count(activity, occurredAt: occurredAt, cause: cause, under: program)
    changes += judge(&state, upTo: now)
    // What is told at the cycle's end is told as of now, and not again for what has left already.
    _ = tellAnew(&state, upTo: now)
    let key = TierKey(memberId: state.memberId, programId: state.programId)
    if moveCauses.updateValue(cause, forKey: key) == nil { moved.append(key) }
    try keep(state, changes)
    return changes
  }

  /// Each judgement by the version of the programme in force at its instant. Where the programme or its tiers were
  /// withdrawn, or another service judges them now, nothing is left to judge by.
  package func judge(_ state: inout TierState, upTo instant: Instant) -> [TierChange] {
    var changes: [TierChange] = []
    while let due = state.nextJudgement, due <= instant {
      guard let program = programs.catalog.version(of: state.programId, at: due), program.tiers != nil,
        judges(state.programId)
      else {
        state.nextJudgement = nil
        break
      }
      changes += state.judge(upTo: due, under: program)
    }
    return changes
  }

  /// What time has done to a member by an instant: judgements, and what has left the window since progress was told.
  package func wake(_ state: inout TierState, upTo instant: Instant) -> [TierChange] {
    var changes = judge(&state, upTo: instant)
    if let program = tellAnew(&state, upTo: instant), let progress = state.progressByTime(under: program) {
      changes.append(progress)
    }
    return changes
  }

  /// Moves what is told to the last instant up to `instant` at which something left, by the version in force then. nil:
  /// there is nothing to tell anew, or nothing to tell it by.
  private func tellAnew(_ state: inout TierState, upTo instant: Instant) -> Program? {
    guard let due = state.tellAgain, due <= instant else { return nil }
    guard let program = programs.catalog.version(of: state.programId, at: instant), judges(state.programId) else {
      state.tellAgain = nil
      return nil
    }
    return state.tellAnew(upTo: instant, under: program) ? program : nil
  }

  /// Throws why a level cannot be set by hand, if it cannot.
  package func checkThatItCanBeSet(_ command: TierCommand, in state: TierState, under program: Program) throws {
    var trial = state
    _ = judge(&trial, upTo: command.occurredAt)
    if case .failure(let refusal) = trial.set(command, under: program) { throw PoisonRecord(refusal) }
  }

  /// Sets a level by hand and says what changed.
  package func set(_ command: TierCommand, in state: inout TierState, under program: Program, now: Instant) throws
    -> [TierChange]
  {
    var changes = judge(&state, upTo: command.occurredAt)
    switch state.set(command, under: program) {
    case .success(let more): changes += more
    case .failure(let refusal): throw PoisonRecord(refusal)
    }
    changes += judge(&state, upTo: now)
    try keep(state, changes)
    return changes
  }

  package func keep(_ state: TierState, _ changes: [TierChange]) throws {
    let key = TierKey(memberId: state.memberId, programId: state.programId)
    try states.put(key, state)
    for change in changes { tell(change, key) }
  }

  // MARK: Telling

  /// Tells the progress of each member whose metric moved in this cycle, unless a change told it, and notes it.
  package func tellProgress(_ note: (TierKey, TierStanding) throws -> Void = { _, _ in }) throws {
    for key in moved {
      guard let state = try states.get(key), let cause = moveCauses[key],
        let program = programs.catalog.version(of: key.programId, at: max(state.clock, state.toldAsOf)),
        let progress = state.progress(cause: cause, under: program)
      else { continue }
      try note(key, progress.standing)
      if let told = told[key], told.tells(progress.standing) { continue }
      tell(progress, key)
    }
    moved.removeAll(keepingCapacity: true)
    moveCauses.removeAll(keepingCapacity: true)
    told.removeAll(keepingCapacity: true)
  }

  private func tell(_ change: TierChange, _ key: TierKey) {
    if moveCauses[key] != nil { told[key] = change.standing }
    publisher.publish(change, to: output, key: RecordKey.memberProgram(key.memberId, key.programId))
  }

  /// Removes the rows of a member, clears `loyalty.tiers` of them, and says how many there were.
  package func erase(memberId: String) throws -> Int {
    let rows = try states.scan(prefix: memberId + RecordKey.separator)
    for (key, _) in rows {
      try states.remove(key)
      publisher.sendTombstone(to: output, key: RecordKey.memberProgram(key.memberId, key.programId))
    }
    moved.removeAll { $0.memberId == memberId }
    return rows.count
  }
}

extension TierStanding {
  /// Whether a member who was told this knows the way to the next level that `other` would tell.
  fileprivate func tells(_ other: TierStanding) -> Bool {
    level == other.level && since == other.since && until == other.until && next == other.next
      && tellsProgress(of: other)
  }

  private func tellsProgress(of other: TierStanding) -> Bool {
    guard let progress, let told = other.progress else { return progress == other.progress }
    return progress.tells(told)
  }
}

extension PoisonRecord {
  /// Why a level is not set by hand.
  init(_ refusal: TierRefusal) {
    let sentence =
      switch refusal {
      case .noTiers: "the programme had no tiers at the command's time"
      case .unknownLevel: "the programme had no such level at the command's time"
      case .untilHasPassed: "until must be after the command's time and after what the member did last"
      case .conflictingCommand: "the command's id stands for another one of the member: send it under an id of its own"
      }
    self.init(code: refusal.rawValue, sentence)
  }
}
