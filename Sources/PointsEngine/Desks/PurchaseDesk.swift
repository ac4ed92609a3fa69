import Contracts
import Loyalty
import ServiceDomain

/// Books purchases and takes back what was returned.
struct PurchaseDesk {
  private let book: AccountBook
  private let budgets: BudgetBook
  private let programs: ProgramShelf
  private let memory: PurchaseMemory
  private let tiers: PointsTiers

  init(
    _ book: AccountBook, _ budgets: BudgetBook, _ programs: ProgramShelf, _ memory: PurchaseMemory, _ tiers: PointsTiers
  ) {
    self.tiers = tiers
    self.book = book
    self.budgets = budgets
    self.programs = programs
    self.memory = memory
  }

  func process(_ transaction: Transaction) throws {
    if let purchaseId = transaction.purchaseId {
      try reverse(transaction, purchaseId)
    } else {
      for program in programs.inForce(at: transaction.occurredAt) where program.rates(transaction) {
        try award(transaction, under: program)
      }
    }
  }

  private func award(_ purchase: Transaction, under program: Program) throws {
    let key = PurchaseKey.of(purchaseId: purchase.id, source: purchase.source, purchase.memberId, program.id)
    guard try book.purchases.get(key) == nil else { return }
    var account = try book.takeAccount(purchase.memberId, program.id)
    try tiers.judge(&account, upTo: purchase.occurredAt)
    let record = try rate(purchase, &account, under: program)
    memory.noting(record, in: &account)
    try book.purchases.put(key, record)
    try tiers.count(record, of: &account)
    try tiers.count(try book.takeBackLostBonuses(&account, programs.catalog), of: &account)
    try book.keep(account)
  }

  private func rate(_ purchase: Transaction, _ account: inout Account, under program: Program) throws -> PurchaseRecord
  {
    let bookedAt = book.bookedAt(account, purchase.occurredAt)
    let traits = try book.traits(of: purchase.memberId, under: program)
    guard !program.campaigns.isEmpty else {
      return account.book(purchase, under: program, traits: traits, bookedAt: bookedAt, into: &book.journal)
    }
    let before = try budgets.rooms(of: program)
    var rooms = before
    let record = account.book(
      purchase, under: program, traits: traits, rooms: &rooms, bookedAt: bookedAt, into: &book.journal)
    try budgets.settle(rooms, after: before, of: program, at: purchase.occurredAt)
    return record
  }

  /// Every programme that rated the purchase takes back its own; where none has seen it, each that would rate it waits.
  private func reverse(_ reversal: Transaction, _ purchaseId: String) throws {
    var isKnown = false
    for programId in programs.catalog.programIds where reversal.programId ?? programId == programId {
      guard let (key, found) = try find(purchaseId, of: reversal, programId) else { continue }
      guard let program = programs.catalog.version(of: programId, number: found.programVersion) else { continue }
      isKnown = true
      var record = found
      var account = try book.account(reversal.memberId, programId)
      try tiers.judge(&account, upTo: reversal.occurredAt)
      account.apply(
        reversal, to: &record, under: program, bookedAt: book.bookedAt(account, reversal.occurredAt),
        into: &book.journal)
      try book.purchases.put(key, record)
      let own = RecordChange(
        before: found, after: record, under: program, occurredAt: reversal.occurredAt, cause: reversal.id)
      try tiers.count([own] + book.takeBackLostBonuses(&account, programs.catalog), of: &account)
      try book.keep(account)
    }
    guard !isKnown else { return }
    for program in programs.inForce(at: reversal.occurredAt) where program.concerns(reversal) {
      var account = try book.account(reversal.memberId, program.id)
      account.keepWaiting(
        reversal, under: program, bookedAt: book.bookedAt(account, reversal.occurredAt), into: &book.journal)
      try book.keep(account)
    }
  }

  /// The purchase from the return's own source; else the only one of that id.
  private func find(_ purchaseId: String, of reversal: Transaction, _ programId: String) throws
    -> (key: String, record: PurchaseRecord)?
  {
    let key = PurchaseKey.of(purchaseId: purchaseId, source: reversal.source, reversal.memberId, programId)
    if let record = try book.purchases.get(key) { return (key, record) }
    let found = try book.purchases.scan(
      prefix: PurchaseKey.prefix(purchaseId: purchaseId, reversal.memberId, programId))
    guard found.count == 1, let only = found.first else { return nil }
    return (only.key, only.row)
  }
}

extension Program {
  /// Whether a purchase earns under this version.
  fileprivate func rates(_ purchase: Transaction) -> Bool {
    status == .active && concerns(purchase)
  }

  fileprivate func concerns(_ transaction: Transaction) -> Bool {
    (transaction.programId ?? id) == id && takesCurrency(of: transaction)
  }
}
