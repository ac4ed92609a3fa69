import CCurl

/// Sends messages to one SMTP server over a connection that is kept open between them. One owner thread; `close()` when
/// done.
package final class SMTPClient {
  private let configuration: Configuration
  private let handle: EasyHandle

  package struct Configuration: Sendable {
    /// `smtp://host:587` or `smtps://host:465`; a path, `smtp://host/name`, is the name said in EHLO.
    package var url: String
    package var startTLS: StartTLS
    package var login: Login?
    package var options: TransferOptions

    package init(
      url: String, startTLS: StartTLS = .required, login: Login? = nil, options: TransferOptions = TransferOptions()
    ) {
      self.url = url
      self.startTLS = startTLS
      self.login = login
      self.options = options
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
    handle = try EasyHandle()
  }

  /// Says good-bye to the server; may block within the time limits.
  package func close() {
    handle.close()
  }

  /// Sends one message (RFC 5322, lines ended by CR LF) to one mailbox. Blocks until it is accepted or has failed, at
  /// most `timeoutMs`. A server that closed an idle connection is called again, once, before anything was said.
  package func send(from: String, to: String, message: [UInt8]) throws(CurlError) -> SMTPOutcome {
    precondition(!message.isEmpty, "a message has a header at least")
    try Self.check(mailbox: from, "sender")
    try Self.check(mailbox: to, "recipient")
    let first = try attempt(from, to, message, onFreshConnection: false)
    if first.reusedConnectionWasDead { return try attempt(from, to, message, onFreshConnection: true).outcome }
    return first.outcome
  }

  /// One exchange, as libcurl's callbacks see it.
  private final class Exchange {
    let message: [UInt8]
    var sentBytes = 0
    /// The last byte is with libcurl: the end of DATA may be on its way.
    var isHandedOver: Bool { sentBytes == message.count }
    private(set) var lastReply: SMTPReply?

    init(_ message: [UInt8]) {
      self.message = message
    }

    func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
      let count = min(buffer.count, message.count - sentBytes)
      buffer.copyBytes(from: message[sentBytes..<sentBytes + count])
      sentBytes += count
      // From here on a reply is the answer to the message itself.
      lastReply = nil
      return count
    }

    /// 221 answers the QUIT that libcurl says after a failure.
    func note(_ reply: SMTPReply) {
      if reply.code != 221 { lastReply = reply }
    }
  }

  private struct Attempt {
    let outcome: SMTPOutcome
    let reusedConnectionWasDead: Bool
  }

  private func attempt(
    _ from: String, _ to: String, _ message: [UInt8], onFreshConnection: Bool
  ) throws(CurlError) -> Attempt {
    let exchange = Exchange(message)
    let recipients = try StringList(["<\(to)>"])
    try prepare(exchange, from: from, recipients, onFreshConnection: onFreshConnection)
    defer { handle.reset() }
    let code = withExtendedLifetime((exchange, configuration)) { handle.perform() }
    if CurlError.isOurs(code) { throw CurlError(code, doing: "sending by SMTP") }
    let connected = try handle.number(CURLINFO_NUM_CONNECTS)
    let isLost = [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_COULDNT_CONNECT].contains(code)
    let nothingSaid = exchange.lastReply == nil || exchange.lastReply?.code == 421
    return Attempt(
      outcome: Self.judge(code, exchange),
      reusedConnectionWasDead: connected == 0 && isLost && exchange.sentBytes == 0 && nothingSaid)
  }

  private func prepare(
    _ exchange: Exchange, from: String, _ recipients: borrowing StringList, onFreshConnection: Bool
  ) throws(CurlError) {
    try handle.set(configuration.options, protocols: "smtp,smtps")
    try handle.set(CURLOPT_URL, configuration.url)
    try handle.set(CURLOPT_USE_SSL, configuration.startTLS.curlValue)
    if let login = configuration.login {
      try handle.set(CURLOPT_USERNAME, login.user)
      try handle.set(CURLOPT_PASSWORD, login.password)
    }
    try handle.set(CURLOPT_FRESH_CONNECT, onFreshConnection ? 1 : 0)
    try handle.set(CURLOPT_MAIL_FROM, "<\(from)>")
    try handle.set(CURLOPT_MAIL_RCPT, recipients)
    try handle.set(CURLOPT_UPLOAD, 1)
    try handle.set(CURLOPT_INFILESIZE_LARGE, offset: exchange.message.count)
    let context = Unmanaged.passUnretained(exchange).toOpaque()
    try handle.set(CURLOPT_READDATA, pointer: context)
    try handle.set(CURLOPT_READFUNCTION, Self.read)
    try handle.set(CURLOPT_HEADERDATA, pointer: context)
    try handle.set(CURLOPT_HEADERFUNCTION, Self.noteReply)
    try handle.set(CURLOPT_WRITEFUNCTION, Self.discard)
  }

  private static func judge(_ code: CURLcode, _ exchange: Exchange) -> SMTPOutcome {
    if code == CURLE_OK { return .accepted }
    // A success reply before the failure says nothing about it.
    if let reply = exchange.lastReply, reply.code >= 400 {
      if reply.code >= 500, !reply.concernsLogIn, code != CURLE_LOGIN_DENIED { return .refused(reply) }
      return .tryLater(TransferFailure("the server answered \(reply)"))
    }
    return exchange.isHandedOver ? .unknown(TransferFailure(code)) : .tryLater(TransferFailure(code))
  }

  private static let read: stampede_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return Int(CURL_READFUNC_ABORT) }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
  }

  /// libcurl hands a server's reply lines to the header callback.
  private static let noteReply: stampede_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    if let reply = SMTPReply(line: line) { exchange.note(reply) }
    return size * count
  }

  private static let discard: stampede_curl_transfer = { _, size, count, _ in size * count }

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
