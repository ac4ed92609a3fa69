import Contracts
import Loyalty
import ServiceDomain

/// Forgets members: what is left is forfeited, and every row goes.
struct ForfeitDesk {
  private let book: AccountBook
  private let budgets: BudgetBook
  private let tiers: PointsTiers

  init(_ book: AccountBook, _ budgets: BudgetBook, _ tiers: PointsTiers) {
    self.book = book
    self.budgets = budgets
    self.tiers = tiers
  }

  /// Says how many rows went.
  func erase(_ task: PrivacyTask) throws -> Int {
    let member = task.memberId + RecordKey.separator
    var rowsErased = try budgets.erase(memberId: task.memberId) + tiers.erase(memberId: task.memberId)
    for (key, _) in try book.purchases.scan(prefix: member) {
      try book.purchases.remove(key)
      rowsErased += 1
    }
    for (key, _) in try book.commands.scan(prefix: member) {
      try book.commands.remove(key)
      rowsErased += 1
    }
    for (key, _) in try book.commandContents.scan(prefix: member) {
      try book.commandContents.remove(key)
      rowsErased += 1
    }
    for (key, _) in try book.proposals.scan(prefix: member) {
      try book.endWait(key: key)
      rowsErased += 1
    }
    for (key, _) in try book.activities.scan(prefix: member) {
      try book.activities.remove(key)
      rowsErased += 1
    }
    if try book.traits.get(task.memberId) != nil {
      try book.traits.remove(task.memberId)
      rowsErased += 1
    }
    for (_, row) in try book.accounts.scan(prefix: member) {
      var account = row
      account.forfeit(
        requestId: task.requestId, occurredAt: task.occurredAt, programVersion: account.lots.last?.programVersion ?? 1,
        bookedAt: book.bookedAt(account, task.occurredAt), into: &book.journal)
      try book.end(account)
      rowsErased += 1
    }
    return rowsErased
  }
}
