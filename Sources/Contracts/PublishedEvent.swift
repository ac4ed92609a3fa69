import JSON
import Loyalty

/// An event that a service writes to a topic: its value, and what the CloudEvents 1.0 headers (binary mode) say of it.
package protocol PublishedEvent {
  /// Made of the ids of what caused it: the same again has the same id.
  var eventId: String { get }
  var eventType: EventTypeName { get }
  /// When what it tells of happened.
  var occurredAt: Instant { get }
  func encode(to writer: inout JSONWriter)
}

package enum EventTypeName: Sendable {
  /// Known when the program was written: no string is made of it.
  case literal(StaticString)
  case text(String)
}

extension LedgerEntry: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type.rawValue) }
}

extension AccountStatement: PublishedEvent {
  package var eventType: EventTypeName { .literal(Self.type) }
  package var occurredAt: Instant { asOf }
}

extension TierChange: PublishedEvent {
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension Transfer: PublishedEvent {
  package var eventType: EventTypeName { .text(type) }
}

extension Clearance: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension Proposal: PublishedEvent {
  package var eventId: String { RecordKey.joined(memberId, programId, id) }
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension BudgetMessage: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension ClaimStatus: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension MemberForwarding: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension Notification: PublishedEvent {
  /// A message has an outcome, may have one before that, when another carrier takes it on, and a last one that tells
  /// what was reported of it; each retry on an operator's word ends in events of its own.
  package var eventId: String {
    let tried = retries == 0 ? id : "\(id)~\(retries)"
    return outcome.isReported || outcome == .passedOn ? "\(tried):\(outcome.rawValue)" : tried
  }
  package var eventType: EventTypeName { .text(type) }
}

extension MessageAnswer: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension PreferenceRequest: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension MemberPreferences: PublishedEvent {
  package var eventId: String { RecordKey.joined(memberId, requestId) }
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension ContactSuppression: PublishedEvent {
  package var eventId: String { key }
  package var eventType: EventTypeName { .text(isSuppressed ? Self.suppressedType : Self.releasedType) }
}

extension Command: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension RedemptionStatus: PublishedEvent {
  package var eventId: String { RecordKey.joined(memberId, id) }
  package var eventType: EventTypeName { .text(state.rawValue) }
}

extension BundleMessage: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

extension RewardMessage: PublishedEvent {
  package var eventId: String { RecordKey.joined(memberId, id) }
  package var eventType: EventTypeName { .text(type) }
}

extension TillAnswer: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(outcome.rawValue) }
}

extension OrderRecord: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(state.rawValue) }
}

extension VoucherRecord: PublishedEvent {
  package var eventId: String { key }
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension PrivacyTask: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(kind.rawValue) }
}

extension PrivacyReport: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .literal(Self.type) }
}

extension PrivacyCertificate: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .text(type) }
}

/// As `loyalty.transactions` holds it.
extension Transaction: PublishedEvent {
  package var eventId: String { source + ":" + id }
  package var eventType: EventTypeName { .literal(TransactionForm.accepted.type(of: event)) }
}

extension Rejection: PublishedEvent {
  package var eventId: String { id }
  package var eventType: EventTypeName { .literal(Self.type) }
}
