import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the notifier keeps of the members in one partition, and how outcomes and reports leave it.
final class MessageBook {
  let profiles: Store<String, ProfileRow>
  private let emailMessages: Store<MessageKey, MessageRow>
  private let smsMessages: Store<MessageKey, MessageRow>
  private let told: Store<MessageKey, MessageRow>
  private let context: ProcessorContext
  private let memoryMs: Int64
  private let provider: (Consent.Channel) -> String?
  private let publisher: EventPublisher
  private let notifications: EventPublisher.Output

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings) throws {
    self.context = context
    self.publisher = publisher
    notifications = publisher.ownPartition(of: .notifications)
    memoryMs = settings.memoryMs
    provider = settings.provider
    profiles = try context.store(NotifierTopology.profiles)
    emailMessages = try context.store(NotifierTopology.messages)
    smsMessages = try context.store(NotifierTopology.smsMessages)
    told = try context.store(NotifierTopology.told)
  }

  // MARK: Rows of messages

  /// A message lies in one store: by its channel while it is on its way, then in `told`.
  func message(_ key: MessageKey) throws -> MessageRow? {
    try emailMessages.get(key) ?? smsMessages.get(key) ?? told.get(key)
  }

  func put(_ key: MessageKey, _ row: MessageRow) throws {
    let store = store(of: row)
    try remove(key, exceptFrom: store)
    try store.put(key, row)
  }

  func remove(_ key: MessageKey) throws { try remove(key, exceptFrom: nil) }

  private func remove(_ key: MessageKey, exceptFrom home: Store<MessageKey, MessageRow>?) throws {
    if home !== emailMessages { try emailMessages.remove(key) }
    if home !== smsMessages { try smsMessages.remove(key) }
    if home !== told { try told.remove(key) }
  }

  func messages(of memberId: String) throws -> [(key: MessageKey, row: MessageRow)] {
    try [emailMessages, smsMessages, told].flatMap { try $0.scan(prefix: memberId + RecordKey.separator) }
  }

  /// Rows on their way by a channel that are due, the earliest first.
  func due(by channel: Consent.Channel, upToMs nowMs: Int64, limit: Int) throws -> [(key: MessageKey, row: MessageRow)]
  {
    try queue(of: channel).due(upToMs: nowMs, limit: limit)
  }

  /// No message of the channel is due before this instant (ms).
  func firstDueMs(by channel: Consent.Channel) -> Int64? { queue(of: channel).firstDueMs }

  func waiting(for channel: Consent.Channel) -> Int { queue(of: channel).count }

  /// Forgets what was told long ago, at most `limit` messages.
  func forgetTold(limit: Int) throws {
    for (key, _) in try told.due(upToMs: nowMs, limit: limit) { try told.remove(key) }
  }

  var firstToForgetMs: Int64? { told.firstDueMs }

  /// What waited for this profile may go, by the channel that it tells.
  func profileArrived(_ profile: MemberProfile, isConfigured: (Consent.Channel) -> Bool) throws {
    guard emailMessages.firstDueMs != nil || smsMessages.firstDueMs != nil else { return }
    for (key, row) in try messages(of: profile.id) {
      if case .queued(let announcement, var delivery, let atMs) = row, delivery.attempts == 0, atMs > nowMs {
        delivery.channel = Suppression.route(profile, isConfigured: isConfigured).channel
        try put(key, .queued(announcement, delivery, atMs: nowMs))
      }
    }
  }

  private func store(of row: MessageRow) -> Store<MessageKey, MessageRow> {
    switch row {
    case .collecting: emailMessages
    case .queued(_, let delivery, _), .attempting(_, let delivery, _): queue(of: delivery.channel)
    case .told: told
    }
  }

  private func queue(of channel: Consent.Channel) -> Store<MessageKey, MessageRow> {
    channel == .sms ? smsMessages : emailMessages
  }

  // MARK: Outcomes

  /// The `traceparent` of the record at hand, to be kept with the message that it causes.
  var traceparent: TraceParent? { publisher.traceparent }

  /// The machine's clock: sending happens now, whatever time the events live in.
  var nowMs: Int64 { context.clock.wallNowMs() }

  var clockMode: ClockMode { context.clock.mode }

  func profile(_ memberId: String) throws -> MemberProfile? { try profiles.get(memberId)?.profile }

  /// The end of a message that was given to its channel.
  func conclude(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    _ outcome: Notification.Outcome, reason: String?, providerMessageId: String? = nil
  ) throws {
    try put(key, .told(forgetAtMs: nowMs + memoryMs))
    publish(key, announcement, delivery, outcome, reason: reason, providerMessageId: providerMessageId)
  }

  /// The end of a message that is not sent on purpose. Nothing of it is kept unless it was attempted before: should its
  /// cause come again, it is judged again, and that makes no second message.
  func suppress(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, reason: String
  ) throws {
    guard delivery.attempts == 0 else {
      return try conclude(key, announcement, delivery, .suppressed, reason: reason)
    }
    try remove(key)
    publish(key, announcement, delivery, .suppressed, reason: reason)
  }

  private func publish(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    _ outcome: Notification.Outcome, reason: String?, providerMessageId: String? = nil
  ) {
    let notification = Notification(
      id: key.id, memberId: key.memberId, programId: announcement.programId, channel: delivery.channel,
      template: announcement.template.rawValue, locale: delivery.language?.rawValue, cause: announcement.cause,
      outcome: outcome, reason: reason, attempts: delivery.attempts, sms: delivery.sms,
      provider: delivery.attempts > 0 ? provider(delivery.channel) : nil, providerMessageId: providerMessageId,
      occurredAt: Instant(milliseconds: nowMs))
    publisher.publish(notification, to: notifications, key: key.memberId, causedUnder: announcement.traceparent)
  }
}
