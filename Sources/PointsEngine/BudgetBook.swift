import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What one partition keeps of campaigns' budgets: its allotments, the awards that wait for more, and the budgets that
/// it owns itself.
final class BudgetBook {
  let allotments: Store<String, CampaignAllotment>
  let budgets: Store<String, CampaignBudget>
  let deferrals: Store<String, DeferredAward>
  private let context: ProcessorContext
  private let programs: ProgramShelf
  private let publisher: EventPublisher
  private let output: EventPublisher.Output
  /// The campaigns whose allotments changed in this cycle, in the order of the first change, and when the last purchase
  /// of each occurred.
  private var touched: [CampaignKey] = []
  private var touchedAt: [CampaignKey: Instant] = [:]

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ programs: ProgramShelf) throws {
    self.context = context
    self.publisher = publisher
    output = publisher.output(.budgets)
    self.programs = programs
    allotments = try context.store(PointsTopology.allotments)
    budgets = try context.store(PointsTopology.budgets)
    deferrals = try context.store(PointsTopology.deferrals)
  }

  /// The budget of the version in force at `instant`; 0 where it has no such campaign.
  func budget(of key: CampaignKey, at instant: Instant) -> Points {
    let program = programs.catalog.version(of: key.programId, at: instant)
    return program?.campaigns.first { $0.id == key.campaign }?.budget ?? 0
  }

  // MARK: Awards

  /// What may be awarded here and now.
  func rooms(of program: Program) throws -> CampaignRooms {
    var rooms = CampaignRooms()
    for campaign in program.campaigns {
      let key = CampaignKey(programId: program.id, campaign: campaign.id)
      let allotment = try allotments.get(key.text)
      rooms.left[campaign.id] = allotment?.left ?? 0
      if let exhausted = allotment?.exhausted, exhausted >= campaign.budget { rooms.exhausted.insert(campaign.id) }
    }
    return rooms
  }

  /// Takes off the allotments what an award took of `rooms`.
  func settle(_ rooms: CampaignRooms, after before: CampaignRooms, of program: Program, at instant: Instant) throws {
    for campaign in program.campaigns where rooms.left[campaign.id] != before.left[campaign.id] {
      let key = CampaignKey(programId: program.id, campaign: campaign.id)
      guard var allotment = try allotments.get(key.text), let left = rooms.left[campaign.id] else { continue }
      allotment.left = left
      try allotments.put(key.text, allotment)
      touch(key, at: instant)
    }
  }

  /// Lets what did not fit wait for more, unless nothing is left to wait for.
  func letWait(_ deferral: Journal.Deferral, of memberId: String, _ programId: String) throws {
    let key = CampaignKey(programId: programId, campaign: deferral.campaign)
    let instant = deferral.earnedAt
    var allotment = try allotments.get(key.text) ?? CampaignAllotment()
    guard let number = allotment.makeWait(deferral.points, budget: budget(of: key, at: instant)) else { return }
    try deferrals.put(
      key.deferral(number),
      DeferredAward(
        memberId: memberId, lotId: deferral.lotId, rule: deferral.rule, points: deferral.points,
        earnedAt: deferral.earnedAt, programVersion: deferral.programVersion))
    try allotments.put(key.text, allotment)
    touch(key, at: instant)
  }

  /// Forgets what waits for a member, and says how many rows that were.
  func erase(memberId: String) throws -> Int {
    let rows = try deferrals.scan(prefix: "").filter { $0.row.memberId == memberId }
    for (key, _) in rows { try deferrals.remove(key) }
    return rows.count
  }

  // MARK: Messages

  func touch(_ key: CampaignKey, at instant: Instant) {
    if let known = touchedAt[key] {
      touchedAt[key] = max(known, instant)
    } else {
      touched.append(key)
      touchedAt[key] = instant
    }
  }

  /// The campaigns touched since the last call, each with when its last purchase occurred.
  func takeTouched() -> [(key: CampaignKey, at: Instant)] {
    defer {
      touched.removeAll(keepingCapacity: true)
      touchedAt.removeAll(keepingCapacity: true)
    }
    return touched.map { ($0, touchedAt[$0] ?? .distantPast) }
  }

  /// A claim goes to the partition of its key, a grant to the one that claimed.
  func send(_ message: BudgetMessage, _ key: CampaignKey, to partition: Int32?) {
    publisher.publish(message, to: output, partition: partition, key: key.text)
  }

  var partition: Int32 { context.partition }
  var partitionCount: Int { context.partitionCount }
}
