import JSON
import Loyalty

/// The notifier's answer to a request: the value of `loyalty.message-answers`. No address, no body.
package struct MessageAnswer: Equatable, Sendable {
  /// The request's.
  package var id: String
  package var memberId: String
  package var content: Content
  package var occurredAt: Instant

  package enum Content: Equatable, Sendable {
    /// The message is queued again.
    case retried(messageId: String)
    case refused(messageId: String, Refusal)
    case explained(Explanation)
  }

  /// Why a message is not sent again. Part of the contract: `topics/schemas/message-answer.schema.json` lists them.
  package enum Refusal: String, CaseIterable, Sendable {
    case unknownMessage = "unknown-message"
    case stillWaiting = "still-waiting"
    case notFailed = "not-failed"
    case failedAgain = "failed-again"

    /// For the person who asks.
    package var message: String {
      switch self {
      case .unknownMessage:
        "The notifier does not remember it: it was told longer ago than --message-memory-days, or by a release that kept no failed messages, or the member was erased."
      case .stillWaiting: "It has no outcome yet and goes out by itself."
      case .notFailed: "It was sent, or not sent on purpose; only what has failed or may have been sent goes again."
      case .failedAgain: "It has failed again since; look at its latest outcome and ask for that."
      }
    }
  }

  /// What would become of a message to the member if there were one now.
  package struct Explanation: Equatable, Sendable {
    /// One a channel, in the order in which they are tried.
    package var routes: [Route]
    /// Templates that are paused.
    package var pausedTemplates: [String]
    /// Messages without an outcome, those that are due first; `waitingMax` at most.
    package var waiting: [Waiting]

    package static let waitingMax = 100

    package init(routes: [Route], pausedTemplates: [String], waiting: [Waiting]) {
      self.routes = routes
      self.pausedTemplates = pausedTemplates
      self.waiting = waiting
    }
  }

  package struct Route: Equatable, Sendable {
    package var channel: Consent.Channel
    /// Why nothing goes by it, as `loyalty.notifications` would say; nil: it can take a message.
    package var reason: String?
    /// The one that a message would go by.
    package var isChosen: Bool
    /// An operator has paused it; messages wait.
    package var isPaused: Bool
    /// Its server refuses the account or is not to be reached, as the instance that answers sees it; messages wait.
    package var isHeld: Bool
    /// What the member has switched off there; messages of these topics are `preference-off`.
    package var switchedOff: [MessageTopic]

    package init(
      channel: Consent.Channel, reason: String?, isChosen: Bool, isPaused: Bool, isHeld: Bool,
      switchedOff: [MessageTopic] = []
    ) {
      self.channel = channel
      self.reason = reason
      self.isChosen = isChosen
      self.isPaused = isPaused
      self.isHeld = isHeld
      self.switchedOff = switchedOff
    }
  }

  package struct Waiting: Equatable, Sendable {
    package var messageId: String
    package var channel: Consent.Channel
    package var template: String
    package var cause: String
    package var attempts: Int
    /// When it is looked at next.
    package var dueAt: Instant

    package init(
      messageId: String, channel: Consent.Channel, template: String, cause: String, attempts: Int, dueAt: Instant
    ) {
      self.messageId = messageId
      self.channel = channel
      self.template = template
      self.cause = cause
      self.attempts = attempts
      self.dueAt = dueAt
    }
  }

  package init(id: String, memberId: String, content: Content, occurredAt: Instant) {
    self.id = id
    self.memberId = memberId
    self.content = content
    self.occurredAt = occurredAt
  }

  package var type: String {
    switch content {
    case .retried: "message.retried"
    case .refused: "message.retry-refused"
    case .explained: "message.explained"
    }
  }
}

// MARK: JSON

