import CCurl

/// How a session begins: connection, greeting, EHLO, TLS and log-in, all said by libcurl, which is told to go no
/// further (`CURLOPT_CONNECT_ONLY`). What it hears and says it tells here, so that a failure is known by its phase.
final class SMTPOpening {
  private let configuration: SMTPClient.Configuration
  private let handle: EasyHandle
  private var phase = SMTPPhase.connect
  /// The answer to what was said last.
  private var lastReply: SMTPReply?
  private var extensions: Set<String> = []
  private var lastMove = ContinuousClock.now
  private var brokeOff: SMTPSession.Lapse?

  struct Failure: Error {
    let outcome: SMTPOutcome
  }

  /// Replies of an opening: greeting, EHLO twice, STARTTLS and a log-in of a few steps.
  private static let repliesMax = 10

  private init(_ configuration: SMTPClient.Configuration, _ handle: EasyHandle) {
    self.configuration = configuration
    self.handle = handle
  }

  /// Blocks until the session stands or cannot be had. Throws when libcurl refuses the configuration.
  static func open(_ configuration: SMTPClient.Configuration) throws(CurlError) -> Result<SMTPSession, Failure> {
    let handle = try EasyHandle()
    let opening = SMTPOpening(configuration, handle)
    var isKept = false
    // As it closes libcurl still tells what it does.
    defer { withExtendedLifetime(opening) { if !isKept { handle.close() } } }
    try opening.prepare()
    let code = withExtendedLifetime(opening) { handle.perform() }
    if CurlError.isOurs(code) { throw CurlError(code, doing: "reaching the mail server") }
    guard code == CURLE_OK, let socket = handle.activeSocket else {
      return .failure(Failure(outcome: opening.judge(code)))
    }
    // What libcurl calls back is gone from here on.
    try handle.set(CURLOPT_VERBOSE, 0)
    try handle.set(CURLOPT_NOPROGRESS, 1)
    isKept = true
    return .success(
      SMTPSession(
        handle, socket: socket, extensions: opening.extensions, cancellation: configuration.options.cancellation))
  }

  private func prepare() throws(CurlError) {
    let options = configuration.options
    let timeouts = configuration.timeouts
    try handle.setTrust(options, protocols: "smtp,smtps")
    try handle.set(CURLOPT_URL, configuration.url)
    try handle.set(CURLOPT_CONNECT_ONLY, 1)
    try handle.set(CURLOPT_USE_SSL, configuration.startTLS.curlValue)
    if let login = configuration.login {
      try handle.set(CURLOPT_USERNAME, login.user)
      try handle.set(CURLOPT_PASSWORD, login.password)
    }
    // Each step has its own limit (`isOverdue`); these are for what drips on for ever.
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeoutMs + Self.repliesMax * timeouts.replyMs)
    try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, timeouts.replyMs / 1_000 + 1)
    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.set(CURLOPT_VERBOSE, 1)
    try handle.set(CURLOPT_DEBUGDATA, pointer: context)
    try handle.set(CURLOPT_DEBUGFUNCTION, Self.follow)
    try handle.set(CURLOPT_WRITEFUNCTION, Self.discard)
    try handle.set(CURLOPT_HEADERFUNCTION, Self.discard)
    try handle.set(CURLOPT_NOPROGRESS, 0)
    try handle.set(CURLOPT_XFERINFODATA, pointer: context)
    try handle.set(CURLOPT_XFERINFOFUNCTION, Self.breakOffInTime)
  }

  private func judge(_ code: CURLcode) -> SMTPOutcome {
    if phase == .connect, isConnected { phase = .greeting }
    if brokeOff == .cancelled { return .cancelled }
    // A success reply before the failure says nothing about it.
    if let lastReply, lastReply.code >= 400, brokeOff == nil { return .refused(lastReply, at: phase) }
    let isLate = brokeOff == .timedOut || code == CURLE_OPERATION_TIMEDOUT
    return .lost(isLate ? SMTPSession.Lapse.timedOut.failure : TransferFailure(code), at: phase)
  }

  /// "The time […] from the start until the connect to the remote host […] was completed"; 0 before that.
  private var isConnected: Bool { (handle.offset(CURLINFO_CONNECT_TIME_T) ?? 0) > 0 }

  private var isOverdue: Bool {
    let limitMs = isConnected ? configuration.timeouts.replyMs : configuration.options.connectTimeoutMs
    return .now - lastMove > .milliseconds(limitMs)
  }

  private func said(_ command: String) {
    let verb = command.prefix { !$0.isWhitespace }.uppercased()
    switch verb {
    case "EHLO", "HELO":
      phase = .hello
      extensions = []
    case "STARTTLS": phase = .tls
    case "QUIT": return
    default: phase = .login
    }
    lastReply = nil
  }

  private func heard(_ line: some Collection<UInt8>) {
    guard let reply = SMTPReply(line: line) else { return }
    if phase == .connect { phase = .greeting }
    lastReply = reply
    guard phase == .hello, reply.code == 250 else { return }
    let word = String(decoding: line.dropFirst(4), as: UTF8.self).prefix { !$0.isWhitespace }
    extensions.insert(word.uppercased())
  }

  private static let follow: stampede_curl_debug = { _, kind, bytes, size, context in
    guard let bytes, let context else { return 0 }
    let opening = Unmanaged<SMTPOpening>.fromOpaque(context).takeUnretainedValue()
    opening.lastMove = .now
    let part = UnsafeRawBufferPointer(start: bytes, count: size)
    switch kind {
    case CURLINFO_HEADER_OUT: opening.said(String(decoding: part, as: UTF8.self))
    case CURLINFO_HEADER_IN: for line in part.split(separator: UInt8(ascii: "\n")) { opening.heard(line) }
    default: break
    }
    return 0
  }

  /// libcurl asks about once a second while nothing moves.
  private static let breakOffInTime: stampede_curl_progress = { context, _, _, _, _ in
    guard let context else { return 0 }
    let opening = Unmanaged<SMTPOpening>.fromOpaque(context).takeUnretainedValue()
    if opening.configuration.options.cancellation?.isCancelled == true { opening.brokeOff = .cancelled }
    if opening.brokeOff == nil, opening.isOverdue { opening.brokeOff = .timedOut }
    return opening.brokeOff == nil ? 0 : 1
  }

  private static let discard: stampede_curl_transfer = { _, size, count, _ in size * count }
}
