import Contracts
import Loyalty
import ServiceDomain

/// Learns of tier changes, and corrects what the purchases made since were given.
struct TierDesk {
  private let book: AccountBook
  private let programs: ProgramShelf

  init(_ book: AccountBook, _ programs: ProgramShelf) {
    self.book = book
    self.programs = programs
  }

  func take(_ change: TierChange) throws {
    var account = try book.account(change.memberId, change.programId)
    let isNews = account.note(change.standing)
    // Progress tells of a level that is known, as a rule: nothing is to be rated again.
    guard change.since != .distantPast, !account.knows(change) else {
      if isNews { try book.keep(account) }
      return
    }
    let prefix = PurchaseKey.prefix(change.memberId, change.programId)
    // An account whose clock stands before the change has no purchase that it could concern.
    let found = account.clock < change.since ? [] : try book.purchases.scan(prefix: prefix)
    var records = found.map(\.row)
    let catalog = programs.catalog
    let changed = account.note(
      change, records: &records, version: { catalog.version(of: change.programId, number: $0) },
      bookedAt: book.bookedAt(account, change.since), into: &book.journal)
    for index in changed { try book.purchases.put(found[index].key, records[index]) }
    try book.takeBackLostBonuses(&account, catalog)
    try book.keep(account)
  }
}
