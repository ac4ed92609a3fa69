import Curl

/// What a server's refusal speaks of, and so what follows from it.
package enum RefusalSubject: String, Sendable, CaseIterable {
  /// Not for good: the message goes another time.
  case passing
  /// The address takes no mail: the message has failed.
  case address
  /// Its size or its form: the message has failed.
  case message
  /// The account, the sender or the way to the server: every message would be refused, so the channel is held.
  case account
  /// A policy or a protocol's rule. Mostly it strikes every message, but it may be about one (a filter, a list that the
  /// recipient keeps): `ChannelBreaker` finds out.
  case policy

  // MARK: SMTP

  /// By the phase in which the server said no, then by its enhanced status (RFC 3463), then by its code.
  package init(_ reply: SMTPReply, at phase: SMTPPhase) {
    // Nobody has named a message yet, and a busy server says so with 4yz. RFC 4954: 432, "A password transition is
    // needed", waits for a person.
    if phase.isBeforeMail {
      self = reply.code >= 500 || reply.code == 432 ? .account : .passing
      return
    }
    guard reply.code >= 500 else {
      self = .passing
      return
    }
    let found = Self.byStatus(reply) ?? Self.byCode(reply, phase)
    // At MAIL no other address than the sender's has been told.
    self = phase == .mail && found != .message ? .account : found
  }

  /// RFC 3463's subject and detail, the first that fits. What is not here says too little (x.0.0).
  private static let statuses: [(prefix: String, RefusalSubject)] = [
    // "Bad sender's mailbox address syntax", "Bad sender's system address".
    ("1.7", .account), ("1.8", .account),
    ("1", .address),
    // "Other or undefined mailbox status", which Exchange says of a sender that it blocks; 5.2.252 of one that may not
    // send under this name.
    ("2.0", .policy), ("2.252", .account),
    // "Message length exceeds administrative limit".
    ("2.3", .message),
    ("2", .address),
    // "Message too big for system".
    ("3.4", .message),
    // The rest of "Mail System Status" says that the system takes nothing, or a filter hides behind it.
    ("3", .policy),
    // "Mail system congestion", which Gmail says of a day's quota that is used up.
    ("4.5", .policy),
    // "Network and Routing Status": no way to the recipient's host.
    ("4", .address),
    // "Mail Delivery Protocol Status".
    ("5", .policy),
    // "Message Content or Media Status".
    ("6", .message),
    // "Security or Policy Status".
    ("7", .policy),
  ]

  private static func byStatus(_ reply: SMTPReply) -> RefusalSubject? {
    // RFC 4954 and RFC 3207: a log-in, or TLS, comes first.
    if [530, 534, 535, 538].contains(reply.code) { return .account }
    guard let status = reply.enhancedStatus?.drop(while: { $0 != "." }).dropFirst() else { return nil }
    return statuses.first { status == $0.prefix || status.hasPrefix($0.prefix + ".") }?.1
  }

  /// RFC 5321 §4.2.3: the same code means another thing in another phase.
  private static func byCode(_ reply: SMTPReply, _ phase: SMTPPhase) -> RefusalSubject {
    if reply.speaksOfRelay { return .policy }
    switch (phase, reply.code) {
    // "Requested mail actions aborted: exceeded storage allocation".
    case (.mail, 552): return .message
    // "Mailbox unavailable", "User not local", "mailbox name not allowed"; 556 (RFC 7504): "Domain does not accept
    // mail".
    case (.recipient, 501), (.recipient, 550...553), (.recipient, 556): return .address
    // Behind the message 550 means "rejections for policy reasons", and providers say it, and 554, of senders that they
    // have not verified.
    case (.body, 552), (.dot, 552): return .message
    default: return .policy
    }
  }

  // MARK: A gateway over HTTP

  /// By the status alone, for what a gateway says beside it has no common form.
  package init(gatewayStatus status: Int) {
    self =
      switch status {
      // A log-in that is not taken, money that is gone, and an address that leads elsewhere or takes no such request.
      case 300..<400, 401, 402, 405, 407: .account
      case 403, 404, 410: .policy
      case 408, 409, 425, 429, 500...: .passing
      case 400..<500: .message
      default: .passing
      }
  }
}
