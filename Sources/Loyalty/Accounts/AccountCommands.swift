/// Redemptions and adjustments. The caller answers a command id it has a record of from that record, and moves nothing.
extension Account {
  package mutating func redeem(
    _ points: Points, for command: MemberCommand, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(ofRedeeming: points, under: program) {
        return account.refused(command, .redemptionRefused, code, in: &booking)
      }
      account.keepLots(activityAt: command.occurredAt, under: program)
      let parts = account.takeAvailable(points, as: .pointsRedeemed, in: &booking)
      return CommandRecord(
        id: command.id, outcome: .redeemed(parts: parts, isCancelled: false), occurredAt: command.occurredAt)
    }
  }

  /// Gives points back to the lots they came from, those taken last first, with their expiry; where that has passed, to
  /// a lot of their own that lives `returns.graceDays`. `points` nil: all that is left of the redemption. `redemption`
  /// is the record of the redemption named, nil if there is none.
  package mutating func cancelRedemption(
    _ points: Points? = nil, of redemption: inout CommandRecord?, for command: MemberCommand, under program: Program,
    bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      guard case .redeemed(let parts, let isCancelled)? = redemption?.outcome else {
        return account.refused(command, .redemptionCancelRefused, .unknownRedemption, in: &booking)
      }
      guard !isCancelled else {
        return account.refused(command, .redemptionCancelRefused, .alreadyCancelled, in: &booking)
      }
      guard account.terms.standing.name != .closed else {
        return account.refused(command, .redemptionCancelRefused, .accountClosed, in: &booking)
      }
      let wanted = points ?? parts.reduce(0) { $0 + $1.points }
      guard wanted > 0, let (back, left) = parts.split(takingBack: wanted) else {
        return account.refused(command, .redemptionCancelRefused, .amountOutOfRange, in: &booking)
      }
      for part in back { account.giveBack(part, as: .redemptionCancelled, under: program, in: &booking) }
      redemption?.outcome = .redeemed(parts: left, isCancelled: left.isEmpty)
      return CommandRecord(id: command.id, outcome: .redemptionCancelled, occurredAt: command.occurredAt)
    }
  }

  package mutating func adjust(
    by points: Points, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(
        ofAdjustingBy: points, actor: command.actor, reason: command.reason, program.returns.overdraw)
      {
        return account.refused(command, .adjustmentRefused, code, in: &booking)
      }
      account.book(adjustment: points, under: program, in: &booking)
      return CommandRecord(id: command.id, outcome: .adjusted, occurredAt: command.occurredAt)
    }
  }

  /// Awards or deducts points, which nothing stands against.
  mutating func book(adjustment points: Points, under program: Program, in booking: inout Booking) {
    let occurredAt = booking.cause.occurredAt
    if points > 0 {
      let lot = Lot(
        id: ":adjust:" + booking.cause.lotName, earnedAt: occurredAt,
        expiresAt: program.expiresAt(earnedAt: occurredAt),
        latestExpiry: program.latestExpiry(earnedAt: occurredAt), programVersion: program.version)
      give(points, to: lot, as: .pointsAdjusted, in: &booking)
    } else {
      let held = min(-points, max(0, totals.available))
      _ = takeAvailable(held, as: .pointsAdjusted, in: &booking)
      let missing = -points - held
      if missing > 0 { post(.pointsAdjusted, missing, from: .memberAvailable, to: .programAdjusted, in: &booking) }
    }
  }

  private func refusal(ofRedeeming points: Points, under program: Program) -> RefusalCode? {
    if let code = terms.standing.refusal { return code }
    if program.status != .active { return .programPaused }
    if points <= 0 || points > .largestMovement { return .amountOutOfRange }
    if points < program.redemption.minimumPoints { return .belowMinimum }
    return points > totals.available ? .insufficientPoints : nil
  }

  /// - Parameter overdraw: where a member may owe after a return, they may owe after a deduction.
  func refusal(
    ofAdjustingBy points: Points, actor: String?, reason: String?, _ overdraw: ReturnPolicy.Overdraw
  ) -> RefusalCode? {
    if (actor ?? "").isEmpty || (reason ?? "").isEmpty { return .actorAndReasonRequired }
    if terms.standing.name == .closed { return .accountClosed }
    if points == 0 || points > .largestMovement || points < -Points.largestMovement { return .amountOutOfRange }
    if totals.adjusted.isBeyondTotal { return .amountOutOfRange }
    if overdraw == .negative { return nil }
    return -points > max(0, totals.available) ? .insufficientPoints : nil
  }

  /// Refuses a command beside the answer that its id has, or may have had: nothing of it is remembered, and each
  /// arrival is told.
  package mutating func turnAway(
    _ command: MemberCommand, because code: RefusalCode, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    var cause = cause(of: command, program)
    cause.idPrefix += "/refused/\(sequence + 1)"
    operate(cause, bookedAt: bookedAt, into: &journal) { $0.refuse(command.kind.refusal, code, in: &$1) }
  }

  func cause(of command: MemberCommand, _ program: Program) -> Cause {
    Cause(command: command, programId: programId, programVersion: program.version)
  }

  mutating func refused(
    _ command: MemberCommand, _ type: EntryType, _ code: RefusalCode, in booking: inout Booking
  ) -> CommandRecord {
    refuse(type, code, in: &booking)
    return CommandRecord(id: command.id, outcome: .refused(code: code), occurredAt: command.occurredAt)
  }

  /// Takes available points in the order of the lots; there are enough.
  mutating func takeAvailable(_ wanted: Points, as type: EntryType, in booking: inout Booking) -> [RedeemedPart] {
    var parts: [RedeemedPart] = []
    var missing = wanted
    for index in lots.indices where missing > 0 && lots[index].available > 0 {
      let lot = lots[index]
      let taken = take(missing, ofLotAt: index, .available, as: type, in: &booking)
      missing -= taken
      parts.append(
        RedeemedPart(
          lotId: lot.id, points: taken, earnedAt: lot.earnedAt, expiresAt: lot.expiresAt,
          latestExpiry: lot.latestExpiry, programVersion: lot.programVersion))
    }
    precondition(missing == 0, "lots hold less than the available balance")
    return parts
  }

  /// Gives points back to the lot they came from, with its expiry; where that has passed, to a lot of their own that
  /// lives `returns.graceDays` and has the cause in its id.
  mutating func giveBack(
    _ part: RedeemedPart, as type: EntryType, under program: Program, in booking: inout Booking
  ) {
    var lot = Lot(
      id: part.lotId, earnedAt: part.earnedAt, expiresAt: part.expiresAt, latestExpiry: part.latestExpiry,
      programVersion: part.programVersion)
    if let expiresAt = terms.postponedExpiry(of: lot), expiresAt <= clock {
      lot.id = ":grace:" + booking.cause.lotName + ":" + part.lotId
      // Points that come back again and again would name all the lots that they ever lay in.
      if lot.id.utf8.count > Lot.idBytesMax { lot.id = ":grace:" + booking.cause.lotName + ":\(sequence + 1)" }
      lot.expiresAt = program.calendar.adding(days: program.returns.graceDays, to: clock)
      lot.latestExpiry = nil
    }
    give(part.points, to: lot, as: type, in: &booking)
  }
}

extension MemberCommand.Kind {
  /// The entry that says that it was not done.
  var refusal: EntryType {
    switch self {
    case .redeem: .redemptionRefused
    case .cancelRedemption: .redemptionCancelRefused
    case .adjust, .propose: .adjustmentRefused
    case .approve: .approvalRefused
    case .decline: .declineRefused
    case .transfer: .transferRefused
    case .freeze, .unfreeze, .close: .standingRefused
    }
  }
}

extension [RedeemedPart] {
  /// The last `points` of them, last first, and what is left; nil: they are fewer.
  fileprivate func split(takingBack points: Points) -> (back: [RedeemedPart], left: [RedeemedPart])? {
    var (back, left, missing) = ([RedeemedPart](), self, points)
    while missing > 0 {
      guard var part = left.popLast() else { return nil }
      var taken = part
      taken.points = Swift.min(part.points, missing)
      missing -= taken.points
      part.points -= taken.points
      back.append(taken)
      if part.points > 0 { left.append(part) }
    }
    return (back, left)
  }
}
