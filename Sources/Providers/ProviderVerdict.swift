import JSON

/// What a provider's answer says of a message.
package enum ProviderVerdict: Equatable, Sendable {
  /// It is the provider's now, which may have told its own id of it.
  case taken(messageId: String?)
  /// Refused: what it speaks of, where the document knows; nil: what the status says.
  case refused(AnswerMeaning?, code: String?)
  /// The status says yes, and the rest says nothing that the document knows.
  case unclear
}

extension ProviderDocument {
  /// What an answer may be long; of a longer one nothing is known but its status.
  package static let answerBytesMax = 65_536
  /// Longer words are no ids and no codes.
  private static let wordBytesMax = 128

  package func verdict(status: Int, body: [UInt8]) -> ProviderVerdict {
    let answer = body.count < Self.answerBytesMax ? try? JSONValue(parsing: body) : nil
    let found = code.flatMap { $0.text(in: answer) }.flatMap(Self.plain)
    if let meaning = found.flatMap({ codes[$0] }), !isSuccess(status, answer) {
      return .refused(meaning, code: found)
    }
    if let meaning = statuses[status] { return .refused(meaning, code: found) }
    guard (200..<300).contains(status) else { return .refused(nil, code: found) }
    if isSuccess(status, answer) {
      return .taken(messageId: messageId.flatMap { $0.text(in: answer) }.flatMap(Self.plain))
    }
    return found == nil ? .unclear : .refused(nil, code: found)
  }

  private func isSuccess(_ status: Int, _ answer: JSONValue?) -> Bool {
    guard (200..<300).contains(status), statuses[status] == nil else { return false }
    return success.isEmpty || success.contains { tests in tests.allSatisfy { $0.holds { $0.text(in: answer) } } }
  }

  /// A word that may be told and logged.
  package static func plain(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: ":"):
        true
      default: false
      }
    }
    return isPlain && !text.isEmpty && text.utf8.count <= wordBytesMax ? text : nil
  }
}
