import Loyalty

/// Why a voucher was not held, used or given back, with its numbers. Amounts are minor units.
package enum VoucherRefusal: Equatable, Sendable {
  /// No such code, or no such redemption of it.
  case unknown
  /// It belongs to another member. Whoever asks is told ``unknown``: see ``codeTold``.
  case wrongHolder
  case cancelled(at: Instant)
  case notYet(from: Instant)
  case expired(at: Instant)
  /// Nothing is left of it: so many uses, or so much value.
  case used(Int64, of: Int64)
  /// A till that was offline used it too late: somebody else had.
  case alreadyUsed(by: String, at: Instant)
  /// Another bill holds it.
  case held(until: Instant)
  /// Nothing is held under that id: it never was, or was released.
  case noHold
  case wrongStore
  case belowMinimum(needed: Int64, has: Int64)
  case limitReached(limit: Int64, asked: Int64)
  case memberLimit(limit: Int64, used: Int64)
  case budgetExhausted(left: Int64, asked: Int64)
  /// With the voucher of that id, which stands before it.
  case notCombinable(with: String)
  case noEffect
  case throttled(until: Instant)

  package var code: String {
    switch self {
    case .unknown: "unknown"
    case .wrongHolder: "wrong-holder"
    case .cancelled: "cancelled"
    case .notYet: "not-yet"
    case .expired: "expired"
    case .used: "used"
    case .alreadyUsed: "already-used"
    case .held: "held"
    case .noHold: "no-hold"
    case .wrongStore: "wrong-store"
    case .belowMinimum: "below-minimum"
    case .limitReached: "limit-reached"
    case .memberLimit: "member-limit"
    case .budgetExhausted: "budget-exhausted"
    case .notCombinable: "not-combinable"
    case .noEffect: "no-effect"
    case .throttled: "throttled"
    }
  }

  /// What the caller may learn: a code that is another member's is as unknown as one that is nobody's. The report has
  /// ``code``.
  package var codeTold: String { self == .wrongHolder ? VoucherRefusal.unknown.code : code }
}
