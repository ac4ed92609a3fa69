import Contracts
import Loyalty

/// What a report says, before it is known of which message.
struct FeedbackReport: Equatable {
  var kind: Feedback.Kind
  var bounce: Feedback.Bounce?
  var code: String?
  var providerMessageId: String?
  /// nil: it does not say when, or not in a way that can be read.
  var occurredAt: Instant?

  init(
    _ kind: Feedback.Kind, bounce: Feedback.Bounce? = nil, code: String? = nil, providerMessageId: String? = nil,
    occurredAt: Instant? = nil
  ) {
    self.kind = kind
    self.bounce = kind == .bounced ? bounce ?? .soft : nil
    self.code = code.flatMap(Self.plain)
    self.providerMessageId = providerMessageId.flatMap(Self.plain)
    self.occurredAt = occurredAt
  }

  /// - Parameter now: when it was read, for one that does not say.
  func feedback(of token: FeedbackToken, from source: String, at now: Instant) -> Feedback {
    Feedback(
      kind, notificationId: token.notificationId, partition: token.partition, bounce: bounce, code: code,
      source: source, providerMessageId: providerMessageId, occurredAt: occurredAt.map { min($0, now) } ?? now)
  }

  /// A word of somebody else's is passed on only where it cannot hold a person: no `@`, no space, no `+`.
  static func plain(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: ":")
    }
    return isPlain && (1...FieldRules.idLengthMax).contains(text.utf8.count) ? text : nil
  }

  /// Of a time in seconds since 1970, as providers give it; nil for one that no calendar has.
  static func instant(seconds text: String?) -> Instant? {
    guard let text, let seconds = Double(text), seconds >= 0, seconds < 100_000_000_000 else { return nil }
    return Instant(milliseconds: Int64(seconds * 1_000))
  }

  static func instant(rfc3339 text: String?) -> Instant? { text.flatMap { Instant(rfc3339: $0) } }
}
