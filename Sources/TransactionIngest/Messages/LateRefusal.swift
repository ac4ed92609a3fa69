import Contracts

/// Why a purchase is refused that was taken where it arrived, by the partition of its contact or receipt.
enum LateRefusal: String, CaseIterable {
  case severalMembers = "several-members"
  case forwardingLoop = "forwarding-loop"
  case purchaseNotFound = "purchase-not-found"
  case tooManyReturns = "too-many-returns"

  var violation: ContractViolation {
    switch self {
    case .severalMembers:
      ContractViolation(
        .severalMembers, at: "$.member", "$.member is shared by several members; send the member's id or card.")
    case .forwardingLoop: MemberForwardings.loop
    case .purchaseNotFound:
      ContractViolation(
        .purchaseNotFound, at: "$.purchaseId",
        "$.purchaseId names no purchase that waits for a member; name the member as the purchase did.")
    case .tooManyReturns:
      ContractViolation(
        .tooManyReturns, at: "$.purchaseId",
        "$.purchaseId names a purchase without a member that has too many returns; have it claimed first.")
    }
  }
}
