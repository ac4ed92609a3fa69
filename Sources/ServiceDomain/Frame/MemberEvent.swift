import Contracts
import Loyalty
import StreamRuntime

/// An event from outside that comes under a member's key.
package protocol KeyedEvent {
  /// The member whose id is the key, or what else is; nil: the event is for the partition that it lies in, whatever its
  /// key.
  var keyMember: String? { get }
}

extension Command: KeyedEvent {
  package var keyMember: String? { memberId }
}

extension PreferenceRequest: KeyedEvent {
  package var keyMember: String? {
    switch subject {
    case .member(let memberId): memberId
    case .contact: nil
    }
  }
}

/// Under the digest of its first code.
extension TillCommand: KeyedEvent {
  package var keyMember: String? { key }
}

/// Under its digest.
extension ImportedCode: KeyedEvent {
  package var keyMember: String? { key }
}

/// An event that concerns one member.
package protocol MemberEvent: KeyedEvent {
  var memberId: String { get }
  var occurredAt: Instant { get }
  /// Where the member was erased then or later, the event belongs to the life that was erased.
  var happenedAt: Instant { get }
  /// Throws where it says of anything that it has been which is still to come.
  func checkTimes(on clock: TaskClock) throws
  /// The same of what one of the platform's services has told: throws where none of them can have.
  func checkTold(on clock: TaskClock) throws
}

extension MemberEvent {
  @inlinable package var keyMember: String? { memberId }
  @inlinable package var happenedAt: Instant { occurredAt }
  package func checkTimes(on clock: TaskClock) throws { try clock.checkNotInTheFuture(occurredAt) }
  package func checkTold(on clock: TaskClock) throws { try clock.checkTold(occurredAt) }
}

extension Transaction: MemberEvent {}
extension LedgerEntry: MemberEvent {}

extension TierChange: MemberEvent {
  /// A judgement may tell much later of what caused it.
  package var happenedAt: Instant { causedAt }

  package func checkTold(on clock: TaskClock) throws {
    try clock.checkTold(occurredAt)
    try clock.checkTold(since, at: "since")
  }
}

extension AccountStatement: MemberEvent {
  package var occurredAt: Instant { asOf }
}

extension Activity: MemberEvent {}
extension MemberCommand: MemberEvent {}
extension TierCommand: MemberEvent {}

extension MemberProfile: MemberEvent {
  package var memberId: String { id }

  package func checkTimes(on clock: TaskClock) throws {
    for (field, instant) in pastInstants { try clock.checkNotInTheFuture(instant, at: field) }
  }
}

extension Clearance {
  package func checkTold(on clock: TaskClock) throws {
    try clock.checkTold(Instant(milliseconds: Int64(day.daysSinceEpoch) * Instant.dayMs), at: "day")
    try clock.checkTold(occurredAt)
  }
}

extension PurchaseClaim: MemberEvent {}
extension ClaimStatus: MemberEvent {}
extension PrivacyRequest: MemberEvent {}
extension MessageRequest: MemberEvent {}
extension RewardRequest: MemberEvent {}
