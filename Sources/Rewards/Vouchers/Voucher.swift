import Loyalty

/// One code and what became of it. Its owner, the task of the partition that its digest hashes to, applies commands in
/// the order of its log, so no number of tills uses it once too often.
///
/// ```
///            hold                commit                      uses or value left
///   active ───────▶ held ──────────────────▶ used ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─▶ active
///     │ ◀──────────── │                       │
///     │ release, time │                       └─ rollback ──▶ active, or expired
///     ├─ time ──▶ expired
///     └─ cancel ▶ cancelled (also from held)
/// ```
package struct Voucher: Equatable, Sendable {
  package let id: String
  package let pool: String
  /// The member it was issued to; nil: whoever has the code.
  package let holder: String?
  package let terms: VoucherTerms
  package let uses: Uses
  /// It may be used in [validFrom, validUntil).
  package let validFrom: Instant
  package let validUntil: Instant
  package internal(set) var cancelledAt: Instant?
  /// Open ones, and the last few that ended by their time.
  package internal(set) var holds: [VoucherHold] = []
  package internal(set) var redemptions: [VoucherRedemption] = []

  package enum Uses: Equatable, Sendable {
    case times(Int64)
    /// A gift card's, in minor units.
    case value(Int64)
  }

  package enum State: String, Sendable, CaseIterable {
    case active, held, used, expired, cancelled
  }

  /// So often may one be used at most; it bounds what is remembered of it.
  package static let timesMax: Int64 = 1_000
  /// Uses that are remembered, those that were given back among them.
  package static let redemptionsMax = 2_000
  /// Ends the id of a use that was undone at once.
  static let undone = "/undone"
  /// Holds that ended by their time and may yet be committed.
  static let endedHoldsMax = 8

  package init(
    id: String, pool: String, holder: String? = nil, terms: VoucherTerms, uses: Uses, validFrom: Instant,
    validUntil: Instant, cancelledAt: Instant? = nil, holds: [VoucherHold] = [], redemptions: [VoucherRedemption] = []
  ) {
    if case .times(let times) = uses { precondition((1...Voucher.timesMax).contains(times), "\(times) uses") }
    self.id = id
    self.pool = pool
    self.holder = holder
    self.terms = terms
    self.uses = uses
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.cancelledAt = cancelledAt
    self.holds = holds
    self.redemptions = redemptions
  }

  /// What was used and not given back: times, or minor units.
  package var used: Int64 {
    redemptions.reduce(0) { sum, redemption in
      guard redemption.stands else { return sum }
      if case .value = uses { return sum + redemption.amount }
      return sum + 1
    }
  }

  package var of: Int64 {
    switch uses {
    case .times(let times): times
    case .value(let value): value
    }
  }

  package var left: Int64 { of - used }

  package func state(at now: Instant) -> State {
    if cancelledAt != nil { return .cancelled }
    if left == 0 { return .used }
    if holds.contains(where: { $0.isOpen(at: now) }) { return .held }
    return now < validUntil ? .active : .expired
  }

  /// Why a caller does not get it now; nil: they do.
  func refusal(of caller: VoucherCaller, at now: Instant) -> VoucherRefusal? {
    if let refusal = refusal(ofHolder: caller) { return refusal }
    if let cancelledAt { return .cancelled(at: cancelledAt) }
    if now < validFrom { return .notYet(from: validFrom) }
    if left == 0 { return .used(used, of: of) }
    if now >= validUntil { return .expired(at: validUntil) }
    let others = holds.filter { $0.isOpen(at: now) && $0.caller.bill != caller.bill }
    if let until = heldUntil(others) { return .held(until: until) }
    return terms.stores.holds(caller.store) ? nil : .wrongStore
  }

  func refusal(ofHolder caller: VoucherCaller) -> VoucherRefusal? {
    holder == nil || holder == caller.member ? nil : .wrongHolder
  }

  /// When the first of these holds ends, where together they keep all that is left; nil: they do not. A gift card is
  /// kept by one bill at a time.
  func heldUntil(_ others: [VoucherHold]) -> Instant? {
    let isKept =
      switch uses {
      case .times: others.count >= left
      case .value: !others.isEmpty
      }
    return isKept ? others.map(\.until).min() : nil
  }
}
