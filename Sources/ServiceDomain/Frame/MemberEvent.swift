import Contracts
import Loyalty

/// An event that concerns one member.
package protocol MemberEvent {
  var memberId: String { get }
  /// Where the member was erased then or later, the event belongs to the life that was erased.
  var happenedAt: Instant { get }
}

extension Transaction: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension LedgerEntry: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension TierChange: MemberEvent {
  /// A judgement may tell much later of what caused it.
  package var happenedAt: Instant { causedAt }
}

extension Activity: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension MemberCommand: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension TierCommand: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension MemberProfile: MemberEvent {
  package var memberId: String { id }
  package var happenedAt: Instant { occurredAt }
}

extension PurchaseClaim: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension ClaimStatus: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}

extension PrivacyRequest: MemberEvent {
  package var happenedAt: Instant { occurredAt }
}
