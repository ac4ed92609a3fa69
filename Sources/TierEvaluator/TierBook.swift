import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// What is kept of the members of one partition, and what leaves it.
final class TierBook {
  let tiers: Store<TierKey, TierState>
  let purchases: Store<PurchaseKey, PurchaseRow>
  let awards: Store<PurchaseKey, AwardRow>
  /// The headers of the record at hand, whose `traceparent` goes on with what it causes. Nil while timers run.
  var cause: (any HeaderSource)?

  private let context: ProcessorContext
  private let programs: ProgramShelf
  private var writer = JSONWriter()
  /// Whose metric moved in this cycle, in the order of the first move, and the last cause of each.
  private var moved: [TierKey] = []
  private var moveCauses: [TierKey: String] = [:]
  /// Where they stood when this cycle last told a change of theirs.
  private var told: [TierKey: TierStanding] = [:]

  private static let source: StaticString = "tier-evaluator"

  init(_ context: ProcessorContext, _ programs: ProgramShelf) throws {
    self.context = context
    self.programs = programs
    tiers = try context.store(TierTopology.tierStore)
    purchases = try context.store(TierTopology.purchaseStore)
    awards = try context.store(TierTopology.awardStore)
  }

  /// Counts what a purchase or return brought to a member under a version of a programme, and returns the member's own
  /// clock after it. Judgements due before the event come first, those that the worker's clock has passed come after.
  func count(
    _ activity: TierActivity, of memberId: String, occurredAt: Instant, now: Instant, cause: String,
    under program: Program
  ) throws -> Instant {
    let key = TierKey(memberId: memberId, programId: program.id)
    var state = try tiers.get(key) ?? TierState(memberId: memberId, programId: program.id)
    var changes = judge(&state, upTo: occurredAt)
    changes += state.count(activity, occurredAt: occurredAt, cause: cause, under: program)
    changes += judge(&state, upTo: now)
    if moveCauses.updateValue(cause, forKey: key) == nil { moved.append(key) }
    try keep(key, state, changes)
    return max(state.clock, now)
  }

  /// Each judgement by the version of the programme in force at its instant. Where the programme or its tiers were
  /// withdrawn nothing is left to judge by, until the next purchase.
  func judge(_ state: inout TierState, upTo instant: Instant) -> [TierChange] {
    var changes: [TierChange] = []
    while let due = state.nextJudgement, due <= instant {
      guard let program = programs.catalog.version(of: state.programId, at: due), program.tiers != nil else {
        state.nextJudgement = nil
        break
      }
      changes += state.judge(upTo: due, under: program)
    }
    return changes
  }

  func keep(_ key: TierKey, _ state: TierState, _ changes: [TierChange]) throws {
    try tiers.put(key, state)
    for change in changes { tell(change, key) }
  }

  /// Tells the progress of each member whose metric moved in this cycle, unless a change told it.
  func tellProgress() throws {
    for key in moved {
      guard let state = try tiers.get(key), let cause = moveCauses[key],
        let program = programs.catalog.version(of: key.programId, at: state.clock),
        let progress = state.progress(cause: cause, under: program)
      else { continue }
      if let told = told[key], told.tells(progress.standing) { continue }
      tell(progress, key)
    }
    moved.removeAll(keepingCapacity: true)
    moveCauses.removeAll(keepingCapacity: true)
    told.removeAll(keepingCapacity: true)
  }

  private func tell(_ change: TierChange, _ key: TierKey) {
    if moveCauses[key] != nil { told[key] = change.standing }
    writer.reset()
    change.encode(to: &writer)
    send(
      EventAttributes(
        id: change.eventId, type: TierChange.type, source: Self.source, occurredAt: change.occurredAt),
      to: .tiers, partition: context.partition, key: RecordKey.memberProgram(key.memberId, key.programId))
  }

  /// Removes every row of a member, clears `loyalty.tiers` of it, and says how many rows there were.
  func erase(memberId: String) throws -> Int {
    let prefix = memberId + RecordKey.separator
    let purchaseRows = try purchases.scan(prefix: prefix)
    for (key, _) in purchaseRows { try purchases.remove(key) }
    let awardRows = try awards.scan(prefix: prefix)
    for (key, _) in awardRows { try awards.remove(key) }
    let tierRows = try tiers.scan(prefix: prefix)
    for (key, _) in tierRows {
      try tiers.remove(key)
      context.outbox.sendTombstone(
        topic: TierTopology.Output.tiers.rawValue, partition: context.partition,
        key: RecordKey.memberProgram(key.memberId, key.programId))
    }
    moved.removeAll { $0.memberId == memberId }
    return purchaseRows.count + awardRows.count + tierRows.count
  }

  func report(_ report: PrivacyReport) {
    writer.reset()
    report.encode(to: &writer)
    send(
      EventAttributes(
        id: report.id, type: PrivacyReport.type, source: Self.source, occurredAt: report.occurredAt),
      to: .privacyReports, partition: nil, key: report.memberId)
  }

  /// Sends what the writer holds.
  private func send(_ attributes: EventAttributes, to output: TierTopology.Output, partition: Int32?, key: String) {
    context.outbox.send(
      attributes, topic: output.rawValue, partition: partition, key: key,
      traceparent: cause?.header("traceparent"), value: writer)
  }
}

extension TierStanding {
  /// Whether a member who was told this knows the way to the next level that `other` would tell.
  fileprivate func tells(_ other: TierStanding) -> Bool {
    level == other.level && since == other.since && until == other.until && next == other.next
  }
}
