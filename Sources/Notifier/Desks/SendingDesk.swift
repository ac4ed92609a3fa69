import Contracts
import Loyalty
import Messages
import ServiceDomain
import StreamRuntime

/// Takes messages of one channel from the store to the senders and their outcomes back.
///
/// A cycle marks as many due messages as attempted as the pool has room for, and hands them over once it is committed;
/// the rest waits in the store. What is due and not to be sent takes no room. Outcomes are acknowledged once the cycle
/// that recorded them is committed. A worker that ends in between leaves the row `attempting`, and whoever finds that
/// takes it for an attempt without an answer.
final class SendingDesk {
  private let book: MessageBook
  private let programs: ProgramShelf
  private let writer: MessageWriter
  private let pauses: PauseShelf
  private let settings: NotifierSettings
  private let pool: SenderPool
  private let channel: Consent.Channel
  private let partition: Int32

  /// This cycle's: given to the pool when it is committed.
  private var jobs: [SendJob] = []
  private var slots: SendSlots?
  private var recorded: [SendResult] = []
  private var calledBack: [MessageKey] = []
  /// Found with nobody who has them in hand.
  private var interrupted = 0

  /// When it last looked for outcomes and due rows, and how often it does while the pool is busy.
  private var lookedMs: Int64 = 0
  private static let lookEveryMs: Int64 = 25
  /// How often it looks whether the suppression list can be asked again.
  private static let askListEveryMs: Int64 = 1_000
  /// Rows that one cycle takes up.
  private static let rowsPerCycleMax = 1_000

  init(
    _ book: MessageBook, _ programs: ProgramShelf, _ templates: TemplateShelf, _ pauses: PauseShelf,
    _ settings: NotifierSettings,
    _ pools: SenderPools, _ channel: Consent.Channel, partition: Int32
  ) {
    self.book = book
    self.programs = programs
    writer = MessageWriter(templates)
    self.pauses = pauses
    self.settings = settings
    pool = pools[channel]
    self.channel = channel
    self.partition = partition
    pool.attend(partition)
  }

  deinit { pool.leave(partition) }

  /// When there is something to do, by the machine's clock; nil: not before the next record.
  ///
  /// While messages are on their way it looks again at intervals only: a cycle of many outcomes costs a Kafka
  /// transaction just as a cycle of one does.
  var wakeUpMs: Int64? {
    let nowMs = book.nowMs
    // A clock that was put back must not hold everything up.
    let lookAgainMs = lookedMs > nowMs ? nowMs : lookedMs + Self.lookEveryMs
    let view = pool.view(of: partition, nowMs: nowMs)
    if view.isWaiting { return lookAgainMs }
    if view.hasOutcomes { return nowMs }
    guard let dueMs = book.firstDueMs(by: channel) else { return nil }
    if pauses.isPaused(channel) { return max(dueMs, pauses.lookAgainMs(nowMs: min(lookedMs, nowMs))) }
    guard book.feedback.maySend else { return max(dueMs, lookedMs + Self.askListEveryMs) }
    if let heldUntilMs = view.heldUntilMs { return max(dueMs, heldUntilMs) }
    return view.hasRoom ? dueMs : max(dueMs, lookAgainMs)
  }

  func work() throws {
    lookedMs = book.nowMs
    try takeOutcomes()
    try takeUpDueRows()
  }

  func cycleCommitted() {
    pool.acknowledge(recorded, of: partition)
    recorded.removeAll(keepingCapacity: true)
    pool.withdraw(calledBack, of: partition)
    calledBack.removeAll()
    pool.found(interrupted: interrupted)
    interrupted = 0
    if let slots, !jobs.isEmpty { pool.submit(jobs, using: slots) }
    jobs.removeAll(keepingCapacity: true)
    slots = nil
  }

  /// The message's row is gone: it must not go out any more, unless it is too late for that.
  func callBack(_ key: MessageKey) {
    jobs.removeAll { $0.key == key }
    calledBack.append(key)
  }

  // MARK: Outcomes

  private func takeOutcomes() throws {
    guard pool.view(of: partition, nowMs: book.nowMs).hasOutcomes else { return }
    var pointless: [SendResult] = []
    for result in pool.results(of: partition) where !recorded.contains(result) {
      // The member was erased meanwhile, or the row's lease ran out in other hands.
      guard case .attempting(let announcement, let delivery, _)? = try book.message(result.key),
        delivery.attempts == result.attempt
      else {
        pointless.append(result)
        continue
      }
      try settle(result.key, announcement, delivery, result.outcome)
      recorded.append(result)
    }
    pool.acknowledge(pointless, of: partition)
  }

