import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Forgets members. A task comes to every partition; the one that has the member's profile or claims reports when every
/// partition that holds one of their contacts or receipts has answered, the others at once.
struct ErasureDesk {
  private let book: IngestBook
  private let profiles: ProfileDesk
  private let claims: ClaimDesk

  init(_ book: IngestBook, _ profiles: ProfileDesk, _ claims: ClaimDesk) {
    self.book = book
    self.profiles = profiles
    self.claims = claims
  }

  func process(_ task: PrivacyTask) throws {
    guard task.isFor(.transactionIngest), task.kind == .erase else { return }
    try book.context.clock.checkNotInTheFuture(task.occurredAt)
    // A reminder of a task that waits for its answers.
    guard try book.erasures.get(task.requestId) == nil else { return }
    let now = max(task.occurredAt, Instant(milliseconds: book.nowMs))
    var rowsErased = 0
    if try book.profiles.get(task.memberId) != nil { rowsErased += 1 }
    if try book.claimants.get(task.memberId) != nil { rowsErased += 1 }
    rowsErased += try profiles.eraseMergers(into: task.memberId)
    let missing =
      try profiles.erase(task.memberId, requestId: task.requestId)
      + claims.erase(task.memberId, requestId: task.requestId)
    try book.erased.remember(task)
    guard missing > 0 else {
      return book.report(task.requestId, memberId: task.memberId, rowsErased: rowsErased, at: now)
    }
    try book.erasures.put(
      task.requestId,
      PendingErasureRow(
        memberId: task.memberId, missing: Int64(missing), rowsErased: Int64(rowsErased + missing), at: now))
  }

  /// Another partition has done its part.
  func answered(_ requestId: String) throws {
    guard var row = try book.erasures.get(requestId) else { return }
    row.missing -= 1
    guard row.missing == 0 else { return try book.erasures.put(requestId, row) }
    try book.erasures.remove(requestId)
    book.report(
      requestId, memberId: row.memberId, rowsErased: Int(row.rowsErased),
      at: max(row.at, Instant(milliseconds: book.nowMs)))
  }
}
