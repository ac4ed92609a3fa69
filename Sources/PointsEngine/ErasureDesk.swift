import Contracts
import Loyalty
import ServiceDomain

/// Forgets members: what is left is forfeited, every row goes, and a report tells how many went.
struct ErasureDesk {
  private let book: AccountBook
  private let budgets: BudgetBook
  private let tiers: PointsTiers
  private let erased: ErasedMembers
  private let partition: Int32

  init(
    _ book: AccountBook, _ budgets: BudgetBook, _ tiers: PointsTiers, _ erased: ErasedMembers, partition: Int32
  ) {
    self.tiers = tiers
    self.book = book
    self.budgets = budgets
    self.erased = erased
    self.partition = partition
  }

  func take(_ task: PrivacyTask) throws {
    guard task.isFor(.pointsEngine), task.kind == .erase else { return }
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
    try erased.remember(task)
    book.report(
      task.report(by: .pointsEngine, partition: partition, rowsErased: rowsErased, at: task.occurredAt))
  }
}
