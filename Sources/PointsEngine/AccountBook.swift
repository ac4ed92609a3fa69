import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the engine keeps of the members in one partition, and how its changes leave it: each booking on
/// `loyalty.ledger` at once, each account on `loyalty.accounts` as it stands when the cycle ends.
final class AccountBook {
  let accounts: Store<String, Account>
  let purchases: Store<String, PurchaseRecord>
  let commands: Store<String, CommandRow>
  let commandContents: Store<String, CommandContentRow>
  let proposals: Store<String, ProposalRow>
  let activities: Store<String, ActivityRow>
  let traits: Store<String, MemberTraits>
  /// What the operation at hand has booked; emptied by ``keep(_:)``.
  var journal = Journal()
  private let context: ProcessorContext
  private let budgets: BudgetBook
  private let publisher: EventPublisher
  private let ledger: EventPublisher.Output
  private let statements: EventPublisher.Output
  private let transfers: EventPublisher.Output
  private let waiting: EventPublisher.Output
  /// Accounts that changed in this cycle, in the order of their first change.
  private var changed: [String] = []
  private var isChanged: Set<String> = []
  /// That of the account asked for last: it is kept next, as a rule.
  private var lastKey = (memberId: "", programId: "", key: "")

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ budgets: BudgetBook) throws {
    self.context = context
    self.publisher = publisher
    self.budgets = budgets
    ledger = publisher.ownPartition(of: .ledger)
    statements = publisher.ownPartition(of: .accounts)
    transfers = publisher.output(.transfers)
    waiting = publisher.ownPartition(of: .proposals)
    accounts = try context.store(PointsTopology.accounts)
    purchases = try context.store(PointsTopology.purchases)
    commands = try context.store(PointsTopology.commands)
    commandContents = try context.store(PointsTopology.commandContents)
    proposals = try context.store(PointsTopology.proposals)
    activities = try context.store(PointsTopology.activities)
    traits = try context.store(PointsTopology.traits)
  }

  /// The account as it stands, or a new one.
  func account(_ memberId: String, _ programId: String) throws -> Account {
    try accounts.get(key(of: memberId, programId)) ?? Account(memberId: memberId, programId: programId)
  }

  /// The same, moved out of the store so that changing it copies nothing: ``keep(_:)`` puts it back.
  func takeAccount(_ memberId: String, _ programId: String) throws -> Account {
    try accounts.take(key(of: memberId, programId)) ?? Account(memberId: memberId, programId: programId)
  }

  private func key(of memberId: String, _ programId: String) -> String {
    if lastKey.memberId != memberId || lastKey.programId != programId {
      lastKey = (memberId, programId, RecordKey.memberProgram(memberId, programId))
    }
    return lastKey.key
  }

  /// What is known of a member's profile now, where a programme's conditions ask for it.
  func traits(of memberId: String, under program: Program) throws -> MemberTraits? {
    program.asksForTraits ? try traits.get(memberId) : nil
  }

  /// A return may take a bonus from another purchase than its own. One that is not remembered any more keeps it. Says
  /// which purchases are worth less now.
  func takeBackLostBonuses(_ account: inout Account, _ catalog: ProgramCatalog) throws -> [RecordChange] {
    var changes: [RecordChange] = []
    while let bonus = journal.takeLostBonus() {
      guard let (key, found) = try purchase(ofLot: bonus.lotId, account),
        let program = catalog.version(of: account.programId, number: found.programVersion)
      else { continue }
      var record = found
      // It may have run out as late as in this operation, which the row does not tell yet.
      record.expired += journal.takeExpiry(of: record.lotId)
      let before = record
      account.takeBack(
        bonus, from: &record, under: program, bookedAt: bookedAt(account, bonus.after.occurredAt), into: &journal)
      try purchases.put(key, record)
      changes.append(
        RecordChange(
          before: before, after: record, under: program, occurredAt: bonus.after.occurredAt, cause: bonus.after.id))
    }
    return changes
  }

  /// By the id of its lot, or what stands for that where it is long: then all of the account's are looked through.
  private func purchase(ofLot shortId: String, _ account: Account) throws -> (key: String, row: PurchaseRecord)? {
    if let key = PurchaseKey.of(lotId: shortId, account.memberId, account.programId) {
      return try purchases.get(key).map { (key, $0) }
    }
    // Bonuses whose purchase is not known by name any more stay.
    guard !shortId.isEmpty else { return nil }
    return try purchases.scan(prefix: PurchaseKey.prefix(account.memberId, account.programId)).first {
      Lot.shortId($0.row.lotId) == shortId
    }
  }

  /// Takes a tier change into the account, and corrects what purchases and activities since were given. Says which are
  /// worth something else now.
  func follow(_ change: TierChange, _ account: inout Account, _ catalog: ProgramCatalog) throws -> [RecordChange] {
    _ = account.note(change.standing)
    // Progress tells of a level that is known, as a rule: nothing is to be rated again.
    guard change.since != .distantPast, !account.knows(change) else { return [] }
    // An account whose clock stands before the change has nothing that it could concern.
    let isPast = account.clock >= change.since
    let foundPurchases = isPast ? try purchases.scan(prefix: PurchaseKey.prefix(change.memberId, change.programId)) : []
    let foundActivities =
      isPast && catalog.versions(of: change.programId).contains { $0.asksForActivitiesAgain }
      ? try activities.scan(prefix: ActivityKey.prefix(change.memberId, change.programId)) : []
    var records = RatedRecords(purchases: foundPurchases.map(\.row), activities: foundActivities.map(\.row.record))
    let changed = account.note(
      change, records: &records, version: { catalog.version(of: change.programId, number: $0) },
      bookedAt: bookedAt(account, change.since), into: &journal)
    var changes: [RecordChange] = []
    for index in changed.purchases {
      let (before, after) = (foundPurchases[index].row, records.purchases[index])
      try purchases.put(foundPurchases[index].key, after)
      let program = catalog.version(of: change.programId, number: after.programVersion)
      changes.append(
        RecordChange(
          before: before, after: after, under: program, occurredAt: after.occurredAt, cause: after.purchaseId))
    }
    for index in changed.activities {
      let (before, after) = (foundActivities[index].row, records.activities[index])
      try activities.put(foundActivities[index].key, ActivityRow(record: after, forgetAt: before.forgetAt))
      changes.append(RecordChange(before: before.record, after: after))
    }
    return changes + (try takeBackLostBonuses(&account, catalog))
  }

  /// When something that happens to an account at `instant` is booked.
  func bookedAt(_ account: Account, _ instant: Instant) -> Instant {
    switch context.clock.mode {
    case .wall: Instant(milliseconds: context.clock.nowMs)
    case .stream: max(account.clock, instant)
    }
  }

  /// Stores an account after an operation on it, publishes what the operation booked, and counts what expired on the
  /// purchases it came from. The purchase the operation was about has been put already.
  func keep(_ account: consuming Account) throws {
    let memberId = account.memberId
    let programId = account.programId
    let key = key(of: memberId, programId)
    try accounts.put(key, account)
    if isChanged.insert(key).inserted { changed.append(key) }
    try publishJournal(memberId, programId)
  }

  /// Publishes the last bookings of an account and forgets it.
  func end(_ account: Account) throws {
    let key = RecordKey.memberProgram(account.memberId, account.programId)
    try accounts.remove(key)
    isChanged.remove(key)
    changed.removeAll { $0 == key }
    try publishJournal(account.memberId, account.programId)
    publisher.sendTombstone(to: statements, key: key)
  }

  /// Publishes each account that this cycle changed.
  func publishAccounts() throws {
    for key in changed {
      guard let statement = try accounts.get(key)?.statement else { continue }
      publisher.publish(statement, to: statements, key: key)
    }
    changed.removeAll(keepingCapacity: true)
    isChanged.removeAll(keepingCapacity: true)
  }

  /// Keeps an adjustment until it is approved or has waited too long, for all to see.
  func letWait(_ proposal: Proposal, key: String) throws {
    try proposals.put(key, ProposalRow(proposal))
    publisher.publish(proposal, to: waiting, key: key)
  }

  /// It waits no longer.
  func endWait(key: String) throws {
    try proposals.remove(key)
    publisher.sendTombstone(to: waiting, key: key)
  }

  /// Hands a transfer to the partition of the member whose turn it is.
  func handOver(_ transfer: Transfer) { publisher.publish(transfer, to: transfers, key: transfer.addressee) }

  private func publishJournal(_ memberId: String, _ programId: String) throws {
    // Of a buffer's elements none is copied.
    journal.entries.withUnsafeBufferPointer { entries in
      for index in entries.indices { publisher.publish(entries[index], to: ledger, key: memberId) }
    }
    for expiry in journal.expiries {
      if let key = ActivityKey.of(lotId: expiry.lotId, memberId, programId), var row = try activities.get(key) {
        row.record.expired += expiry.points
        try activities.put(key, row)
      }
      guard let key = PurchaseKey.of(lotId: expiry.lotId, memberId, programId), var record = try purchases.get(key)
      else { continue }
      record.expired += expiry.points
      try purchases.put(key, record)
    }
    for deferral in journal.deferrals {
      try budgets.letWait(deferral, of: memberId, programId)
    }
    journal.removeAll()
  }
}
