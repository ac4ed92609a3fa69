import Contracts
import Loyalty
import ServiceDomain

/// Learns of tier changes that the tier evaluator judged, and corrects what the purchases made since were given.
struct TierDesk {
  private let book: AccountBook
  private let tiers: PointsTiers
  private let programs: ProgramShelf

  init(_ book: AccountBook, _ tiers: PointsTiers, _ programs: ProgramShelf) {
    self.book = book
    self.tiers = tiers
    self.programs = programs
  }

  func process(_ change: TierChange) throws {
    // Told by this very engine.
    guard !tiers.judges(change.programId) else { return }
    var account = try book.account(change.memberId, change.programId)
    let before = account
    _ = try book.follow(change, &account, programs.catalog)
    if account != before { try book.keep(account) }
  }
}
