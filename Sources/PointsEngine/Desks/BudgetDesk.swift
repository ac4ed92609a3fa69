import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Keeps campaigns within their budgets over all partitions: claims points for this one, books what was granted to the
/// awards that wait, and answers the claims on budgets that this partition owns. See docs/campaign-budgets.md.
struct BudgetDesk {
  private let budgets: BudgetBook
  private let book: AccountBook
  private let programs: ProgramShelf
  private let tiers: PointsTiers

  init(_ budgets: BudgetBook, _ book: AccountBook, _ programs: ProgramShelf, _ tiers: PointsTiers) {
    self.tiers = tiers
    self.budgets = budgets
    self.book = book
    self.programs = programs
  }

  func process(_ message: BudgetMessage) throws {
    switch message {
    case .claim(let claim):
      guard (0..<Int32(budgets.partitionCount)).contains(claim.partition) else { throw Self.unknownPartition }
      try answer(claim)
    case .grant(let grant):
      guard grant.partition == budgets.partition else { throw Self.unknownPartition }
      try award(grant)
    }
  }

  private static let unknownPartition = PoisonRecord(
    code: "unknown-partition", "the message names a partition that there is not, or not this one")

  /// One claim a campaign and cycle, for all that the cycle's purchases lacked.
  func cycleEnding() throws {
    for (key, instant) in budgets.takeTouched() {
      guard var allotment = try budgets.allotments.get(key.text) else { continue }
      if allotment.left > 0, allotment.deferred > 0 { try awardWaiting(key, &allotment, grant: allotment.answered) }
      if let claim = allotment.claim() {
        budgets.send(
          .claim(
            BudgetClaim(
              programId: key.programId, campaign: key.campaign, partition: budgets.partition, number: claim.number,
              points: claim.points, occurredAt: instant)),
          key, to: nil)
      }
      try budgets.allotments.put(key.text, allotment)
    }
  }

  /// The owner's part.
  private func answer(_ claim: BudgetClaim) throws {
    let key = CampaignKey(programId: claim.programId, campaign: claim.campaign)
    var budget = try budgets.budgets.get(key.text) ?? CampaignBudget()
    let amount = budgets.budget(of: key, at: claim.occurredAt)
    guard let grant = budget.answer(claim, budget: amount, partitionCount: budgets.partitionCount) else { return }
    try budgets.budgets.put(key.text, budget)
    budgets.send(.grant(grant), key, to: grant.partition)
  }

  private func award(_ grant: BudgetGrant) throws {
    let key = CampaignKey(programId: grant.programId, campaign: grant.campaign)
    guard var allotment = try budgets.allotments.get(key.text), allotment.take(grant) else { return }
    try awardWaiting(key, &allotment, grant: grant.number)
    try budgets.allotments.put(key.text, allotment)
    budgets.touch(key, at: grant.occurredAt)
  }

  /// Books what is left to the awards that wait, the first first. Where nothing remains to claim either, the others
  /// stay as they are.
  private func awardWaiting(_ key: CampaignKey, _ allotment: inout CampaignAllotment, grant: Int64) throws {
    allotment.deferred = 0
    for (rowKey, row) in try budgets.deferrals.scan(prefix: key.deferrals) {
      var waiting = row
      if allotment.left > 0 {
        let wanted = min(allotment.left, waiting.points)
        let number = rowKey.dropFirst(key.deferrals.count).drop { $0 == "0" }
        let given = try award(
          wanted, to: waiting, of: key, id: "\(key.campaign)/\(budgets.partition)/\(grant)/\(number)")
        allotment.left -= given
        // What was not taken of it is not owed any more.
        waiting.points = given == wanted ? waiting.points - given : 0
      }
      if waiting.points > 0, allotment.exhausted == nil {
        allotment.deferred = allotment.deferred.addingBounded(waiting.points)
        if waiting != row { try budgets.deferrals.put(rowKey, waiting) }
      } else {
        if waiting.points > 0 { try tellThatNothingIsLeft(waiting, of: key) }
        try budgets.deferrals.remove(rowKey)
      }
    }
  }

  /// An award that was given nothing at all and now never will be is told as one that a limit left nothing of.
  private func tellThatNothingIsLeft(_ waiting: DeferredAward, of key: CampaignKey) throws {
    var account = try book.account(waiting.memberId, key.programId)
    let bookedAt = book.bookedAt(account, account.clock)
    if let purchaseKey = PurchaseKey.of(lotId: waiting.lotId, waiting.memberId, key.programId) {
      guard let record = try book.purchases.get(purchaseKey) else { return }
      account.tellThatNothingIsLeft(
        for: waiting.rule, of: record, bookedAt: bookedAt, into: &book.journal)
    } else {
      guard let activityKey = ActivityKey.of(lotId: waiting.lotId, waiting.memberId, key.programId),
        let record = try book.activities.get(activityKey)?.record
      else { return }
      account.tellThatNothingIsLeft(
        for: waiting.rule, of: record, bookedAt: bookedAt, into: &book.journal)
    }
    try book.keep(account)
  }

  /// Says how much was booked: less than `points` when the award is not owed so much any more, or is forgotten.
  private func award(_ points: Points, to waiting: DeferredAward, of key: CampaignKey, id: String) throws -> Points {
    guard let program = programs.catalog.version(of: key.programId, number: waiting.programVersion) else { return 0 }
    var account = try book.account(waiting.memberId, key.programId)
    let bookedAt = book.bookedAt(account, account.clock)
    let given: Points
    if let purchaseKey = PurchaseKey.of(lotId: waiting.lotId, waiting.memberId, key.programId) {
      guard let before = try book.purchases.get(purchaseKey) else { return 0 }
      var record = before
      given = account.grant(
        points, rule: waiting.rule, id: id, to: &record, under: program, bookedAt: bookedAt, into: &book.journal)
      if given > 0 {
        try book.purchases.put(purchaseKey, record)
        let change = RecordChange(
          before: before, after: record, under: program, occurredAt: record.occurredAt, cause: record.purchaseId)
        try tiers.count([change], of: &account)
      }
    } else {
      guard let activityKey = ActivityKey.of(lotId: waiting.lotId, waiting.memberId, key.programId),
        var row = try book.activities.get(activityKey)
      else { return 0 }
      let before = row.record
      given = account.grant(
        points, rule: waiting.rule, id: id, to: &row.record, under: program, bookedAt: bookedAt, into: &book.journal)
      if given > 0 {
        try book.activities.put(activityKey, row)
        try tiers.count([RecordChange(before: before, after: row.record)], of: &account)
      }
    }
    if given > 0 { try book.keep(account) }
    return given
  }
}
