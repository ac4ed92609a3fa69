import Contracts
import JSON
import Kafka
import Loyalty

/// An outcome as it lies on `loyalty.notifications`, with all fields that the release which wrote it knew.
package struct MessageOutcome {
  package let document: JSONValue
  package let occurredAt: Instant

  /// nil where it is none: somebody else has written it.
  package init?(_ value: UnsafeRawBufferPointer?) {
    guard let value, let document = try? JSONValue(parsing: Array(value)), document["id"]?.string != nil,
      document["memberId"]?.string != nil,
      let occurredAt = document["occurredAt"]?.string.flatMap({ Instant(rfc3339: $0) })
    else { return nil }
    self.document = document
    self.occurredAt = occurredAt
  }

  package func text(_ field: String) -> String? { document[field]?.string }

  package var id: String { text("id") ?? "" }
  package var memberId: String { text("memberId") ?? "" }
  package var outcome: Notification.Outcome? { text("outcome").flatMap { Notification.Outcome(rawValue: $0) } }
  package var reason: String? { text("reason") }
}

/// Which outcomes somebody asks for.
package struct MessageFilter {
  package var memberId: String?
  package var channel: String?
  package var template: String?
  package var outcome: String?
  package var since: Instant?

  package init(
    memberId: String? = nil, channel: String? = nil, template: String? = nil,
    outcome: String? = nil, since: Instant? = nil
  ) {
    self.memberId = memberId
    self.channel = channel
    self.template = template
    self.outcome = outcome
    self.since = since
  }

  package func passes(_ found: MessageOutcome) -> Bool {
    (memberId == nil || found.memberId == memberId)
      && (channel == nil || found.text("channel") == channel) && (template == nil || found.text("template") == template)
      && (outcome == nil || found.text("outcome") == outcome) && found.occurredAt >= since ?? .distantPast
  }
}
