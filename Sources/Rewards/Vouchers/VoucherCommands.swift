import Loyalty

extension Voucher {
  /// No effect.
  package func check(by caller: VoucherCaller, at now: Instant) -> VoucherAnswer {
    refusal(of: caller, at: now).map(VoucherAnswer.refused) ?? .usable(left: left)
  }

  /// Keeps it for the caller's bill. What the bill holds already is renewed, under the new id.
  ///
  /// - Parameters:
  ///   - id: of the hold, and of the redemption that comes of it.
  ///   - amount: of a gift card, what to keep; nil: all that is left.
  ///   - ttlMs: at most ``VoucherHold/ttlMaxMs``, which is what more is taken for.
  package mutating func hold(
    _ id: String, by caller: VoucherCaller, amount: Int64? = nil, ttlMs: Int64? = nil, at now: Instant
  ) -> VoucherAnswer {
    if let refusal = refusal(of: caller, at: now) { return .refused(refusal) }
    // What was committed under this id stands or was given back; it does not begin anew.
    if redemptions.contains(where: { $0.id == id }) { return .refused(.noHold) }
    if let other = holds.first(where: { $0.id == id && $0.caller.bill != caller.bill }), other.isOpen(at: now) {
      return .refused(.held(until: other.until))
    }
    let amount = amount ?? (isGiftCard ? left : 0)
    if isGiftCard, amount > left { return .refused(.limitReached(limit: left, asked: amount)) }
    let ttl = min(max(ttlMs ?? VoucherHold.ttlMaxMs, 1), VoucherHold.ttlMaxMs)
    let hold = VoucherHold(
      id: id, caller: caller, madeAt: now, until: now.advanced(byMilliseconds: ttl), amount: amount)
    holds.removeAll { $0.id == id || $0.caller.bill == caller.bill }
    forgetEndedHolds(at: now)
    holds.append(hold)
    return .held(hold)
  }

  /// Uses what is held. After the hold's end only if it is free.
  ///
  /// - Parameter amount: of a gift card, what was spent; nil: all that was held.
  package mutating func commit(_ id: String, amount: Int64? = nil, at now: Instant) -> VoucherAnswer {
    if let known = redemptions.first(where: { $0.id == id }) { return .committed(known, left: left) }
    if let cancelledAt { return .refused(.cancelled(at: cancelledAt)) }
    guard let hold = holds.first(where: { $0.id == id }) else { return .refused(.noHold) }
    if !hold.isOpen(at: now), let refusal = refusal(of: hold.caller, at: now) { return .refused(refusal) }
    // A till that was offline may have used what was held.
    if left == 0 { return .refused(.used(used, of: of)) }
    let amount = amount ?? hold.amount
    if isGiftCard, amount > min(hold.amount, left) {
      return .refused(.limitReached(limit: min(hold.amount, left), asked: amount))
    }
    return use(
      VoucherRedemption(id: id, caller: hold.caller, amount: amount, occurredAt: now, isOffline: false))
  }

  /// Takes the word of a till that could not ask, judged as of when it happened. A hold that another bill made since
  /// does not stand against it; a use does, whenever it was.
  package mutating func commitOffline(
    _ id: String, by caller: VoucherCaller, amount: Int64? = nil, occurredAt: Instant, at now: Instant
  ) -> VoucherAnswer {
    if let known = redemptions.first(where: { $0.id == id }) { return .committed(known, left: left) }
    let then = min(occurredAt, now)
    if let refusal = refusal(ofOffline: caller, occurredAt: then, at: now) { return .refused(refusal) }
    let amount = amount ?? (isGiftCard ? left : 0)
    if isGiftCard, amount > left { return .refused(.limitReached(limit: left, asked: amount)) }
    return use(VoucherRedemption(id: id, caller: caller, amount: amount, occurredAt: then, isOffline: true))
  }

  private func refusal(ofOffline caller: VoucherCaller, occurredAt then: Instant, at now: Instant) -> VoucherRefusal? {
    if let refusal = refusal(ofHolder: caller) { return refusal }
    if let cancelledAt, cancelledAt <= then { return .cancelled(at: cancelledAt) }
    if then < validFrom { return .notYet(from: validFrom) }
    if left == 0, let last = redemptions.last(where: \.stands) { return .alreadyUsed(by: last.id, at: last.occurredAt) }
    if then >= validUntil { return .expired(at: validUntil) }
    let others = holds.filter { $0.madeAt <= then && $0.isOpen(at: now) && $0.caller.bill != caller.bill }
    if let until = heldUntil(others) { return .held(until: until) }
    return terms.stores.holds(caller.store) ? nil : .wrongStore
  }

  /// Gives up what a bill holds; what it was before, it is again. Nothing held: nothing happens, unless another bill
  /// holds it.
  package mutating func release(_ id: String, bill: String, at now: Instant) -> VoucherAnswer {
    if let index = holds.firstIndex(where: { $0.id == id && $0.caller.bill == bill }) {
      holds.remove(at: index)
      return .released
    }
    let until = holds.filter { $0.isOpen(at: now) && $0.caller.bill != bill }.map(\.until).min()
    return until.map { .refused(.held(until: $0)) } ?? .released
  }

  /// Undoes a use: the sale did not come about, or was returned.
  package mutating func rollBack(_ redemption: String, reason: String, at now: Instant) -> VoucherAnswer {
    guard let index = redemptions.firstIndex(where: { $0.id == redemption }) else { return .refused(.unknown) }
    if redemptions[index].stands { redemptions[index].givenBack = .init(at: now, reason: reason) }
    return .givenBack(redemptions[index], state(at: now))
  }

  /// Undoes a use at once, because another code of the same command could not be used. Its id is free again.
  package mutating func undo(_ redemption: String, at now: Instant) -> VoucherAnswer {
    if let index = redemptions.firstIndex(where: { $0.id == redemption && $0.stands }) {
      redemptions[index].givenBack = .init(at: now, reason: "another code was refused")
      redemptions[index].id += Voucher.undone
    }
    return .released
  }

  /// Ends it for good, whoever holds it. What was used stays used.
  package mutating func cancel(at now: Instant) -> VoucherAnswer {
    if cancelledAt != nil { return .cancelled }
    if left == 0 { return .refused(.used(used, of: of)) }
    cancelledAt = now
    holds = []
    return .cancelled
  }

  private var isGiftCard: Bool {
    if case .value = uses { return true }
    return false
  }

  private mutating func use(_ redemption: VoucherRedemption) -> VoucherAnswer {
    guard redemptions.count < Voucher.redemptionsMax else {
      return .refused(.limitReached(limit: Int64(Voucher.redemptionsMax), asked: Int64(redemptions.count) + 1))
    }
    redemptions.append(redemption)
    holds.removeAll { $0.id == redemption.id || $0.caller.bill == redemption.caller.bill }
    return .committed(redemption, left: left)
  }

  private mutating func forgetEndedHolds(at now: Instant) {
    let ended = holds.filter { !$0.isOpen(at: now) }.sorted { $0.until < $1.until }
    for hold in ended.dropLast(Voucher.endedHoldsMax) { holds.removeAll { $0.id == hold.id } }
  }
}
