import Contracts
import Loyalty
import MessageFeedback
import ServiceDomain
import StreamRuntime

/// Follows messages that were given to their channels, and takes what is reported of them.
///
/// Each kind of report counts once a message. The first that says what became of it is told on `loyalty.notifications`,
/// and none after it; one that comes before the message's own outcome is committed waits for that. What a report says
/// of the contact goes to the suppression list, whatever became of the message.
final class FeedbackDesk {
  private let context: ProcessorContext
  private let settings: FeedbackSettings?
  private let memoryMs: Int64
  private let figures: FeedbackFigures
  private let list: SuppressionList
  private let tracked: Store<String, TrackedMessage>
  private let softBounces: Store<String, SoftBounces>
  private let publisher: EventPublisher
  private let suppressions: EventPublisher.Output
  private let notifications: EventPublisher.Output
  private let provider: (Carrier) -> String?
  /// This cycle's, counted when it is committed.
  private var counts: [String: Int] = [:]
  /// Contacts that this cycle has put on the list: the topic tells of them later.
  private var listed: [String: ContactSuppression.Reason] = [:]

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings, _ list: SuppressionList
  ) throws {
    self.context = context
    self.publisher = publisher
    self.settings = settings.feedback
    self.list = list
    memoryMs = settings.memoryMs
    provider = settings.provider
    figures = settings.feedbackFigures
    suppressions = publisher.output(.suppressions)
    notifications = publisher.ownPartition(of: .notifications)
    tracked = try context.store(NotifierTopology.tracked)
    softBounces = try context.store(NotifierTopology.softBounces)
  }

  private var nowMs: Int64 { context.clock.wallNowMs() }

  // MARK: Messages

  /// The message is about to go out: from now on reports on it are known. Returns it with what they name it by.
  func follow(
    _ message: OutgoingMessage, _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery,
    to address: Suppression.Address
  ) throws -> OutgoingMessage {
    // Firebase reports on no message: what there is to know it answers at once.
    guard let settings, delivery.channel != .push, let contact = address.contact else { return message }
    let earlier = try tracked.get(key.id)
    try tracked.put(
      key.id,
      TrackedMessage(
        memberId: key.memberId, announcement: announcement, delivery: delivery.withoutContact,
        contact: settings.secret.digest(of: contact), taken: earlier?.taken ?? [], early: earlier?.early,
        forgetAtMs: nowMs + memoryMs))
    return settings.marked(message, id: key.id, partition: context.partition)
  }

  /// Its own outcome is told. A refusal of the address counts as its bounce.
  func ended(_ key: MessageKey, _ delivery: MessageRow.Delivery, _ outcome: Notification.Outcome, reason: String?)
    throws
  {
    guard settings != nil, var row = try tracked.get(key.id) else { return }
    row.delivery = delivery.withoutContact
    row.forgetAtMs = nowMs + memoryMs
    row.stage = .ended
    switch outcome {
    case .sent, .maybeSent:
      row.stage = .handedOver
      if let early = row.early { tell(key.id, &row, early) }
    case .failed:
      if let bounce = RefusedAddress.bounce(reason) { try took(bounce, code: reason, row, key.id) }
    case .suppressed, .passedOn, .delivered, .bounced, .complained: break
    }
    row.early = nil
    try tracked.put(key.id, row)
  }

  /// A device was given up: nothing is sent there any more.
  func gone(_ device: MemberDevice, _ key: MessageKey, code: String) {
    guard let secret = settings?.secret, let contact = Contact(deviceToken: device.token) else { return }
    suppress(secret.digest(of: contact), .push, .bounced, code, key.id)
  }

  /// Forgets a message whose row is gone. Says whether there was one.
  func forget(_ key: MessageKey) throws -> Bool {
    guard settings != nil, try tracked.get(key.id) != nil else { return false }
    try tracked.remove(key.id)
    return true
  }

  /// Forgets how often mail to a member's contacts bounced. Says how many rows went.
  func forget(_ profile: MemberProfile) throws -> Int {
    guard let secret = settings?.secret else { return 0 }
    let contacts = [profile.email.flatMap { Contact(email: $0) }, profile.phone.flatMap { Contact(phone: $0) }]
    let digests = contacts.compactMap { $0.map(secret.digest) }
    return try digests.reduce(0) { count, digest in
      guard try softBounces.get(digest) != nil else { return count }
      try softBounces.remove(digest)
      return count + 1
    }
  }

  /// Forgets what was long ago, at most `limit` of each.
  func forgetOld(limit: Int) throws {
    for (id, _) in try tracked.due(upToMs: nowMs, limit: limit) { try tracked.remove(id) }
    for (digest, _) in try softBounces.due(upToMs: nowMs, limit: limit) { try softBounces.remove(digest) }
  }

  var wakeUpMs: Int64? { [tracked.firstDueMs, softBounces.firstDueMs].compactMap { $0 }.min() }

  // MARK: Reports

  func process(_ record: InputRecord) throws {
    let feedback = try Feedback(decoding: try record.envelope)
    guard feedback.partition == record.partition else {
      throw PoisonRecord(
        code: "wrong-partition",
        "The report lies in another partition than it names, which is its message's. Write it there, whatever its key "
          + "hashes to; `loyalty feedback` does.")
    }
    guard record.hasKey(feedback.notificationId) else {
      throw PoisonRecord(code: "wrong-key", "The record's key must be the id of the message that it reports on.")
    }
    try take(feedback)
  }

  private func take(_ feedback: Feedback) throws {
    guard settings != nil, var row = try tracked.get(feedback.notificationId) else { return count(.unknown) }
    guard row.taken.insert(feedback.kind).inserted else { return count(.repeated) }
    counts[feedback.kind.label, default: 0] += 1
    switch feedback.kind {
    case .delivered: break
    case .bounced: try took(feedback.bounce ?? .soft, code: feedback.code, row, feedback.notificationId)
    case .complained: suppress(row, .complained, feedback.code, feedback.notificationId)
    case .optedOut: suppress(row, .optedOut, feedback.code, feedback.notificationId)
    }
    if let outcome = feedback.kind.outcome {
      let report = TrackedMessage.Early(
        outcome: outcome, code: feedback.code, providerMessageId: feedback.providerMessageId)
      switch row.stage {
      case .underWay where row.early == nil: row.early = report
      case .handedOver: tell(feedback.notificationId, &row, report)
      case .underWay, .ended: count(.late)
      }
    }
    try tracked.put(feedback.notificationId, row)
  }

  private func count(_ passedOver: FeedbackFigures.PassedOver) { counts[passedOver.rawValue, default: 0] += 1 }

  private func tell(_ id: String, _ row: inout TrackedMessage, _ report: TrackedMessage.Early) {
    row.stage = .ended
    var notification = row.delivery.notification(
      MessageKey(memberId: row.memberId, id: id), row.announcement, report.outcome, reason: report.code,
      providerMessageId: report.providerMessageId, at: Instant(milliseconds: nowMs))
    notification.provider = provider(row.delivery.carrier)
    publisher.publish(
      notification, to: notifications, key: row.memberId, causedUnder: row.announcement.traceparent)
  }

  // MARK: The suppression list

  private func took(_ bounce: Feedback.Bounce, code: String?, _ row: TrackedMessage, _ id: String) throws {
    switch bounce {
    case .hard: suppress(row, .bounced, code, id)
    case .soft: try countSoft(row, code, id)
    case .refused: break
    }
  }

  private func countSoft(_ row: TrackedMessage, _ code: String?, _ id: String) throws {
    guard let settings else { return }
    let now = nowMs
    let earlier = try softBounces.get(row.contact)?.atMs ?? []
    let recent = (earlier.filter { $0 > now - settings.softBounceMs } + [now]).suffix(settings.softBouncesMax)
    guard recent.count >= settings.softBouncesMax else {
      return try softBounces.put(
        row.contact, SoftBounces(atMs: Array(recent), forgetAtMs: now + settings.softBounceMs))
    }
    try softBounces.remove(row.contact)
    suppress(row, .softBounced, code, id)
  }

  /// What is on the list stays as it is, unless its contact has said meanwhile that they want none of it.
  private func suppress(_ row: TrackedMessage, _ reason: ContactSuppression.Reason, _ code: String?, _ id: String) {
    suppress(row.contact, row.delivery.channel, reason, code, id)
  }

  private func suppress(
    _ contact: String, _ channel: Consent.Channel, _ reason: ContactSuppression.Reason, _ code: String?, _ id: String
  ) {
    guard let secret = settings?.secret else { return }
    if let earlier = listed[contact] ?? list.entry(contact)?.reason {
      guard reason.isWish, !earlier.isWish else { return }
    }
    listed[contact] = reason
    let suppression = ContactSuppression(
      secretId: secret.id, digest: contact, channel: channel, reason: reason, notificationId: id,
      code: code, occurredAt: Instant(milliseconds: nowMs))
    publisher.publish(suppression, to: suppressions, key: suppression.key)
  }

  /// Why nothing is sent to this address; nil: it is not on the list.
  func reason(_ address: Suppression.Address) -> String? { list.reason(address) }

  /// Whether messages may go out at all.
  var maySend: Bool { list.isUsable }

  func cycleCommitted() {
    listed.removeAll()
    guard !counts.isEmpty else { return }
    figures.add(counts)
    counts = [:]
  }
}

extension MessageRow.Delivery {
  /// A tracked message holds no address.
  fileprivate var withoutContact: MessageRow.Delivery {
    var delivery = self
    delivery.contact = nil
    return delivery
  }
}

extension Feedback.Kind {
  /// What it tells of the message; nil: nothing.
  fileprivate var outcome: Notification.Outcome? {
    switch self {
    case .delivered: .delivered
    case .bounced: .bounced
    case .complained: .complained
    case .optedOut: nil
    }
  }
}
