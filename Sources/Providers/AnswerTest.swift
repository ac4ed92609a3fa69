import JSON

/// Where something lies in what a provider says: a JSON pointer (RFC 6901), `/messages/0/status`, or the name of a
/// parameter.
package enum AnswerPlace: Equatable, Sendable {
  case pointer([String])
  case name(String)

  package init?(_ text: String) {
    guard text.hasPrefix("/") else {
      guard !text.isEmpty else { return nil }
      self = .name(text)
      return
    }
    self = .pointer(
      text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
        String($0).replacing("~1", with: "/").replacing("~0", with: "~")
      })
  }

  /// What stands there in JSON, a number as its digits; nil where nothing does, or no single value.
  package func text(in document: JSONValue?) -> String? {
    let steps: [String] =
      switch self {
      case .pointer(let steps): steps
      case .name(let name): [name]
      }
    var value = document
    for step in steps {
      switch value {
      case .object?: value = value?[step]
      case .array(let elements)?:
        guard let index = Int(step), elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    switch value {
    case .string(let text)?: return text
    case .number(let digits)?: return digits
    case .bool(let flag)?: return flag ? "true" : "false"
    default: return nil
    }
  }
}

/// Whether what stands at a place is one of some words.
package struct AnswerTest: Equatable, Sendable {
  package let place: AnswerPlace
  package let words: Set<String>

  package func holds(_ text: (AnswerPlace) -> String?) -> Bool { text(place).map(words.contains) ?? false }
}

/// What a refusal speaks of.
package enum AnswerMeaning: String, CaseIterable, Sendable {
  /// Nothing for good.
  case retry
  case address, message
  /// Every message would be refused.
  case account
  /// As that, or about one message.
  case policy
  /// As many as may be sent for now.
  case quota
}