extension MessageAnswer {
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    switch content {
    case .retried(let messageId): writer.field("messageId", messageId)
    case .refused(let messageId, let refusal):
      writer.field("messageId", messageId)
      writer.field("code", refusal.rawValue)
      writer.field("message", refusal.message)
    case .explained(let explanation): explanation.encode(to: &writer)
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try MessageAnswer(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, .memberId)
    var messageId: String?
    var refusal: Refusal?
    var explanation = Explanation(routes: [], pausedTemplates: [], waiting: [])
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "messageId": messageId = try reader.id()
      case "code": refusal = try reader.word(Refusal.self)
      case "channels":
        try reader.beginArray()
        while try reader.nextElement() { explanation.routes.append(try Route(reading: &reader)) }
      case "pausedTemplates":
        try reader.beginArray()
        while try reader.nextElement() { explanation.pausedTemplates.append(try reader.id()) }
      case "waiting":
        try reader.beginArray()
        while try reader.nextElement() { explanation.waiting.append(try Waiting(reading: &reader)) }
      default: try reader.skipValue()
      }
    }
    let content: Content =
      switch try head.kind(TypeName.self, in: reader) {
      case .retried: .retried(messageId: try messageId.required("messageId", in: reader))
      case .refused:
        .refused(
          messageId: try messageId.required("messageId", in: reader), try refusal.required("code", in: reader))
      case .explained: .explained(explanation)
      }
    self.init(
      id: try head.id(in: reader), memberId: try head.memberId(in: reader), content: content,
      occurredAt: try head.occurredAt(in: reader))
  }

  private enum TypeName: String, CaseIterable {
    case retried = "message.retried"
    case refused = "message.retry-refused"
    case explained = "message.explained"
  }
}

extension MessageAnswer.Explanation {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.key("channels")
    writer.beginArray()
    for route in routes { route.encode(to: &writer) }
    writer.endArray()
    writer.key("pausedTemplates")
    writer.beginArray()
    for name in pausedTemplates { writer.string(name) }
    writer.endArray()
    writer.key("waiting")
    writer.beginArray()
    for message in waiting { message.encode(to: &writer) }
    writer.endArray()
  }
}

extension MessageAnswer.Route {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("channel", channel.rawValue)
    writer.field("reason", reason)
    writer.field("chosen", isChosen)
    writer.field("paused", isPaused)
    writer.field("held", isHeld)
    if !switchedOff.isEmpty {
      writer.key("switchedOff")
      writer.beginArray()
      for topic in switchedOff { writer.string(topic.rawValue) }
      writer.endArray()
    }
    writer.endObject()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var channel: Consent.Channel?
    var reason: String?
    var chosen = false
    var paused = false
    var held = false
    var switchedOff: [MessageTopic] = []
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "channel": channel = try reader.word(Consent.Channel.self)
      case "reason": reason = try reader.name()
      case "chosen": chosen = try reader.bool()
      case "paused": paused = try reader.bool()
      case "held": held = try reader.bool()
      case "switchedOff":
        try reader.beginArray()
        while try reader.nextElement() { switchedOff.append(try reader.word(MessageTopic.self)) }
      default: try reader.skipValue()
      }
    }
    self.init(
      channel: try channel.required("channel", in: reader), reason: reason, isChosen: chosen, isPaused: paused,
      isHeld: held, switchedOff: switchedOff)
  }
}

extension MessageAnswer.Waiting {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("messageId", messageId)
    writer.field("channel", channel.rawValue)
    writer.field("template", template)
    writer.field("cause", cause)
    writer.field("attempts", attempts)
    writer.field("dueAt", dueAt)
    writer.endObject()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var messageId: String?
    var channel: Consent.Channel?
    var template: String?
    var cause: String?
    var attempts: Int64?
    var dueAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "messageId": messageId = try reader.id()
      case "channel": channel = try reader.word(Consent.Channel.self)
      case "template": template = try reader.id()
      case "cause": cause = try reader.madeText()
      case "attempts": attempts = try reader.count(atLeast: 0)
      case "dueAt": dueAt = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      messageId: try messageId.required("messageId", in: reader),
      channel: try channel.required("channel", in: reader), template: try template.required("template", in: reader),
      cause: try cause.required("cause", in: reader), attempts: Int(try attempts.required("attempts", in: reader)),
      dueAt: try dueAt.required("dueAt", in: reader))
  }
}
