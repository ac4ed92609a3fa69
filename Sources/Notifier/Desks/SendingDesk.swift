import Contracts
import Loyalty
import Messages
import ServiceDomain
import StreamRuntime

/// Takes messages of one carrier from the store to the senders and their outcomes back.
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
  private let gate: SendingGate
  private let rounds: PushRounds
  private let carrier: Carrier
  private let partition: Int32

  /// This cycle's: given to the pool when it is committed.
  private var batches: [MessageClass: SendBatch] = [:]
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
    _ pools: SenderPools, _ carrier: Carrier, partition: Int32
  ) {
    self.book = book
    self.programs = programs
    writer = MessageWriter(templates)
    self.pauses = pauses
    self.settings = settings
    pool = pools[carrier]
    gate = SendingGate(book, settings, pool)
    rounds = PushRounds(book, programs, settings)
    self.carrier = carrier
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
    return MessageClass.allCases.compactMap { wakeUpMs(for: $0, view, lookAgainMs: lookAgainMs, nowMs: nowMs) }.min()
  }

  private func wakeUpMs(
    for messageClass: MessageClass, _ view: SenderPool.View, lookAgainMs: Int64, nowMs: Int64
  ) -> Int64? {
    guard let dueMs = book.firstDueMs(by: carrier, messageClass) else { return nil }
    if pauses.isPaused(carrier.channel) { return max(dueMs, pauses.lookAgainMs(nowMs: min(lookedMs, nowMs))) }
    guard book.feedback.maySend else { return max(dueMs, lookedMs + Self.askListEveryMs) }
    if let heldUntilMs = view.heldUntilMs { return max(dueMs, heldUntilMs) }
    guard messageClass == .security ? view.hasUrgentRoom : view.hasRoom else { return max(dueMs, lookAgainMs) }
    return view.paceWaitMs > 0 ? max(dueMs, nowMs + view.paceWaitMs) : dueMs
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
    for messageClass in MessageClass.allCases {
      guard let batch = batches[messageClass], !batch.jobs.isEmpty else { continue }
      pool.submit(batch.jobs, using: batch.slots)
    }
    batches = [:]
  }

  /// The message's row is gone: it must not go out any more, unless it is too late for that.
  func callBack(_ key: MessageKey) {
    for batch in batches.values { batch.callBack(key) }
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
    // A refusal for good, and that alone: where nobody knows, an SMS could be the second message.
    if delivery.carrier == .zns, case .failed(let why) = outcome {
      return try book.passOn(
        key, announcement, delivery, to: Carrier(delivery.channel), reason: why.code)
    }
    if delivery.carrier == .push { return try rounds.settle(key, announcement, delivery, outcome) }
    let next = settings.policy.next(
      after: outcome, id: key.id, of: delivery.messageClass, attempts: delivery.attemptsOfThisTry,
      deduplicates: settings.deduplicates(delivery.carrier), nowMs: book.nowMs, validUntilMs: delivery.validUntilMs)
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

  /// Of each class while there is room, security first.
  private func takeUpDueRows() throws {
    guard !pauses.isPaused(carrier.channel), book.feedback.maySend else { return }
    for messageClass in MessageClass.allCases { try takeUpDueRows(of: messageClass) }
  }

  private func takeUpDueRows(of messageClass: MessageClass) throws {
    let nowMs = book.nowMs
    guard let dueMs = book.firstDueMs(by: carrier, messageClass), dueMs <= nowMs else { return }
    let batch =
      batches[messageClass]
      ?? SendBatch(
        pool.reserve(Self.rowsPerCycleMax, for: messageClass, releasing: recorded.count, nowMs: nowMs))
    batches[messageClass] = batch
    var taken = 0
    while taken < Self.rowsPerCycleMax, batch.room > 0 {
      let room = batch.room
      let rows = try book.due(by: carrier, messageClass, upToMs: nowMs, limit: room)
      for (key, row) in rows { try takeUp(key, row, into: batch) }
      taken += rows.count
      if rows.count < room { break }
    }
    if batch.jobs.isEmpty { batches[messageClass] = nil }
  }

  private func takeUp(_ key: MessageKey, _ row: MessageRow, into batch: SendBatch) throws {
    switch row {
    case .collecting(let announcement, _, _, _): try NewsDesk.giveUp(key, announcement, book)
    case .queued(let announcement, let delivery, _): try attempt(key, announcement, delivery, into: batch)
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

  /// Consent, preferences, address and hours are those of this moment; the channel stays that of the first attempt.
  private func attempt(
    _ key: MessageKey, _ announcement: Announcement, _ queued: MessageRow.Delivery, into batch: SendBatch
  ) throws {
    if let untilMs = pauses.putOffUntilMs(announcement.template, nowMs: book.nowMs) {
      return try book.put(key, .queued(announcement, queued, atMs: untilMs))
    }
    var delivery = queued
    let policy = announcement.program(in: programs.catalog)?.messages
    let (channel, verdict) = try book.route(key.memberId, announcement.template, queued, by: policy)
    if channel != queued.channel { delivery.carrier = try book.carrier(channel, announcement, queued, key.memberId) }
    let address: Suppression.Address
    switch verdict {
    case .suppress(let reason): return try book.suppress(key, announcement, delivery, reason: reason)
    case .send(let to): address = to
    }
    // The profile names another channel by now: that one's desk takes it up.
    guard delivery.carrier == carrier else {
      return try book.put(key, .queued(announcement, delivery, atMs: book.nowMs))
    }
    // The engine may know a programme a moment before this thread does.
    guard let program = announcement.program(in: programs.catalog) else {
      delivery.attempts += 1
      let unknown = SendReason("program-unknown", "the programme's document is not on loyalty.programs")
      return try settle(key, announcement, delivery, .retryLater(unknown))
    }
    guard announcement.template.isTold(by: program.messages) else { return try book.remove(key) }
    let invitation = settings.links.invitation(key.memberId, announcement.template, delivery.channel)
    if delivery.messageClass == .marketing, !settings.marketing.hasOptOut(by: channel, invitation) {
      return try book.suppress(key, announcement, queued, reason: MarketingFrame.noOptOut)
    }
    let profile = try book.profile(key.memberId)
    guard try gate.mayGoNow(key, announcement, &delivery, profile, program, to: address) else { return }
    let written = write(announcement, program, to: profile, queued, invitation)
    guard let composed = try compose(written, key, announcement, &delivery, to: address, invitation) else { return }
    delivery.attempts += 1
    delivery.language = written.language
    switch composed {
    case .unsendable(let reason): try book.suppress(key, announcement, queued, reason: reason)
    case .ready(let message, let sms):
      delivery.sms = sms
      delivery.consentAsOf = profile?.occurredAt
      try lease(key, announcement, delivery)
      let followed = try book.feedback.follow(message, key, announcement, delivery, to: address)
      batch.add(
        SendJob(
          key: key, attempt: delivery.attempts, partition: partition, message: followed,
          messageClass: delivery.messageClass))
    }
  }

  /// In the form of this carrier; nil: the message goes on another way, and its row is put so.
  private func compose(
    _ written: MessageWriter.Written, _ key: MessageKey, _ announcement: Announcement,
    _ delivery: inout MessageRow.Delivery, to address: Suppression.Address, _ invitation: PreferenceInvitation
  ) throws -> ComposedMessage? {
    switch carrier {
    case .zns:
      if let ready = ComposedMessage(zns: written, announcement, to: address, id: key.id, settings) { return ready }
      try goOnBySMS(key, announcement, delivery)
      return nil
    case .push:
      var progress = delivery.push ?? PushProgress()
      guard case .devices(let devices) = address, let device = progress.next(of: devices) else {
        try rounds.endRound(key, announcement, delivery)
        return nil
      }
      progress.begin(device)
      delivery.push = progress
      delivery.template = written.template
      return ComposedMessage(
        push: written, announcement, to: device, id: key.id, delivery, atMs: book.nowMs, invitation)
    case .email, .sms:
      delivery.template = written.template
      return ComposedMessage(
        written, to: address, id: key.id, at: Instant(milliseconds: book.nowMs), settings, invitation)
    }
  }

  /// Zalo has no template that says this in the member's language. What it may have had already stays with it.
  private func goOnBySMS(
    _ key: MessageKey, _ announcement: Announcement, _ queued: MessageRow.Delivery
  ) throws {
    guard queued.isUntried else {
      return try book.conclude(key, announcement, queued, .failed, reason: ComposedMessage.withoutTemplate)
    }
    var delivery = queued
    delivery.carrier = Carrier(queued.channel)
    try book.put(key, .queued(announcement, delivery, atMs: book.nowMs))
  }

  private func write(
    _ announcement: Announcement, _ program: Program, to profile: MemberProfile?, _ delivery: MessageRow.Delivery,
    _ invitation: PreferenceInvitation
  ) -> MessageWriter.Written {
    let also = announcement.alsoFacts(in: programs.catalog, locale: profile?.locale)
    var written = writer.write(announcement, program, to: profile, delivery, also: also, wayOut: invitation.wayOut)
    if delivery.messageClass == .marketing {
      written.wording = settings.marketing.frame(
        written.wording, written.language, program.messages, wayOut: invitation.wayOut)
    }
    return written
  }
}
