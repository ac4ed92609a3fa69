import Loyalty

/// What came of calls.
extension PartnerDelivery {
  /// What came of an order that went out.
  ///
  /// Word of vouchers is taken whenever it comes: it is true of the reference. All else only of the call that is out.
  package mutating func take(
    _ verdict: IssueVerdict, of call: IssueCall, at now: Instant, _ patience: PartnerPatience
  ) -> PartnerNews? {
    guard call.reference == reference, !isSettled else { return nil }
    if case .issued(let vouchers) = verdict { return issue(vouchers, at: now) }
    guard case .asking(let out) = state, out.number == call.number else { return nil }
    lastCode = verdict.code
    switch verdict {
    case .issued: return nil
    case .outOfStock(let code): return believe(.outOfStock(code), at: now)
    case .refused(let code): return believe(.partner(code), at: now)
    case .account, .limit, .later:
      let allowed = now.advanced(byMilliseconds: verdict.code == PartnerCode.notSent ? 0 : patience.repeatAfterMs)
      state = .ready(.init(notBefore: .max(allowed, now.advanced(byMilliseconds: patience.delay(after: issues)))))
      return nil
    case .exists: return doubt(at: now, askingAfterMs: 0)
    case .unknown: return doubt(at: now, askingAfterMs: patience.delayMs)
    }
  }

  /// What a partner says of the reference.
  package mutating func take(
    _ verdict: StatusVerdict, of call: StatusCall, at now: Instant, _ patience: PartnerPatience
  ) -> PartnerNews? {
    guard call.reference == reference, !isSettled else { return nil }
    if case .issued(let vouchers) = verdict { return issue(vouchers, at: now) }
    guard case .checking(let out, let refusal) = state, out.number == call.number else { return nil }
    lastCode = verdict.code
    switch verdict {
    case .issued: return nil
    case .notKnown:
      if let refusal { return refuse(refusal, at: now) }
      let allowed = (lastIssueAt ?? now).advanced(byMilliseconds: patience.repeatAfterMs)
      let soonest = now.advanced(byMilliseconds: issues > 1 ? patience.delay(after: issues) : 0)
      state = .ready(.init(notBefore: .max(allowed, soonest)))
      return nil
    case .refused(let code): return refuse(.partner(code), at: now)
    case .account, .limit, .unknown:
      state = .doubtful(
        .init(
          notBefore: now.advanced(byMilliseconds: patience.delay(after: questions)), since: out.doubtfulSince ?? now,
          refusal: refusal))
      return nil
    }
  }

  /// The process ended, or lost the partition, while a call was out: nobody knows what came of it.
  package mutating func interrupt(at now: Instant) -> PartnerNews? {
    switch state {
    case .asking:
      lastCode = PartnerCode.interrupted
      return doubt(at: now, askingAfterMs: 0)
    case .checking(let out, let refusal):
      state = .doubtful(.init(notBefore: now, since: out.doubtfulSince ?? now, refusal: refusal))
      return nil
    case .ready, .doubtful, .issued, .refused: return nil
    }
  }

  // MARK: By hand

  /// What an operator found out where the partner does not say it. Only what is in doubt is settled so.
  package enum Settlement: Equatable, Sendable {
    case issued([PartnerVoucher])
    case notIssued(actor: String)
  }

  /// - Returns: nil where nothing is in doubt, or not as many vouchers are given as were ordered.
  package mutating func settle(_ settlement: Settlement, at now: Instant) -> PartnerNews? {
    guard inDoubtSince != nil else { return nil }
    switch settlement {
    case .issued(let vouchers): return vouchers.whole(order.quantity).flatMap { issue($0, at: now) }
    case .notIssued(let actor): return refuse(.settled(by: actor), at: now)
    }
  }

  /// Asks at once, whatever the pauses.
  package mutating func askNow(at now: Instant) {
    guard case .doubtful(let doubtful) = state else { return }
    state = .doubtful(.init(notBefore: now, since: doubtful.since, refusal: doubtful.refusal))
  }

  // MARK: Parts

  private mutating func issue(_ vouchers: [PartnerVoucher], at now: Instant) -> PartnerNews? {
    lastCode = PartnerCode.issued
    if vouchers.allSatisfy(\.isCancelled) { return refuse(.cancelledThere, at: now) }
    state = .issued(.init(at: now, count: vouchers.count, serials: vouchers.compactMap(\.serial)))
    return .issued(vouchers)
  }

  /// A refusal, unless an order that was in doubt may have arrived after all: then the partner is asked first.
  private mutating func believe(_ refusal: PartnerRefusal, at now: Instant) -> PartnerNews? {
    guard wasInDoubt else { return refuse(refusal, at: now) }
    state = .doubtful(.init(notBefore: now, since: now, refusal: refusal))
    return nil
  }

  private mutating func doubt(at now: Instant, askingAfterMs: Int64) -> PartnerNews? {
    let isFirst = !wasInDoubt
    wasInDoubt = true
    state = .doubtful(.init(notBefore: now.advanced(byMilliseconds: askingAfterMs), since: now, refusal: nil))
    return isFirst ? .inDoubt : nil
  }
}
