import Loyalty

/// Why a member does not get a reward, with its numbers.
package enum RedemptionRefusal: Equatable, Sendable {
  case unknownReward
  case accountFrozen
  case rewardNotActive(Reward.Status)
  case notYet(from: Instant)
  case ended(at: Instant)
  case outsideHours
  /// The reward's condition, or those of all its prices, do not hold.
  case notEligible
  case memberLimit(limit: Int64, used: Int64, asked: Int64)
  case priceChanged(shown: Points, now: Points, version: Int64)
  case insufficientPoints(required: Points, available: Points)
  case outOfStock(left: Int64, asked: Int64)
  /// Fewer points do not pay on a bill.
  case belowMinimum(needed: Points, has: Points)
  /// Nothing can be taken off: the bill is too small or in another currency, the points are too few for a step, or the
  /// request names a bill and the reward is none that pays, or the other way about.
  case noEffect
  /// Whoever delivers cannot: points and stock went back.
  case deliveryFailed(String)

  package var code: String {
    switch self {
    case .unknownReward: "unknown-reward"
    case .accountFrozen: "account-frozen"
    case .rewardNotActive: "reward-not-active"
    case .notYet: "not-yet"
    case .ended: "ended"
    case .outsideHours: "outside-hours"
    case .notEligible: "not-eligible"
    case .memberLimit: "member-limit"
    case .priceChanged: "price-changed"
    case .insufficientPoints: "insufficient-points"
    case .outOfStock: "out-of-stock"
    case .belowMinimum: "below-minimum"
    case .noEffect: "no-effect"
    case .deliveryFailed: "delivery-failed"
    }
  }

  /// What a member lacks of the price; nil: that is not why.
  package var missing: Points? {
    if case .insufficientPoints(let required, let available) = self { return required - available }
    return nil
  }
}
