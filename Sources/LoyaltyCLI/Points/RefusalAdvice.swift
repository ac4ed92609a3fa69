import Inquiry
import Loyalty

/// A refusal in numbers, and what to do about it.
struct RefusalAdvice {
  let code: RefusalCode
  /// After the refusal.
  let balances: Balances
  let command: MemberCommand
  /// As it was in force.
  let program: Program?

  var text: String {
    switch code {
    case .insufficientPoints: insufficient
    case .belowMinimum: belowMinimum
    case .amountOutOfRange:
      if case .cancelRedemption = command.kind {
        "\(wanted) wanted back, and fewer are left of the redemption; without --points all that is left comes back"
      } else {
        "\(wanted) wanted; it must be from 1 to \(grouped(Points.largestMovement.value))"
      }
    case .transferLimit: transferLimit
    case .programPaused: "the programme is \(program?.status.rawValue ?? "not active"); publish an active version"
    case .unknownRedemption: "see `loyalty account show \(command.memberId)` for the ids of redemptions"
    case .alreadyCancelled: "nothing is left of the redemption that could come back"
    case .unknownProposal: "`loyalty points proposals` lists what waits"
    case .ownProposal: "another person than the one who proposed it must approve it"
    case .proposalExpired: "nobody approved it in time; adjust again under another --id"
    case .proposalDeclined: "it was declined or withdrawn, as account explain tells; adjust again under another --id"
    case .alreadyBooked: "it was booked before, and is booked once"
    case .accountFrozen: "`loyalty member unfreeze \(command.memberId)` lets it be used again"
    case .accountClosed: "it is closed for good"
    case .alreadyFrozen, .notFrozen: "`loyalty account show \(command.memberId)` tells how it stands"
    case .transferNotAllowed: "the programme has no `transfer`"
    case .sameMember: "name another member with --to"
    case .conflictingCommand:
      "\(command.id) stands for another command of \(command.memberId), which "
        + "`loyalty account explain \(command.memberId) \(command.id)` shows; nothing moved. Say another --id"
    case .commandTooOld: "whether an id of that time was taken, nobody knows any more. Say a later --at, or none"
    case .actorAndReasonRequired, .purchaseNotFound, .tooManyReturns, .lineNotFound, .currencyMismatch, .limitReached,
      .memberErased:
      ""
    }
  }

  private var wanted: String {
    switch command.kind {
    case .redeem(let points, _), .transfer(let points, _): grouped(points.value)
    case .adjust(let points), .propose(let points): grouped(points.value)
    case .cancelRedemption(_, let points): points.map { grouped($0.value) } ?? "all"
    case .approve(let proposalId), .decline(let proposalId): "what \(proposalId) asks for"
    case .freeze, .unfreeze, .close: ""
    }
  }

  private var insufficient: String {
    let pending = balances.pending > 0 ? " and \(grouped(balances.pending.value)) pending" : ""
    var text = "\(grouped(balances.available.value)) available\(pending), \(wanted) wanted"
    if case .adjust = command.kind {
      text += "; `\"returns\": {\"overdraw\": \"negative\"}` would let the member owe them"
    }
    return text
  }

  private var belowMinimum: String {
    let least: Points?
    if case .transfer = command.kind {
      least = program?.transfer?.minimumPoints
    } else {
      least = program?.redemption.minimumPoints
    }
    return "\(wanted) wanted" + (least.map { ", at least \(grouped($0.value)) at once" } ?? "")
  }

  private var transferLimit: String {
    let limits = [(program?.transfer?.pointsPerDay, "day"), (program?.transfer?.pointsPerMonth, "month")]
    let told = limits.compactMap { limit, period in limit.map { "\(grouped($0.value)) a \(period)" } }
    return "\(wanted) wanted; a member may give \(told.joined(separator: " and ")), what was given before counted"
  }
}
