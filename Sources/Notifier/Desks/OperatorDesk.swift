import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Does what operators ask about a member's messages, and answers.
struct OperatorDesk {
  private let book: MessageBook
  private let programs: ProgramShelf
  private let pauses: PauseShelf
  private let settings: NotifierSettings
  private let isHeld: (Consent.Channel) -> Bool

  /// - Parameter isHeld: whether this process holds the channel.
  init(
    _ book: MessageBook, _ programs: ProgramShelf, _ pauses: PauseShelf, _ settings: NotifierSettings,
    isHeld: @escaping (Consent.Channel) -> Bool
  ) {
    self.book = book
    self.programs = programs
    self.pauses = pauses
    self.settings = settings
    self.isHeld = isHeld
  }

  func process(_ request: MessageRequest) throws {
    switch request.kind {
    case .retry(let retry): book.answer(request, try send(again: retry, request))
    case .explain: book.answer(request, .explained(try explanation(of: request.memberId)))
    }
  }

  // MARK: Again

  /// A failure is answered once: its instant names it, and a message that has failed again has another.
  private func send(again retry: MessageRequest.Retry, _ request: MessageRequest) throws -> MessageAnswer.Content {
    let key = MessageKey(memberId: request.memberId, id: retry.messageId)
    let refusal: MessageAnswer.Refusal
    switch try book.message(key) {
    case nil: refusal = .unknownMessage
    case .told: refusal = .notFailed
    case .queued(_, let delivery, _), .attempting(_, let delivery, _):
      // The same request once more.
      if delivery.retry?.requestId == request.id { return .retried(messageId: key.id) }
      refusal = .stillWaiting
    case .collecting: refusal = .stillWaiting
    case .undelivered(let announcement, var delivery, let failedAt, _):
      guard failedAt == retry.failedAt else {
        refusal = .failedAgain
        break
      }
      delivery.retry = MessageRow.Retry(
        count: (delivery.retry?.count ?? 0) + 1, requestId: request.id, actor: retry.actor,
        attemptsBefore: delivery.attempts)
      let policy = announcement.program(in: programs.catalog)?.messages
      delivery.push = nil
      delivery.carrier = try book.carrier(
        try book.route(key.memberId, announcement.template, delivery, by: policy).channel, announcement, delivery,
        key.memberId)
      // It is tried for as long as one that was announced now.
      delivery.validUntilMs = book.nowMs + settings.rules(policy, of: delivery).validMs
      try book.put(key, .queued(announcement, delivery, atMs: book.nowMs))
      return .retried(messageId: key.id)
    }
    return .refused(messageId: key.id, refusal)
  }

  // MARK: As of now

  private func explanation(of memberId: String) throws -> MessageAnswer.Explanation {
    let preferences = try book.preferences.get(memberId)?.preferences
    // Each programme has an order of its own: told is that of the first in force.
    let policy = programs.inForce(at: Instant(milliseconds: book.nowMs)).first?.messages
    let chosen = try book.route(memberId, nil, .init(channel: .email), by: policy)
    let routes = try (policy?.order ?? MessagePolicy.usualOrder).map { channel in
      let verdict = try book.judge(memberId, by: channel)
      var reason: String?
      if case .suppress(let why) = verdict { reason = why }
      return MessageAnswer.Route(
        channel: channel, reason: reason, isChosen: reason == nil && channel == chosen.channel,
        isPaused: pauses.isPaused(channel), isHeld: isHeld(channel),
        switchedOff: MessageTopic.allCases.filter { preferences?.isWanted($0, by: channel) == false })
    }
    let waiting = try book.messages(of: memberId).compactMap { Self.waiting($0.key, $0.row) }
      .sorted { ($0.dueAt, $0.messageId) < ($1.dueAt, $1.messageId) }
    return MessageAnswer.Explanation(
      routes: routes, pausedTemplates: pauses.templates,
      waiting: Array(waiting.prefix(MessageAnswer.Explanation.waitingMax)))
  }

  private static func waiting(_ key: MessageKey, _ row: MessageRow) -> MessageAnswer.Waiting? {
    let (announcement, delivery): (Announcement, MessageRow.Delivery)
    switch row {
    case .collecting(let known, _, _, _): (announcement, delivery) = (known, .init(channel: .email))
    case .queued(let known, let way, _), .attempting(let known, let way, _): (announcement, delivery) = (known, way)
    case .told, .undelivered: return nil
    }
    guard let dueMs = row.dueMs else { return nil }
    return MessageAnswer.Waiting(
      messageId: key.id, channel: delivery.channel, template: announcement.template.rawValue,
      cause: announcement.cause, attempts: delivery.attempts, dueAt: Instant(milliseconds: dueMs))
  }
}
