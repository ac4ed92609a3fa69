import Contracts
import Loyalty

/// Counts purchases and returns towards the members' tiers.
struct ActivityDesk {
  /// Returns of one purchase id that may wait for it; more are not kept.
  private static let waitingMax = 20

  private let book: TierBook
  private let programs: ProgramShelf

  init(_ book: TierBook, _ programs: ProgramShelf) {
    self.book = book
    self.programs = programs
  }

  func take(_ transaction: Transaction) throws {
    let key = RecordKey.memberProgram(transaction.memberId, transaction.purchaseId ?? transaction.id)
    var row = try book.purchases.get(key) ?? PurchaseRow()
    if transaction.purchaseId == nil {
      guard !row.counted.contains(where: { $0.source == transaction.source }) else { return }
      try count(transaction, in: &row)
    } else if let index = row.index(for: transaction) {
      try reverse(transaction, &row.counted[index])
    } else {
      wait(transaction, in: &row)
    }
    if row != PurchaseRow() { try book.purchases.put(key, row) }
  }

  private func count(_ purchase: Transaction, in row: inout PurchaseRow) throws {
    var counted = CountedPurchase(of: purchase)
    for program in programs.inForce(at: purchase.occurredAt) where program.counts(counted) {
      var state = try book.state(purchase.memberId, program.id)
      let changes = state.count(
        counted.activity, occurredAt: purchase.occurredAt, cause: purchase.id, under: program)
      try book.keep(state, changes)
    }
    let waiting = row.waiting
    row.waiting = []
    for reversal in waiting { try reverse(reversal.transaction, &counted) }
    row.counted.append(counted)
  }

  private func reverse(_ reversal: Transaction, _ counted: inout CountedPurchase) throws {
    guard let activity = counted.apply(reversal) else { return }
    let atPurchase = programs.inForce(at: counted.occurredAt)
    for then in atPurchase where then.counts(counted) {
      let program = programs.catalog.version(of: then.id, at: reversal.occurredAt) ?? then
      var state = try book.state(reversal.memberId, program.id)
      let changes = state.count(activity, occurredAt: reversal.occurredAt, cause: reversal.id, under: program)
      try book.keep(state, changes)
    }
  }

  private func wait(_ reversal: Transaction, in row: inout PurchaseRow) {
    let isKnown = row.waiting.contains {
      $0.transaction.id == reversal.id && $0.transaction.source == reversal.source
    }
    guard !isKnown, row.waiting.count < ActivityDesk.waitingMax else { return }
    let inForce = programs.inForce(at: reversal.occurredAt)
    let deadline = inForce.map { $0.calendar.adding(days: $0.returns.waitDays, to: reversal.occurredAt) }.max()
    guard let deadline else { return }
    row.waiting.append(WaitingReversal(transaction: reversal, deadline: deadline))
  }
}

extension PurchaseRow {
  /// The purchase from the return's own source; else the only one of that id.
  fileprivate func index(for reversal: Transaction) -> Int? {
    counted.firstIndex { $0.source == reversal.source } ?? (counted.count == 1 ? 0 : nil)
  }
}

extension Program {
  /// Whether a purchase counts towards this version's tiers.
  fileprivate func counts(_ purchase: CountedPurchase) -> Bool {
    status == .active && tiers != nil && (purchase.programId ?? id) == id && currencies.contains(purchase.currency)
  }
}
