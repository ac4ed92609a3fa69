import Contracts
import Loyalty

/// How messages have ended in one cycle. It counts when the cycle is committed, and goes with one that is not.
struct MessageTally {
  /// What tells the series of `stampede_messages_total` apart.
  struct End: Hashable {
    var carrier: Carrier
    var messageClass: MessageClass
    var template: Template
    var outcome: Contracts.Notification.Outcome
    /// See `OutcomeCode`.
    var code: String
  }

  struct Lane: Hashable {
    var carrier: Carrier
    var messageClass: MessageClass
  }

  private(set) var ends: [End: Int] = [:]
  /// Seconds from the booking to the server's yes, of what was sent.
  private(set) var seconds: [(lane: Lane, value: Double)] = []

  mutating func count(
    _ template: Template, _ delivery: MessageRow.Delivery, _ outcome: Contracts.Notification.Outcome, reason: String?,
    nowMs: Int64
  ) {
    let end = End(
      carrier: delivery.carrier, messageClass: delivery.messageClass, template: template, outcome: outcome,
      code: OutcomeCode.label(reason))
    ends[end, default: 0] += 1
    guard outcome == .sent, let bookedAt = delivery.bookedAt else { return }
    // Clocks of two machines may differ by a little.
    let waitedMs = max(0, nowMs - bookedAt.milliseconds)
    seconds.append((Lane(carrier: delivery.carrier, messageClass: delivery.messageClass), Double(waitedMs) / 1_000))
  }

  /// What was counted; nothing is any more.
  mutating func take() -> MessageTally {
    defer { self = MessageTally() }
    return self
  }
}
