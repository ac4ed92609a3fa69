import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the notifier keeps of the members in one partition, and how outcomes and reports leave it.
final class MessageBook {
  let profiles: Store<String, ProfileRow>
  let messages: Store<MessageKey, MessageRow>
  private let context: ProcessorContext
  private let memoryMs: Int64
  private var writer = JSONWriter(capacity: 1024)

  init(_ context: ProcessorContext, _ settings: NotifierSettings) throws {
    self.context = context
    memoryMs = settings.memoryMs
    profiles = try context.store(NotifierTopology.profiles)
    messages = try context.store(NotifierTopology.messages)
  }

  /// The machine's clock: sending happens now, whatever time the events live in.
  var nowMs: Int64 { context.clock.wallNowMs() }

  var clockMode: ClockMode { context.clock.mode }

  func profile(_ memberId: String) throws -> MemberProfile? { try profiles.get(memberId)?.profile }

  /// The end of a message that was given to its channel.
  func conclude(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    _ outcome: Notification.Outcome, reason: String?
  ) throws {
    try messages.put(key, .told(forgetAtMs: nowMs + memoryMs))
    publish(key, announcement, delivery, outcome, reason: reason)
  }

  /// The end of a message that is not sent on purpose. Nothing of it is kept unless it was attempted before: should its
  /// cause come again, it is judged again, and that makes no second message.
  func suppress(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, reason: String
  ) throws {
    guard delivery.attempts == 0 else {
      return try conclude(key, announcement, delivery, .suppressed, reason: reason)
    }
    try messages.remove(key)
    publish(key, announcement, delivery, .suppressed, reason: reason)
  }

  private func publish(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    _ outcome: Notification.Outcome, reason: String?
  ) {
    let notification = Notification(
      id: key.id, memberId: key.memberId, programId: announcement.programId, channel: delivery.channel,
      template: announcement.template.rawValue, locale: delivery.language?.rawValue, cause: announcement.cause,
      outcome: outcome, reason: reason, attempts: delivery.attempts, occurredAt: Instant(milliseconds: nowMs))
    writer.reset()
    notification.encode(to: &writer)
    let attributes = EventAttributes(
      id: notification.id, type: notification.type, source: NotifierTopology.eventSource,
      occurredAt: notification.occurredAt)
    send(attributes, .notifications, key: key.memberId, traceparent: announcement.traceparent)
  }

  func report(_ report: PrivacyReport, traceparent: UnsafeRawBufferPointer?) {
    writer.reset()
    report.encode(to: &writer)
    let attributes = EventAttributes(
      id: report.id, type: "\(PrivacyReport.type)", source: NotifierTopology.eventSource, occurredAt: report.occurredAt)
    context.outbox.send(
      attributes, topic: NotifierTopology.Output.privacyReports.rawValue, partition: context.partition,
      key: report.memberId, traceparent: traceparent, value: writer)
  }

  private func send(
    _ attributes: EventAttributes, _ output: NotifierTopology.Output, key: String, traceparent: String?
  ) {
    var traceparent = traceparent ?? ""
    traceparent.withUTF8 { bytes in
      context.outbox.send(
        attributes, topic: output.rawValue, partition: context.partition, key: key,
        traceparent: bytes.isEmpty ? nil : UnsafeRawBufferPointer(bytes), value: writer)
    }
  }
}
