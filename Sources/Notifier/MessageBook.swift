import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the notifier keeps of the members in one partition, and how outcomes and reports leave it.
final class MessageBook {
  let profiles: Store<String, ProfileRow>
  let preferences: Store<String, PreferencesRow>
  /// What there is to tell ahead, by member and programme.
  let outlooks: Store<String, OutlookRow>
  /// What is reported of messages once they were given to their channels.
  let feedback: FeedbackDesk
  private let dayCounts: Store<String, DayCounts>
  private let lanes: MessageLanes
  private let told: Store<MessageKey, MessageRow>
  private let context: ProcessorContext
  private let memoryMs: Int64
  private let isConfigured: (Consent.Channel) -> Bool
  private let provider: (Carrier) -> String?
  private let carriers: CarrierChoice
  private let publisher: EventPublisher
  private let notifications: EventPublisher.Output
  private let answers: EventPublisher.Output
  /// This cycle's.
  private var tally = MessageTally()
  private var oldest: [Carrier: OldestMessage] = [:]
  private let memberPreferences: EventPublisher.Output

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings, _ feedback: FeedbackDesk,
    _ carriers: CarrierChoice
  ) throws {
    self.context = context
    self.feedback = feedback
    self.publisher = publisher
    notifications = publisher.ownPartition(of: .notifications)
    answers = publisher.ownPartition(of: .messageAnswers)
    memberPreferences = publisher.ownPartition(of: .preferences)
    memoryMs = settings.memoryMs
    isConfigured = { settings.has(Carrier($0)) }
    provider = settings.provider
    self.carriers = carriers
    profiles = try context.store(NotifierTopology.profiles)
    preferences = try context.store(NotifierTopology.preferences)
    outlooks = try context.store(NotifierTopology.outlooks)
    dayCounts = try context.store(NotifierTopology.dayCounts)
    lanes = try MessageLanes(context)
    told = try context.store(NotifierTopology.told)
  }

  // MARK: Rows of messages

  /// A message lies in one store: by its channel and class while it is on its way, then in `told`.
  func message(_ key: MessageKey) throws -> MessageRow? {
    for lane in lanes.all where lane.store.count > 0 {
      if let row = try lane.store.get(key) { return row }
    }
    return try told.get(key)
  }

  func put(_ key: MessageKey, _ row: MessageRow) throws {
    let store = store(of: row)
    try remove(key, exceptFrom: store)
    try store.put(key, row)
  }

  func remove(_ key: MessageKey) throws { try remove(key, exceptFrom: nil) }

  private func remove(_ key: MessageKey, exceptFrom home: Store<MessageKey, MessageRow>?) throws {
    for store in lanes.all.map(\.store) + [told] where store !== home && store.count > 0 { try store.remove(key) }
  }

  func messages(of memberId: String) throws -> [(key: MessageKey, row: MessageRow)] {
    try (lanes.all.map(\.store) + [told]).filter { $0.count > 0 }
      .flatMap { try $0.scan(prefix: memberId + RecordKey.separator) }
  }

  /// Rows of a class on their way by a carrier that are due, the earliest first.
  func due(
    by carrier: Carrier, _ messageClass: MessageClass, upToMs nowMs: Int64, limit: Int
  ) throws -> [(key: MessageKey, row: MessageRow)] {
    try lanes[carrier, messageClass]?.due(upToMs: nowMs, limit: limit) ?? []
  }

  /// No message of the class is due by the carrier before this instant (ms).
  func firstDueMs(by carrier: Carrier, _ messageClass: MessageClass) -> Int64? {
    lanes[carrier, messageClass]?.firstDueMs
  }

  func waiting(for carrier: Carrier) -> Int {
    lanes[carrier].reduce(0) { $0 + $1.count }
  }

  /// Forgets what was told long ago, and counts of days that are over; at most `limit` rows of each.
  func forgetTold(limit: Int) throws {
    for (key, _) in try told.due(upToMs: nowMs, limit: limit) { try told.remove(key) }
    for (key, _) in try dayCounts.due(upToMs: nowMs, limit: limit) { try dayCounts.remove(key) }
  }

  var firstToForgetMs: Int64? { [told.firstDueMs, dayCounts.firstDueMs].compactMap { $0 }.min() }

  /// What waited for this profile may go, by the channel that it tells.
  func profileArrived(_ profile: MemberProfile) throws {
    guard lanes.all.contains(where: { $0.store.firstDueMs != nil }) else { return }
    for (key, row) in try messages(of: profile.id) {
      if case .queued(let announcement, var delivery, let atMs) = row, delivery.isUntried, atMs > nowMs,
        delivery.contact == nil, announcement.template != .pointsDigest
      {
        delivery.carrier = try carrier(
          try route(
            profile.id, announcement.template, delivery, by: carriers.policy(of: announcement)
          ).channel, announcement, delivery, profile.id)
        try put(key, .queued(announcement, delivery, atMs: nowMs))
      }
    }
  }

  private func store(of row: MessageRow) -> Store<MessageKey, MessageRow> {
    switch row {
    case .collecting: lane(.email, .service)
    case .queued(_, let delivery, _), .attempting(_, let delivery, _): lane(delivery.carrier, delivery.messageClass)
    case .told, .undelivered: told
    }
  }

  private func lane(_ carrier: Carrier, _ messageClass: MessageClass) -> Store<MessageKey, MessageRow> {
    guard let lane = lanes[carrier, messageClass] else {
      preconditionFailure("no \(messageClass.rawValue) message goes by \(carrier.rawValue)")
    }
    return lane
  }

  // MARK: Caps a day

  func count(
    _ memberId: String, _ programId: String, _ messageClass: MessageClass, by channel: Consent.Channel,
    on day: LocalDate
  ) throws -> Int {
    guard dayCounts.count > 0 else { return 0 }
    return try dayCounts.get(memberId)?.count(programId, messageClass, by: channel, on: day) ?? 0
  }

  func addToDay(
    _ memberId: String, _ programId: String, _ messageClass: MessageClass, by channel: Consent.Channel,
    on day: LocalDate
  ) throws {
    var counts = try dayCounts.get(memberId) ?? DayCounts(nowMs: nowMs)
    counts.add(programId, messageClass, by: channel, on: day, nowMs: nowMs)
    try dayCounts.put(memberId, counts)
  }

  /// Says whether there were any.
  func forgetDays(of memberId: String) throws -> Bool {
    guard try dayCounts.get(memberId) != nil else { return false }
    try dayCounts.remove(memberId)
    return true
  }

  // MARK: Preferences

  /// Whether a message goes out as its delivery says, and by which channel: consent, what the member wants, the address
  /// and the suppression list are asked here and nowhere else. Without a template: whatever the member has said of
  /// topics.
  func route(
    _ memberId: String, _ template: Template?, _ delivery: MessageRow.Delivery, by policy: MessagePolicy?
  ) throws -> Suppression.Route {
    Suppression.route(
      delivery, try profile(memberId), preferences: try preferences(of: memberId, on: template),
      in: policy?.order ?? MessagePolicy.usualOrder, isConfigured: isConfigured, listed: feedback.reason)
  }

  /// The devices that a message may go to now.
  func devices(_ memberId: String) throws -> [MemberDevice] { try profile(memberId)?.devices ?? [] }

  /// See `Suppression.standIn`.
  func standIn(
    _ memberId: String, _ template: Template, _ delivery: MessageRow.Delivery, by policy: MessagePolicy?
  ) throws -> Consent.Channel? {
    Suppression.standIn(
      try profile(memberId), of: delivery.messageClass, preferences: try preferences(of: memberId, on: template),
      in: policy?.order ?? MessagePolicy.usualOrder, isConfigured: isConfigured, listed: feedback.reason)
  }

  /// See `CarrierChoice`.
  func carrier(
    _ channel: Consent.Channel, _ announcement: Announcement, _ delivery: MessageRow.Delivery, _ memberId: String
  ) throws -> Carrier {
    carriers.carrier(channel, announcement, delivery, memberId, try profile(memberId))
  }

  /// Of service messages whatever they tell, by one channel.
  func judge(_ memberId: String, by channel: Consent.Channel) throws -> Suppression.Verdict {
    Suppression.judge(
      try profile(memberId), channel: channel, isConfigured: isConfigured, listed: feedback.reason)
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
    // One of the member's devices has it, whatever became of the others.
    if let push = delivery.push, push.isTaken, outcome != .sent, !outcome.isReported {
      return try conclude(
        key, announcement, delivery, .sent, reason: nil, providerMessageId: push.messageName)
    }
    let forgetAtMs = nowMs + memoryMs
    switch outcome {
    case .failed, .maybeSent:
      let failedAt = Instant(milliseconds: nowMs)
      try put(key, .undelivered(announcement, delivery, failedAt: failedAt, forgetAtMs: forgetAtMs))
    case .sent, .suppressed, .passedOn, .delivered, .bounced, .complained: try put(key, .told(forgetAtMs: forgetAtMs))
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

  /// The end of a message whose time is over: it was not sent on purpose, or in vain.
  func giveUp(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, reason: String
  ) throws {
    guard delivery.attempts > 0 else { return try suppress(key, announcement, delivery, reason: reason) }
    try conclude(key, announcement, delivery, .failed, reason: reason)
  }

  /// The message was refused for good: it goes another way now, under the same id, and stays there.
  func passOn(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, to carrier: Carrier,
    reason: String
  ) throws {
    publish(key, announcement, delivery, .passedOn, reason: reason)
    var delivery = delivery
    // It counts for another channel's day.
    if carrier.channel != delivery.channel { delivery.countedOn = nil }
    delivery.carrier = carrier
    delivery.push = nil
    try put(key, .queued(announcement, delivery, atMs: nowMs))
  }

  private func publish(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    _ outcome: Notification.Outcome, reason: String?, providerMessageId: String? = nil
  ) {
    tally.count(announcement.template, delivery, outcome, reason: reason, nowMs: nowMs)
    var notification = delivery.notification(
      key, announcement, outcome, reason: reason, providerMessageId: providerMessageId,
      at: Instant(milliseconds: nowMs))
    if delivery.attempts > 0 { notification.provider = provider(delivery.carrier) }
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
    for carrier in Carrier.allCases { oldest[carrier, default: OldestMessage()].isStale = true }
    return tally.take()
  }

  /// See `OldestMessage`; nil: none waits.
  func waitingSince(by carrier: Carrier) -> Instant? {
    oldest[carrier, default: OldestMessage()].since(nowMs: nowMs, in: lanes[carrier])
  }
}
