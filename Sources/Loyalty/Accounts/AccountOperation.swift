/// What every operation on an account begins and ends with.
extension Account {
  /// One operation: settles what is due when its cause occurred, books what `body` does, closes the account, and
  /// settles what that made due.
  @inline(__always)
  mutating func operate<Result>(
    _ cause: consuming Cause, bookedAt: Instant, into journal: inout Journal,
    _ body: (inout Account, inout Booking) -> Result
  ) -> Result {
    settle(upTo: cause.occurredAt, bookedAt: bookedAt, into: &journal)
    let result = amend(consume cause, bookedAt: bookedAt, into: &journal, body)
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    return result
  }

  /// The same without settling: for what becomes known late, or is the end of an account.
  @inline(__always)
  mutating func amend<Result>(
    _ cause: consuming Cause, bookedAt: Instant, into journal: inout Journal,
    _ body: (inout Account, inout Booking) -> Result
  ) -> Result {
    let result = withBooking(consume cause, bookedAt: bookedAt, into: &journal, body)
    close()
    return result
  }

  /// One booking, for a part of an operation.
  @inline(__always)
  mutating func withBooking<Result>(
    _ cause: consuming Cause, bookedAt: Instant, into journal: inout Journal,
    _ body: (inout Account, inout Booking) -> Result
  ) -> Result {
    var booking = Booking(consume cause, at: bookedAt, in: consume journal)
    let result = body(&self, &booking)
    journal = booking.end()
    return result
  }
}
