import CCurl

/// Sends messages to one SMTP server over a connection that is kept open between them, for as long as nothing goes
/// wrong on it: after any failure it is dropped, so that a late answer is never taken for the next message's. One owner
/// thread; `close()` when done.
package final class SMTPClient {
  private let configuration: Configuration
  private var session: SMTPSession?

  package struct Configuration: Sendable {
    /// `smtp://host:587` or `smtps://host:465`; a path, `smtp://host/name`, is the name said in EHLO.
    package var url: String
    package var startTLS: StartTLS
    package var login: Login?
    package var options: TransferOptions
    package var timeouts: SMTPTimeouts

    package init(
      url: String, startTLS: StartTLS = .required, login: Login? = nil, options: TransferOptions = TransferOptions(),
      timeouts: SMTPTimeouts = SMTPTimeouts()
    ) {
      self.url = url
      self.startTLS = startTLS
      self.login = login
      self.options = options
      self.timeouts = timeouts
    }
  }

  /// Whether an `smtp://` connection turns to TLS. Where it does, the server's certificate is always verified.
  package enum StartTLS: String, Sendable, CaseIterable {
    case none, opportunistic, required

    var curlValue: Int {
      switch self {
      case .none: Int(CURLUSESSL_NONE.rawValue)
      case .opportunistic: Int(CURLUSESSL_TRY.rawValue)
      case .required: Int(CURLUSESSL_ALL.rawValue)
      }
    }
  }

  package struct Login: Sendable {
    let user: String
    let password: String

    package init(user: String, password: String) {
      self.user = user
      self.password = password
    }
  }

  /// Connects to nothing yet. Throws when libcurl refuses the configuration.
  package init(_ configuration: Configuration) throws(CurlError) {
    let schemes = ["smtp://", "smtps://"]
    guard schemes.contains(where: { configuration.url.lowercased().hasPrefix($0) }) else {
      throw CurlError("the SMTP server's URL starts neither with smtp:// nor with smtps://")
    }
    self.configuration = configuration
  }

  /// Says good-bye to the server; never waits for it.
  package func close() {
    session?.quit()
    session = nil
  }

  /// Sends one message (RFC 5322, lines ended by CR LF) to one mailbox. Blocks until it is accepted or has failed, each
  /// step within its limit. A server that closed an idle connection is called again, once, before anything was said.
  ///
  /// - Parameter envelopeId: of letters, digits and dots. Where the server offers delivery reports (RFC 3461) it is
  ///   told, and asked for one if the message cannot be delivered, with the message's headers alone.
  package func send(
    from: String, to: String, message: [UInt8], envelopeId: String? = nil
  ) throws(CurlError) -> SMTPOutcome {
    precondition(!message.isEmpty, "a message has a header at least")
    try Self.check(mailbox: from, "sender")
    try Self.check(mailbox: to, "recipient")
    let envelope = Envelope(from: from, to: to, message: message, envelopeId: envelopeId)
    if let idle = session.take() {
      if idle.isIdle {
        let outcome = keep(idle, after: exchange(envelope, over: idle))
        if !Self.wasStale(outcome) { return outcome }
      } else {
        idle.close()
      }
    }
    switch try SMTPOpening.open(configuration) {
    case .failure(let failure): return failure.outcome
    case .success(let fresh): return keep(fresh, after: exchange(envelope, over: fresh))
    }
  }

  private struct Envelope {
    let from: String
    let to: String
    let message: [UInt8]
    let envelopeId: String?

    var isASCII: Bool { (from + to).utf8.allSatisfy { $0 < 0x80 } }
  }

  private func keep(_ used: SMTPSession, after outcome: SMTPOutcome) -> SMTPOutcome {
    switch outcome {
    // Either left the session where it was.
    case .accepted, .needsSMTPUTF8: session = used
    // Whoever answered is told; whoever did not is not waited for.
    case .refused: used.quit()
    case .lost, .cancelled, .unknown: used.close()
    }
    return outcome
  }

  /// A kept connection that was closed, or is being closed (421), as it was used again: nothing was said over it.
  private static func wasStale(_ outcome: SMTPOutcome) -> Bool {
    switch outcome {
    case .refused(let reply, at: .mail): reply.code == 421
    case .lost(let failure, at: .mail):
      failure == SMTPSession.Lapse.closed.failure || failure == SMTPSession.Lapse.reset.failure
    default: false
    }
  }

  // MARK: One message

  private func exchange(_ envelope: Envelope, over session: SMTPSession) -> SMTPOutcome {
    var parameters = ""
    if session.extensions.contains("SIZE") { parameters += " SIZE=\(envelope.message.count)" }
    if !envelope.isASCII {
      guard session.extensions.contains("SMTPUTF8") else { return .needsSMTPUTF8 }
      parameters += " SMTPUTF8"
    }
    var wishes = ""
    if let id = envelope.envelopeId, session.extensions.contains("DSN") {
      parameters += " RET=HDRS ENVID=\(id)"
      wishes = " NOTIFY=FAILURE"
    }
    let timeouts = configuration.timeouts
    let steps: [(SMTPPhase, command: String, timeoutMs: Int, answers: Range<Int>)] = [
      (.mail, "MAIL FROM:<\(envelope.from)>\(parameters)", timeouts.replyMs, 200..<300),
      (.recipient, "RCPT TO:<\(envelope.to)>\(wishes)", timeouts.replyMs, 200..<300),
      (.data, "DATA", timeouts.dataMs, 300..<400),
    ]
    for (phase, command, timeoutMs, answers) in steps {
      do {
        try session.send(Array("\(command)\r\n".utf8), timeoutMs: timeoutMs)
        let reply = try session.reply(timeoutMs: timeoutMs)
        guard answers.contains(reply.code) else { return .refused(reply, at: phase) }
      } catch {
        return Self.lost(error, at: phase)
      }
    }
    return hand(over: envelope.message, session)
  }

  /// A server or a proxy that what it reads makes break off does so in this time, mostly, and then it is known that the
  /// dot was not sent.
  private static let beforeDotMs = 5

  /// The dot goes out by itself, when all before it has: until then the server cannot have taken the message.
  private func hand(over message: [UInt8], _ session: SMTPSession) -> SMTPOutcome {
    let timeouts = configuration.timeouts
    do {
      try session.send(Self.transparent(message), timeoutMs: timeouts.blockMs)
      if try session.hasAnswered(waitMs: Self.beforeDotMs) {
        return .refused(try session.reply(timeoutMs: timeouts.replyMs), at: .body)
      }
      try session.send(Array(".\r\n".utf8), timeoutMs: timeouts.blockMs)
    } catch {
      return Self.lost(error, at: .body)
    }
    do {
      let reply = try session.reply(timeoutMs: timeouts.finalMs)
      switch reply.code {
      case 200..<300: return .accepted
      case 400...: return .refused(reply, at: .dot)
      default: return .unknown(TransferFailure("the server answered \(reply)"))
      }
    } catch {
      return Self.wasSurelySent(session, error) ? .unknown(error.failure) : Self.lost(error, at: .body)
    }
  }

  private static func lost(_ lapse: SMTPSession.Lapse, at phase: SMTPPhase) -> SMTPOutcome {
    lapse == .cancelled ? .cancelled : .lost(lapse.failure, at: phase)
  }

  /// Whether the dot may have been read, when no answer to it came.
  private static func wasSurelySent(_ session: SMTPSession, _ lapse: SMTPSession.Lapse) -> Bool {
    switch lapse {
    case .reset: false
    case .closed: !session.showsLossAfterClose()
    case .timedOut, .cancelled: session.unacknowledgedBytes.map { $0 == 0 } ?? true
    case .garbled: true
    }
  }

  /// RFC 5321 §4.5.2: a line that begins with a dot gets another one. Ends with a line end.
  private static func transparent(_ message: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count + 64)
    var startsLine = true
    for byte in message {
      if startsLine, byte == UInt8(ascii: ".") { bytes.append(byte) }
      bytes.append(byte)
      startsLine = byte == UInt8(ascii: "\n")
    }
    if !startsLine { bytes += Array("\r\n".utf8) }
    return bytes
  }

  /// A line end in an address would be a command of its own.
  private static func check(mailbox: String, _ role: String) throws(CurlError) {
    let isSafe = mailbox.unicodeScalars.allSatisfy { scalar in
      !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control && scalar != "<" && scalar != ">"
    }
    guard isSafe, mailbox.contains("@"), mailbox.utf8.count <= 254 else {
      throw CurlError("the \(role)'s address is not a mailbox")
    }
  }
}
