/// What became of one message.
package enum SMTPOutcome: Sendable, Equatable {
  /// The server took responsibility for it.
  case accepted
  /// The server answered that it does not take it, now (4yz) or ever (5yz).
  case refused(SMTPReply, at: SMTPPhase)
  /// It was not delivered: no connection, no TLS, no log-in, or lost before the end of the message was surely sent.
  case lost(TransferFailure, at: SMTPPhase)
  /// The whole message went out and no answer came: the server may have it or not.
  case unknown(TransferFailure)
  /// Broken off by this side before it was surely sent; says nothing of the server.
  case cancelled
  /// An address goes beyond ASCII, and the server does not offer SMTPUTF8 (RFC 6531). Nothing was said.
  case needsSMTPUTF8
}

/// How far an exchange has come: what the server has to answer.
package enum SMTPPhase: String, Sendable, CaseIterable {
  case connect, greeting
  case hello = "ehlo"
  case tls = "starttls"
  case login = "auth"
  case mail, recipient = "rcpt", data
  /// The message itself, before the dot that ends it is sent.
  case body
  /// The dot is sent; the server decides.
  case dot

  /// No message has been spoken of yet.
  package var isBeforeMail: Bool {
    switch self {
    case .connect, .greeting, .hello, .tls, .login: true
    case .mail, .recipient, .data, .body, .dot: false
    }
  }
}

/// An SMTP server's answer, without its text, for that may quote an address.
package struct SMTPReply: Sendable, Equatable, CustomStringConvertible {
  /// Three digits, 550.
  package let code: Int
  /// RFC 3463, "5.1.1", where the server gives it.
  package let enhancedStatus: String?
  /// The text speaks of relaying, which servers that give no enhanced status say in words alone.
  package let speaksOfRelay: Bool

  package init(code: Int, enhancedStatus: String?, speaksOfRelay: Bool = false) {
    self.code = code
    self.enhancedStatus = enhancedStatus
    self.speaksOfRelay = speaksOfRelay
  }

  /// Reads `550 5.1.1 no such user` or `250-SIZE 1000`; nil for what is no reply line.
  init?(line: some Collection<UInt8>) {
    let text = String(decoding: line, as: UTF8.self)
    let head = text.prefix(3)
    guard head.utf8.count == 3, let code = Int(head), (200..<600).contains(code) else { return nil }
    self.code = code
    let words = text.dropFirst(4).split(whereSeparator: \.isWhitespace)
    let numbers = words.first?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    let isStatus = numbers.count == 3 && numbers.allSatisfy { (1...3).contains($0.count) && UInt16($0) != nil }
    enhancedStatus = isStatus ? words.first.map(String.init) : nil
    // An address may hold the word.
    speaksOfRelay = words.contains { !$0.contains("@") && $0.lowercased().hasPrefix("relay") }
  }

  package var description: String { enhancedStatus.map { "\(code) \($0)" } ?? "\(code)" }
}
