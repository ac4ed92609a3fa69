/// Releases, expiries and refusals that time brings.
extension Account {
  /// Books what is due at or before `instant`, in order of time; where a release and an expiry are due at the same
  /// instant, the release first. Moves the account's clock to `instant` unless it is further already.
  package mutating func settle(upTo instant: Instant, bookedAt: Instant, into journal: inout Journal) {
    while let due = nextDue, due <= instant {
      for index in lots.indices { release(lotAt: index, dueAt: due, bookedAt: bookedAt, into: &journal) }
      endIfClosed(dueAt: due, bookedAt: bookedAt, into: &journal)
      for index in lots.indices { expire(lotAt: index, dueAt: due, bookedAt: bookedAt, into: &journal) }
      refuseWaitingReturns(dueAt: due, bookedAt: bookedAt, into: &journal)
      close()
    }
    clock = max(clock, instant)
    if hasTooManyLots { mergeLots(bookedAt: bookedAt, into: &journal) }
  }

  @inline(__always)
  private mutating func release(lotAt index: Int, dueAt due: Instant, bookedAt: Instant, into journal: inout Journal) {
    // Looked at in place: most lots are not due, and a copy of one costs more than the look.
    guard lots[index].pending > 0, let releaseAt = terms.releaseDue(of: lots[index].dates), releaseAt <= due else {
      return
    }
    let cause = Cause(timer: "release", of: lots[index], of: memberId, programId: programId, due: due)
    withBooking(cause, bookedAt: bookedAt, into: &journal) { $0.release(lotAt: index, in: &$1) }
  }

  /// Makes what a lot has pending available.
  mutating func release(lotAt index: Int, in booking: inout Booking) {
    let lot = lots[index]
    let owedBefore = owed
    lots[index].pending = 0
    post(.pointsReleased, lot.pending, from: .memberPending, to: .memberAvailable, lot: lot, in: &booking)
    fill(lotAt: index, .available, lot.pending, owed: owedBefore)
  }

  @inline(__always)
  private mutating func expire(lotAt index: Int, dueAt due: Instant, bookedAt: Instant, into journal: inout Journal) {
    guard lots[index].pending == 0 || terms.standing.isFrozen, lots[index].available > 0,
      let expiresAt = terms.expiry(of: lots[index].dates),
      expiresAt <= due
    else { return }
    let lot = lots[index]
    let cause = Cause(timer: "expiry", of: lot, of: memberId, programId: programId, due: due)
    withBooking(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      let points = account.expire(lotAt: index, in: &booking)
      booking.journal.noteExpiry(of: lot.id, points: points)
    }
  }

  /// Expires what a lot has available and says how much that was.
  mutating func expire(lotAt index: Int, in booking: inout Booking) -> Points {
    take(lots[index].available, ofLotAt: index, .available, as: .pointsExpired, in: &booking)
  }

  private mutating func refuseWaitingReturns(dueAt due: Instant, bookedAt: Instant, into journal: inout Journal) {
    guard !waitingReturns.isEmpty else { return }
    for waiting in waitingReturns where waiting.deadline <= due {
      let cause = Cause(event: waiting.transaction, programId: programId, programVersion: waiting.programVersion)
      withBooking(cause, bookedAt: bookedAt, into: &journal) {
        $0.refuse(.returnRefused, .purchaseNotFound, in: &$1)
      }
    }
    waitingReturns.removeAll { $0.deadline <= due }
  }
}
