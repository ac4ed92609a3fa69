import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the notifier keeps of the members in one partition, and how outcomes and reports leave it.
final class MessageBook {
  let profiles: Store<String, ProfileRow>
  let preferences: Store<String, PreferencesRow>
  /// What is reported of messages once they were given to their channels.
  let feedback: FeedbackDesk
  private let emailMessages: Store<MessageKey, MessageRow>
  private let smsMessages: Store<MessageKey, MessageRow>
  private let told: Store<MessageKey, MessageRow>
  private let context: ProcessorContext
  private let memoryMs: Int64
  private let isConfigured: (Consent.Channel) -> Bool
  private let provider: (Consent.Channel) -> String?
  private let publisher: EventPublisher
  private let notifications: EventPublisher.Output
  private let answers: EventPublisher.Output
  /// This cycle's.
  private var tally = MessageTally()
  private var oldest: [Consent.Channel: OldestMessage] = [:]
  private let memberPreferences: EventPublisher.Output

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings, _ feedback: FeedbackDesk
  ) throws {
    self.context = context
    self.feedback = feedback
    self.publisher = publisher
    notifications = publisher.ownPartition(of: .notifications)
    answers = publisher.ownPartition(of: .messageAnswers)
    memberPreferences = publisher.ownPartition(of: .preferences)
    memoryMs = settings.memoryMs
    isConfigured = settings.has
    provider = settings.provider
    profiles = try context.store(NotifierTopology.profiles)
    preferences = try context.store(NotifierTopology.preferences)
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
  func profileArrived(_ profile: MemberProfile) throws {
    guard emailMessages.firstDueMs != nil || smsMessages.firstDueMs != nil else { return }
    for (key, row) in try messages(of: profile.id) {
      if case .queued(let announcement, var delivery, let atMs) = row, delivery.isUntried, atMs > nowMs {
        delivery.channel = try route(profile.id, announcement.template).channel
        try put(key, .queued(announcement, delivery, atMs: nowMs))
      }
    }
  }

  private func store(of row: MessageRow) -> Store<MessageKey, MessageRow> {
    switch row {
    case .collecting: emailMessages
    case .queued(_, let delivery, _), .attempting(_, let delivery, _): queue(of: delivery.channel)
    case .told, .undelivered: told
    }
  }

  private func queue(of channel: Consent.Channel) -> Store<MessageKey, MessageRow> {
    channel == .sms ? smsMessages : emailMessages
  }

  // MARK: Preferences

  /// Who gets a message of this template now, and by which channel; nil: whatever the member has said of topics.
  func route(_ memberId: String, _ template: Template?) throws -> (
    channel: Consent.Channel, verdict: Suppression.Verdict
  ) {
    Suppression.route(
      try profile(memberId), preferences: try preferences(of: memberId, on: template), isConfigured: isConfigured,
      listed: feedback.reason)
  }

  /// The same of one channel.
  func judge(_ memberId: String, _ template: Template?, by channel: Consent.Channel) throws -> Suppression.Verdict {
    Suppression.judge(
      try profile(memberId), channel: channel, preferences: try preferences(of: memberId, on: template),
      isConfigured: isConfigured, listed: feedback.reason)
  }

  /// What the member has said of messages of this template.
  private func preferences(of memberId: String, on template: Template?) throws -> PreferenceQuestion {
    guard let template else { return .nothingSaid }
    return PreferenceQuestion(try preferences.get(memberId)?.preferences, template)
  }

  func keep(_ changed: MemberPreferences) throws {
    try preferences.put(changed.memberId, PreferencesRow(changed))
    publisher.publish(changed, to: memberPreferences, key: changed.memberId)
  }

  /// False: there were none.
  func forgetPreferences(of memberId: String) throws -> Bool {
    guard try preferences.get(memberId) != nil else { return false }
    try preferences.remove(memberId)
    publisher.sendTombstone(to: memberPreferences, key: memberId)
    return true
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
    let forgetAtMs = nowMs + memoryMs
    switch outcome {
    case .failed, .maybeSent:
      let failedAt = Instant(milliseconds: nowMs)
      try put(key, .undelivered(announcement, delivery, failedAt: failedAt, forgetAtMs: forgetAtMs))
    case .sent, .suppressed, .delivered, .bounced, .complained: try put(key, .told(forgetAtMs: forgetAtMs))
    }
    publish(key, announcement, delivery, outcome, reason: reason, providerMessageId: providerMessageId)
    try feedback.ended(key, delivery, outcome, reason: reason)
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
    tally.count(announcement.template, delivery, outcome, reason: reason, nowMs: nowMs)
    var notification = delivery.notification(
      key, announcement, outcome, reason: reason, providerMessageId: providerMessageId,
      at: Instant(milliseconds: nowMs))
    if delivery.attempts > 0 { notification.provider = provider(delivery.channel) }
    publisher.publish(notification, to: notifications, key: key.memberId, causedUnder: announcement.traceparent)
  }

  func answer(_ request: MessageRequest, _ content: MessageAnswer.Content) {
    let answer = MessageAnswer(
      id: request.id, memberId: request.memberId, content: content, occurredAt: Instant(milliseconds: nowMs))
    publisher.publish(answer, to: answers, key: request.memberId)
  }

  // MARK: Figures

  /// The cycle is committed: what it has counted counts.
  func takeTally() -> MessageTally {
    for channel in Consent.Channel.allCases { oldest[channel, default: OldestMessage()].isStale = true }
    return tally.take()
  }

  /// See `OldestMessage`; nil: none waits.
  func waitingSince(by channel: Consent.Channel) -> Instant? {
    oldest[channel, default: OldestMessage()].since(nowMs: nowMs, in: queue(of: channel))
  }
}
