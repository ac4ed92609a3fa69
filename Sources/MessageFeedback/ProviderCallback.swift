import JSON
import Providers

/// What a provider told of one message.
package struct ProviderFeedback: Equatable, Sendable {
  /// The document's name.
  package let provider: String
  /// The notification's id, where the provider names it.
  package let messageId: String?
  package let providerMessageId: String?
  package let state: MessageState
  /// The provider's word for why.
  package let code: String?

  package init(provider: String, messageId: String?, providerMessageId: String?, state: MessageState, code: String?) {
    self.provider = provider
    self.messageId = messageId
    self.providerMessageId = providerMessageId
    self.state = state
    self.code = code
  }
}

/// Reads a provider's call-back: what came by HTTP in, feedback out.
package enum ProviderCallback: Equatable, Sendable {
  case feedback(ProviderFeedback)
  /// Not to be used, for a reason that repeats nothing of it.
  case unreadable(String)

  /// Longer bodies are not read.
  package static let bodyBytesMax = 65_536
  private static let parametersMax = 200

  /// - Parameters:
  ///   - query: of the URL that was called, without the question mark.
  ///   - body: a form or JSON, as it came.
  package init(query: String, body: [UInt8], by document: ProviderDocument) {
    guard let form = document.callback else {
      self = .unreadable("the document of \(document.name) describes no call-back")
      return
    }
    guard body.count <= Self.bodyBytesMax, query.utf8.count <= Self.bodyBytesMax else {
      self = .unreadable("it is longer than \(Self.bodyBytesMax) bytes")
      return
    }
    let json = try? JSONValue(parsing: body)
    let parameters =
      Self.parameters(query) + (json == nil ? Self.parameters(String(decoding: body, as: UTF8.self)) : [])
    func text(_ place: AnswerPlace) -> String? {
      if case .name(let name) = place, let found = parameters.last(where: { $0.name == name }) { return found.value }
      return place.text(in: json)
    }
    func word(_ place: AnswerPlace?) -> String? { place.flatMap(text).flatMap(ProviderDocument.plain) }
    let id = word(form.id)
    let messageId = word(form.messageId)
    guard id != nil || messageId != nil else {
      self = .unreadable("it names no message")
      return
    }
    guard let rule = form.states.first(where: { $0.tests.allSatisfy { $0.holds(text) } }) else {
      self = .unreadable("it tells a state that the document does not know")
      return
    }
    self = .feedback(
      ProviderFeedback(
        provider: document.name, messageId: id, providerMessageId: messageId, state: rule.state, code: word(form.code)))
  }

  /// `application/x-www-form-urlencoded`.
  static func parameters(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: "&", maxSplits: parametersMax).prefix(parametersMax).map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (decoded(parts[0]), parts.count == 2 ? decoded(parts[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
          bytes.append(byte)
          continue
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
