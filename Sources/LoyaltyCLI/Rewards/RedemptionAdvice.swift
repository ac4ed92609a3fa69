import Contracts
import Inquiry
import Loyalty

/// Why a member does not get a reward, or does not give it back, in numbers, and what to do about it.
package struct RedemptionAdvice {
  private let refusal: RedemptionStatus.Refusal
  private let memberId: String
  private let reward: String

  package init(_ refusal: RedemptionStatus.Refusal, memberId: String, reward: String?) {
    self.refusal = refusal
    self.memberId = memberId
    self.reward = reward ?? "the reward"
  }

  package var text: String { ofRedeeming ?? ofGivingBack ?? "" }

  private var required: String { grouped(refusal.required ?? 0) }
  private var available: String { grouped(refusal.available ?? 0) }
  private var at: String { refusal.at?.rfc3339 ?? "then" }

  private var ofRedeeming: String? {
    switch refusal.code {
    case "unknown-reward": "no version of \(reward) counts; `loyalty rewards list` shows what there is"
    case "account-frozen": "`loyalty member unfreeze \(memberId)` lets the account be used again"
    case "reward-not-active": "publish an active version; `loyalty rewards show \(reward)` is the one that counts"
    case "not-yet": "\(reward) may be had from \(at) on"
    case "ended": "\(reward) could be had until \(at)"
    case "outside-hours": "`loyalty rewards show \(reward)` tells its hours"
    case "not-eligible": "\(memberId) does not meet the conditions of \(reward), or of any of its prices"
    case "member-limit": "\(available) more may \(memberId) have in this period, \(required) were asked for"
    case "price-changed":
      "one piece costs \(required) points now, \(available) were shown; say --price \(refusal.required ?? 0)"
    case "insufficient-points": insufficient
    case "out-of-stock":
      "\(available) are left, \(required) were asked for; a version of the document with more `stock` puts in more"
    case "below-minimum": "\(required) points are the fewest that are taken, \(available) were asked for"
    case "no-effect":
      "nothing can be taken off: say --pay, --bill, --amount and --currency of a reward that pays, and of no other; "
        + "`loyalty rewards show \(reward)` tells the currency and how many points one step takes"
    case "delivery-failed": "whoever delivers it could not; points and stock are back"
    default: nil
    }
  }

  private var insufficient: String {
    let missing = (refusal.required ?? 0) - (refusal.available ?? 0)
    return "\(available) points available, \(required) wanted: \(grouped(missing)) are missing"
  }

  private var ofGivingBack: String? {
    switch refusal.code {
    case "unknown-redemption": "the member has no such redemption, or it is no longer remembered"
    case "already-cancelled": "it was given back before; nothing moved now"
    case "not-cancellable": "the reward's `cancel`, or what has become of it, does not let it be given back"
    case "too-late": "it could be given back until \(at)"
    case "not-to-deliver": "it is not delivered by hand, or was delivered before"
    case "used": "it was used, and stays so"
    case "expired": "it has run out, and stays so"
    case "not-in-doubt": "only an order in doubt is settled by hand; `loyalty partners orders` shows those"
    case "other-count": "a code for each piece is wanted"
    case "code-not-sealed": "the engine cannot open the codes: --voucher-secret must be the engine's"
    case "under-way": "nobody knows yet whether it is issued; ask again when it is"
    default: nil
    }
  }
}
