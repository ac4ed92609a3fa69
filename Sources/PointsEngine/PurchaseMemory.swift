import Contracts
import Loyalty
import ServiceDomain

/// How long purchases are remembered: `purchase-memory-days` after they occurred, until their points have expired, and
/// as long as the member holds points of them. A return that comes later is treated as one of a purchase that is not
/// known: it waits, and is then refused. With the purchases goes what the account needs for them alone.
///
/// The account's row carries the instant at which its purchases are looked through, so that a purchase costs no timer
/// of its own.
struct PurchaseMemory {
  private let book: AccountBook
  private let programs: ProgramShelf
  private let memoryMs: Int64

  /// Between two looks at one account, so that each finds some to forget.
  private static let reviewEveryMs: Int64 = 30 * Instant.dayMs

  init(_ book: AccountBook, _ programs: ProgramShelf, _ settings: PointsSettings) {
    self.book = book
    self.programs = programs
    memoryMs = settings.purchaseMemoryMs
  }

  /// A purchase of this account is about to be remembered.
  func noting(_ record: PurchaseRecord, in account: inout Account) {
    if account.purchaseReview == nil { account.purchaseReview = forgetAt(record) }
  }

  /// Forgets the purchases of an account that may be, if it is time to look at them.
  func review(_ account: inout Account, at now: Instant) throws {
    guard let review = account.purchaseReview, review <= now else { return }
    let held = Set(account.lots.map(\.id))
    var next: Instant?
    var oldest = now.advanced(byMilliseconds: -memoryMs)
    for (key, record) in try book.purchases.scan(prefix: PurchaseKey.prefix(account.memberId, account.programId)) {
      let forgetAt = forgetAt(record)
      if forgetAt <= now, !held.contains(record.lotId) {
        try book.purchases.remove(key)
      } else {
        next = min(forgetAt, next ?? forgetAt)
        oldest = min(oldest, record.occurredAt)
      }
    }
    account.purchaseReview = next.map { max($0, now.advanced(byMilliseconds: Self.reviewEveryMs)) }
    account.forget(before: oldest, under: programs.catalog.versions(of: account.programId, inForceSince: oldest))
  }

  private func forgetAt(_ record: PurchaseRecord) -> Instant {
    let returnable = record.occurredAt.advanced(byMilliseconds: memoryMs)
    return [returnable, record.pendingUntil, record.expiresAt].compactMap { $0 }.max() ?? returnable
  }
}