  /// What follows an attempt; `delivery` counts it.
  private func settle(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, _ outcome: SendOutcome
  ) throws {
    let next = settings.policy.next(
      after: outcome, id: key.id, of: announcement.template.messageClass, attempts: delivery.attemptsOfThisTry,
      deduplicates: settings.deduplicates(delivery.channel),
      nowMs: book.nowMs)
    switch next {
    case .sent:
      try book.conclude(
        key, announcement, delivery, .sent, reason: nil, providerMessageId: outcome.providerMessageId)
    case .failed(let why): try book.conclude(key, announcement, delivery, .failed, reason: why.code)
    case .suppressed(let why): try book.conclude(key, announcement, delivery, .suppressed, reason: why.code)
    case .maybeSent(let why): try book.conclude(key, announcement, delivery, .maybeSent, reason: why.code)
    case .retry(let atMs, let countsAsAttempt):
      var delivery = delivery
      if !countsAsAttempt { delivery.attempts -= 1 }
      try book.put(key, .queued(announcement, delivery, atMs: atMs))
    }
  }

  // MARK: Due rows

  private func takeUpDueRows() throws {
    let nowMs = book.nowMs
    guard !pauses.isPaused(channel), book.feedback.maySend, let dueMs = book.firstDueMs(by: channel), dueMs <= nowMs
    else { return }
    let slots = slots ?? pool.reserve(Self.rowsPerCycleMax, releasing: recorded.count, nowMs: nowMs)
    self.slots = slots
    var taken = 0
    while taken < Self.rowsPerCycleMax, jobs.count < slots.count {
      let room = slots.count - jobs.count
      let rows = try book.due(by: channel, upToMs: nowMs, limit: room)
      for (key, row) in rows { try takeUp(key, row) }
      taken += rows.count
      if rows.count < room { break }
    }
    if jobs.isEmpty { self.slots = nil }
  }

  private func takeUp(_ key: MessageKey, _ row: MessageRow) throws {
    switch row {
    case .collecting(let announcement, _, _, _): try NewsDesk.giveUp(key, announcement, book)
    case .queued(let announcement, let delivery, _): try attempt(key, announcement, delivery)
    case .attempting(let announcement, let delivery, _):
      if pool.holds(key, of: partition) {
        try lease(key, announcement, delivery)
      } else {
        interrupted += 1
        try settle(key, announcement, delivery, DeliveryPolicy.interrupted)
      }
    case .told, .undelivered: try book.remove(key)
    }
  }

  private func lease(_ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery) throws {
    try book.put(
      key, .attempting(announcement, delivery, leaseUntilMs: book.nowMs + settings.attemptLeaseMs))
  }

  /// Consent, preferences and address are those of this moment; the channel stays that of the first attempt.
  private func attempt(_ key: MessageKey, _ announcement: Announcement, _ queued: MessageRow.Delivery) throws {
    if let untilMs = pauses.putOffUntilMs(announcement.template, nowMs: book.nowMs) {
      return try book.put(key, .queued(announcement, queued, atMs: untilMs))
    }
    let profile = try book.profile(key.memberId)
    var delivery = queued
    let verdict: Suppression.Verdict
    if queued.isUntried {
      (delivery.channel, verdict) = try book.route(key.memberId, announcement.template)
    } else {
      verdict = try book.judge(key.memberId, announcement.template, by: queued.channel)
    }
    let address: Suppression.Address
    switch verdict {
    case .suppress(let reason): return try book.suppress(key, announcement, delivery, reason: reason)
    case .send(let to): address = to
    }
    // The profile names another channel by now: that one's desk takes it up.
    guard delivery.channel == channel else {
      return try book.put(key, .queued(announcement, delivery, atMs: book.nowMs))
    }
    // The engine may know a programme a moment before this thread does.
    guard let program = announcement.program(in: programs.catalog) else {
      delivery.attempts += 1
      let unknown = SendReason("program-unknown", "the programme's document is not on loyalty.programs")
      return try settle(key, announcement, delivery, .retryLater(unknown))
    }
    let invitation = settings.links.invitation(key.memberId, announcement.template, delivery.channel)
    let written = writer.write(announcement, program, to: profile, queued, wayOut: invitation.wayOut)
    delivery.attempts += 1
    delivery.language = written.language
    delivery.template = written.template
    switch ComposedMessage(
      written, to: address, id: key.id, at: Instant(milliseconds: book.nowMs), settings, invitation)
    {
    case .unsendable(let reason): try book.suppress(key, announcement, queued, reason: reason)
    case .ready(let message, let sms):
      delivery.sms = sms
      delivery.consentAsOf = profile?.occurredAt
      try lease(key, announcement, delivery)
      let followed = try book.feedback.follow(message, key, announcement, delivery, to: address)
      jobs.append(SendJob(key: key, attempt: delivery.attempts, partition: partition, message: followed))
    }
  }
}
