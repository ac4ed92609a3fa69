import Contracts
import Inquiry
import JSON
import Loyalty

/// What `loyalty messages show MEMBER` prints.
package struct MemberMessages {
  private let memberId: String
  private let past: [MessageOutcome]
  /// nil: the notifier has not answered.
  private let now: MessageAnswer.Explanation?

  package init(memberId: String, past: [MessageOutcome], now: MessageAnswer.Explanation?) {
    self.memberId = memberId
    self.past = past
    self.now = now
  }

  package var text: String {
    var parts = [past.isEmpty ? "\(memberId) has been told nothing" : OutcomeTable(past).text]
    if let now {
      if !now.waiting.isEmpty { parts.append("Waiting:\n\(waiting(now.waiting))") }
      parts.append((["A message now:"] + verdicts(now).map { "  \($0)" }).joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  private func waiting(_ messages: [MessageAnswer.Waiting]) -> String {
    var table = TextTable(["NEXT TRY", "MESSAGE", "TEMPLATE", "CHANNEL", "TRIES", "CAUSE"], rightAligned: [4])
    for each in messages {
      table.add([
        each.dueAt.rfc3339, each.messageId, each.template, each.channel.rawValue, "\(each.attempts)", each.cause,
      ])
    }
    return table.text(indent: "  ")
  }

  /// What would become of a message: the whole first, then channel by channel.
  private func verdicts(_ now: MessageAnswer.Explanation) -> [String] {
    let chosen = now.routes.first(where: \.isChosen)
    var lines = [chosen.map { "would go by \($0.channel.rawValue)" } ?? "would not be sent by any channel"]
    for route in now.routes {
      var words = [route.reason.map { "no, \(OutcomeWords.told($0))" } ?? "yes"]
      if route.isPaused { words.append("paused by an operator, messages wait (`loyalty messages resume`)") }
      if route.isHeld { words.append("held, its server refuses or is not to be reached, messages wait") }
      lines.append("\(route.channel.rawValue): \(words.joined(separator: "; "))")
    }
    if !now.pausedTemplates.isEmpty {
      lines.append("paused templates, whose messages wait: \(now.pausedTemplates.joined(separator: ", "))")
    }
    return lines
  }

  package var json: JSONValue {
    .fields([
      "memberId": .string(memberId), "messages": .array(past.map(\.document)),
      "waiting": now.map { JSONValue.array($0.waiting.map(json)) },
      "channels": now.map { JSONValue.array($0.routes.map(json)) },
      "pausedTemplates": now.map { JSONValue.array($0.pausedTemplates.map { .string($0) }) },
    ])
  }

  private func json(_ message: MessageAnswer.Waiting) -> JSONValue {
    .fields([
      "id": .string(message.messageId), "channel": .string(message.channel.rawValue),
      "template": .string(message.template), "cause": .string(message.cause), "attempts": .count(message.attempts),
      "dueAt": .instant(message.dueAt),
    ])
  }

  private func json(_ route: MessageAnswer.Route) -> JSONValue {
    .fields([
      "channel": .string(route.channel.rawValue), "reason": route.reason.map { .string($0) },
      "chosen": .bool(route.isChosen), "paused": .bool(route.isPaused), "held": .bool(route.isHeld),
    ])
  }
}
