/// What became of one message.
package enum SMTPOutcome: Sendable, Equatable {
  /// The server took responsibility for it.
  case accepted
  /// The server refused it for good (5yz): sending it again will not help.
  case refused(SMTPReply)
  /// Not delivered, and another time it may be: 4yz, no connection, TLS or log-in failed, lost before the end of DATA.
  case tryLater(TransferFailure)
  /// The end of the message was handed over and no answer came: the server may have it or not.
  case unknown(TransferFailure)
}

/// An SMTP server's answer, without its text, for that may quote an address.
package struct SMTPReply: Sendable, Equatable, CustomStringConvertible {
  /// Three digits, 550.
  package let code: Int
  /// RFC 3463, "5.1.1", where the server gives it.
  package let enhancedStatus: String?

  package init(code: Int, enhancedStatus: String?) {
    self.code = code
    self.enhancedStatus = enhancedStatus
  }

  /// Reads `550 5.1.1 no such user` or `250-SIZE 1000`; nil for what is no reply line.
  init?(line: some Collection<UInt8>) {
    let text = String(decoding: line, as: UTF8.self)
    let head = text.prefix(3)
    guard head.count == 3, let code = Int(head), (200..<600).contains(code) else { return nil }
    self.code = code
    let word = text.dropFirst(4).prefix { !$0.isWhitespace }
    let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
    let isStatus = numbers.count == 3 && numbers.allSatisfy { (1...3).contains($0.count) && UInt16($0) != nil }
    enhancedStatus = isStatus ? String(word) : nil
  }

  package var description: String { enhancedStatus.map { "\(code) \($0)" } ?? "\(code)" }

  /// RFC 4954: what these say is about our log-in or about TLS, not about the message.
  var concernsLogIn: Bool { [432, 454, 530, 534, 535, 538].contains(code) }
}
