import Contracts
import Loyalty
import ServiceDomain

/// What follows an attempt with one of a member's devices: the next device's turn, another round, or the end of the
/// message as a whole. It is sent where one device took it; where each refused it for good it goes by the next channel.
struct PushRounds {
  private let book: MessageBook
  private let programs: ProgramShelf
  private let settings: NotifierSettings

  static let noDevice = "push-no-device"

  init(_ book: MessageBook, _ programs: ProgramShelf, _ settings: NotifierSettings) {
    self.book = book
    self.programs = programs
    self.settings = settings
  }

  /// - Parameter attempted: with the attempt that ended just now.
  func settle(
    _ key: MessageKey, _ announcement: Announcement, _ attempted: MessageRow.Delivery, _ outcome: SendOutcome
  ) throws {
    var delivery = attempted
    var progress = delivery.push ?? PushProgress()
    let devices = try book.devices(key.memberId)
    switch outcome {
    case .sent: progress.taken(as: nil)
    case .sentAs(let name): progress.taken(as: name)
    case .failed(let why) where why.code == FCMAnswer.gone:
      if let device = progress.underWay(of: devices) { book.feedback.gone(device, key, code: why.code) }
      progress.end(.gone, why)
    case .failed(let why), .suppressed(let why): progress.end(.refused, why)
    case .unknown(let why): progress.end(.putOff, why, isUnclear: true)
    // It is of this device, as far as it says: the others have their turn.
    case .retryLater(let why) where why.retryAfterMs == nil: progress.end(.putOff, why)
    case .retryLater, .channelRefused, .quotaReached, .notAttempted:
      return try wait(key, announcement, delivery, outcome)
    }
    delivery.push = progress
    guard progress.next(of: devices) == nil else {
      return try book.put(key, .queued(announcement, delivery, atMs: book.nowMs))
    }
    try endRound(key, announcement, delivery)
  }

  /// Each device that there is has had its turn.
  func endRound(_ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery) throws {
    let progress = delivery.push ?? PushProgress()
    let reason = progress.reason ?? Self.noDevice
    if progress.hasPutOff { return try wait(key, announcement, delivery, .retryLater(SendReason(reason))) }
    if progress.isTaken || progress.isUnclear { return try giveUp(key, announcement, delivery, reason) }
    let policy = announcement.program(in: programs.catalog)?.messages
    guard let channel = try book.standIn(key.memberId, announcement.template, delivery, by: policy) else {
      return try giveUp(key, announcement, delivery, reason)
    }
    try book.passOn(
      key, announcement, delivery, to: try book.carrier(channel, announcement, delivery, key.memberId), reason: reason)
  }

  /// Until the devices that were put off, or not tried, may be tried.
  private func wait(
    _ key: MessageKey, _ announcement: Announcement, _ waiting: MessageRow.Delivery, _ outcome: SendOutcome
  ) throws {
    var delivery = waiting
    let next = settings.policy.next(
      after: outcome, id: key.id, of: delivery.messageClass, attempts: delivery.push?.round ?? 1,
      deduplicates: settings.deduplicates(.push), nowMs: book.nowMs, validUntilMs: delivery.validUntilMs)
    switch next {
    case .retry(let atMs, let countsAsAttempt):
      if countsAsAttempt {
        delivery.push?.beginRound()
      } else {
        delivery.push?.takeBack()
        delivery.attempts -= 1
      }
      try book.put(key, .queued(announcement, delivery, atMs: atMs))
    case .failed(let why), .suppressed(let why), .maybeSent(let why):
      try giveUp(key, announcement, delivery, why.code)
    case .sent: try giveUp(key, announcement, delivery, nil)
    }
  }

  /// `MessageBook.conclude` knows of the devices that took it.
  private func giveUp(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, _ reason: String?
  ) throws {
    let outcome: Notification.Outcome = delivery.push?.isUnclear == true ? .maybeSent : .failed
    try book.conclude(key, announcement, delivery, outcome, reason: reason)
  }
}
