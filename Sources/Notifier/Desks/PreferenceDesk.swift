import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Keeps what members say of the messages they want, and tells the whole of it on `loyalty.preferences`.
///
/// Messages that are queued are not looked for: each attempt asks anew (`Sending/PreferenceQuestion.swift`).
struct PreferenceDesk {
  private let book: MessageBook
  private let context: ProcessorContext
  private let erased: ErasedMembers

  init(_ book: MessageBook, _ context: ProcessorContext, _ erased: ErasedMembers) {
    self.book = book
    self.context = context
    self.erased = erased
  }

  func process(_ request: PreferenceRequest) throws {
    // What was said from a phone comes again from ingest, of each member whose it is.
    guard case .member(let memberId) = request.subject else { return }
    try context.clock.checkNotInTheFuture(request.occurredAt)
    guard try !isOfAnErasedLife(memberId, request.occurredAt) else { return }
    var preferences =
      try book.preferences.get(memberId)?.preferences
      ?? MemberPreferences(memberId: memberId, requestId: request.id, occurredAt: request.occurredAt)
    guard preferences.apply(request) else { return }
    try book.keep(preferences)
  }

  /// A link in an old mail works for ever: followed after the erasure it must not bring the member back. With a new
  /// profile a new life has begun.
  private func isOfAnErasedLife(_ memberId: String, _ instant: Instant) throws -> Bool {
    if try erased.passOver(memberId, happenedAt: instant) { return true }
    guard try book.profiles.get(memberId) == nil else { return false }
    return try erased.passOver(memberId, happenedAt: .epoch)
  }

  /// Says how many rows went.
  func erase(_ memberId: String) throws -> Int { try book.forgetPreferences(of: memberId) ? 1 : 0 }
}
