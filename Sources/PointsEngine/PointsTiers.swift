import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Judges the tiers that are measured in points or by activities.
///
/// The tier decides what a purchase earns, and what it earns decides the tier. So these tiers are judged where each
/// point is booked, event by event: no purchase is rated before the level is known that the ones before it led to, and
/// a history fed fast and one lived day by day are the same. The tier evaluator leaves these programmes alone.
final class PointsTiers {
  private let context: ProcessorContext
  private let programs: ProgramShelf
  private let tiers: TierBook
  private let book: AccountBook
  private let asking: LevelAsking
  /// How many corrections deep the tier is being judged.
  private var depth = 0

  /// A level set by hand in the past corrects purchases; what these count can lift the level after the last of them
  /// only, where there is nothing to correct.
  private static let depthMax = 3

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ book: AccountBook, _ programs: ProgramShelf,
    _ asking: LevelAsking
  ) throws {
    self.context = context
    self.programs = programs
    self.book = book
    self.asking = asking
    tiers = try TierBook(context, programs, publisher, store: PointsTopology.tiers, judgesAsBooked: true)
  }

  func judges(_ programId: String) -> Bool { tiers.judges(programId) }

  // MARK: Before and after a booking

  /// What time has done to a member's level by `instant`: before something of that instant is rated.
  func judge(_ account: inout Account, upTo instant: Instant) throws {
    guard judges(account.programId) else { return }
    let known = try tiers.states.get(key(account))
    var state = try known ?? takeOver(account)
    let isDue = state.nextJudgement.map { $0 <= instant } ?? false
    guard isDue || known == nil else { return }
    let changes = tiers.judge(&state, upTo: instant)
    try tiers.keep(state, changes)
    try follow(changes, &account)
  }

  /// Counts a purchase that was just booked; what came back before it came takes off again.
  func count(_ record: PurchaseRecord, of account: inout Account) throws {
    guard judges(account.programId) else { return }
    let program = programs.catalog.version(of: account.programId, number: record.programVersion)
    let whole = record.tierAmountsWhenBooked(under: program)
    try count(
      whole, earnedAt: record.occurredAt, occurredAt: record.occurredAt, cause: record.purchaseId, of: &account)
    try count(
      record.tierAmounts(under: program) - whole, earnedAt: record.occurredAt, occurredAt: account.clock,
      cause: record.purchaseId, of: &account)
  }

  /// Counts what changed in purchases that were booked before.
  func count(_ changes: [RecordChange], of account: inout Account) throws {
    guard judges(account.programId) else { return }
    for change in changes {
      try count(
        change.difference, earnedAt: change.earnedAt, occurredAt: change.occurredAt, cause: change.cause, of: &account)
    }
  }

  /// Counts an activity that was just booked, and the points it earned.
  func count(
    _ points: Points, _ activity: Activity, under program: Program, of account: inout Account
  ) throws {
    guard judges(account.programId) else { return }
    let counted = program.tiers?.activities?.millionths(of: activity) ?? 0
    try count(
      TierAmounts(points: points.value, basePoints: points.value, activities: counted),
      earnedAt: activity.occurredAt, occurredAt: activity.occurredAt, cause: activity.id, of: &account)
  }

  private func count(
    _ amounts: TierAmounts, earnedAt: Instant, occurredAt: Instant, cause: String, of account: inout Account
  ) throws {
    var amounts = amounts
    if !programs.catalog.measuresPurchases(account.programId) { amounts.spend = 0; amounts.visits = 0 }
    if !programs.catalog.measuresPoints(account.programId) { amounts.points = 0; amounts.basePoints = 0 }
    guard !amounts.isZero, let program = programs.catalog.version(of: account.programId, at: occurredAt),
      program.tiers != nil
    else { return }
    var state = try tiers.states.get(key(account)) ?? takeOver(account)
    let changes = try tiers.count(
      TierActivity(purchasedAt: earnedAt, amounts: amounts), in: &state, occurredAt: occurredAt, now: now,
      cause: cause, under: program)
    try follow(changes, &account)
  }

  /// Takes the changes into the account. One that lies in its past corrects what was earned since.
  private func follow(_ changes: [TierChange], _ account: inout Account) throws {
    guard !changes.isEmpty else { return }
    depth += 1
    defer { depth -= 1 }
    precondition(depth <= Self.depthMax, "a tier goes on changing what it is measured by")
    for change in changes { try count(try book.follow(change, &account, programs.catalog), of: &account) }
  }

  // MARK: Commands and time

  /// The programme of a command, where it is one of those judged here. What names none is told by the tier evaluator.
  func target(of command: TierCommand) -> Program? {
    guard case .success(let program) = programs.target(of: command), judges(program.id) else { return nil }
    return program
  }

  /// Sets a level by hand.
  func set(_ command: TierCommand, under program: Program) throws {
    var account = try book.account(command.memberId, program.id)
    var state = try tiers.states.get(key(account)) ?? takeOver(account)
    guard try !asking.mustWait(command, of: &state, under: program, tiers) else { return }
    try set(command, &account, &state, under: program)
  }

  /// What became of asking whether its actor may set another level today.
  func settle(_ command: TierCommand, isGranted: Bool) throws {
    guard let program = target(of: command) else { return }
    var account = try book.account(command.memberId, program.id)
    var state = try tiers.states.get(key(account)) ?? takeOver(account)
    guard try asking.settle(command, isGranted: isGranted, &state) else { return }
    try set(command, &account, &state, under: program)
  }

  private func set(
    _ command: TierCommand, _ account: inout Account, _ state: inout TierState, under program: Program
  ) throws {
    let changes = try tiers.set(command, in: &state, under: program, now: now)
    try follow(changes, &account)
    try book.keep(account)
  }

  /// Judges what is due, and tells anew what time has moved.
  var sweep: Sweep {
    .each(tiers.states) { [self] key, row, nowMs in
      var state = row
      let changes = tiers.wake(&state, upTo: Instant(milliseconds: nowMs))
      try tiers.keep(state, changes)
      var account = try book.account(key.memberId, key.programId)
      try follow(changes, &account)
      try book.keep(account)
    }
  }

  /// Progress is told once a cycle and member, to the account too: to tell it takes a walk through all that counts.
  func cycleEnding() throws {
    try tiers.tellProgress { key, standing in
      var account = try book.account(key.memberId, key.programId)
      if account.note(standing) { try book.keep(account) }
    }
  }

  func erase(memberId: String) throws -> Int { try tiers.erase(memberId: memberId) }

  // MARK: Rows

  private var now: Instant { Instant(milliseconds: context.clock.nowMs) }

  private func key(_ account: Account) -> TierKey {
    TierKey(memberId: account.memberId, programId: account.programId)
  }

  /// A member's first state here: empty for a new one, else what the account knows of the time before.
  private func takeOver(_ account: Account) throws -> TierState {
    let purchases = try book.purchases.scan(prefix: PurchaseKey.prefix(account.memberId, account.programId))
    return TierState(
      takingOver: account, purchases.map(\.row),
      under: programs.catalog.version(of: account.programId, at: account.clock),
      version: { programs.catalog.version(of: account.programId, number: $0) })
  }
}
