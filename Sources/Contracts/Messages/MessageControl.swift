import JSON
import Loyalty

/// Whether messages by a channel or of a template wait on an operator's word: the value of `loyalty.message-controls`.
/// The last record of a key counts, and stays: it says who did it.
package struct MessageControl: Equatable, Sendable {
  package var subject: Subject
  package var isPaused: Bool
  package var actor: String
  package var reason: String?
  package var occurredAt: Instant

  package enum Subject: Hashable, Sendable {
    case channel(Consent.Channel)
    /// By its name on `loyalty.notifications`.
    case template(String)

    /// The record's key: `channel:email`, `template:points-earned`.
    package var key: String {
      switch self {
      case .channel(let channel): "channel:\(channel.rawValue)"
      case .template(let name): "template:\(name)"
      }
    }

    package init?(key: String) {
      let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "channel":
        guard let channel = Consent.Channel(rawValue: parts[1]) else { return nil }
        self = .channel(channel)
      case "template":
        guard FieldRules.isId(parts[1]) else { return nil }
        self = .template(parts[1])
      default: return nil
      }
    }
  }

  /// The templates of today, for whoever types a name; a test of the notifier's holds the list.
  package static let templates = [
    "points-earned", "points-redeemed", "points-received", "points-came-back", "tier-reached", "claim-accepted",
    "claim-refused", "claims-locked", "purchases-found", "points-given", "email-changed", "phone-changed",
    "points-digest", "points-taken-back", "points-adjusted", "points-released", "tier-lost", "tier-kept",
    "account-frozen", "account-unfrozen", "account-closed", "welcome", "points-expiring",
    "tier-ending",
  ]
  /// Records that count, and bytes of these.
  package static let controlsMax = 1_000
  package static let controlBytesMax = 1 << 20

  private enum Kind: String, CaseIterable {
    case paused = "messages.paused"
    case resumed = "messages.resumed"
  }

  package init(subject: Subject, isPaused: Bool, actor: String, reason: String? = nil, occurredAt: Instant) {
    self.subject = subject
    self.isPaused = isPaused
    self.actor = actor
    self.reason = reason
    self.occurredAt = occurredAt
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", (isPaused ? Kind.paused : .resumed).rawValue)
    writer.field("id", subject.key)
    writer.field("occurredAt", occurredAt)
    writer.field("actor", actor)
    writer.field("reason", reason)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try MessageControl(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [])
    var actor: String?
    var reason: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "actor": actor = try reader.name()
      case "reason": reason = try reader.name()
      default: try reader.skipValue()
      }
    }
    let kind = try head.kind(Kind.self, in: reader)
    guard let subject = Subject(key: try head.id(in: reader)) else {
      throw ContractViolation(
        .invalidValue, at: "$.id", "$.id must name a channel (channel:email) or a template (template:points-earned).")
    }
    self.init(
      subject: subject, isPaused: kind == .paused, actor: try actor.required("actor", in: reader), reason: reason,
      occurredAt: try head.occurredAt(in: reader))
  }
}
