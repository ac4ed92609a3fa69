import CCurl

/// What an SMTP server says that it can do beyond the least (RFC 5321 §4.1.1.1), by the keywords of its answer to EHLO.
package enum SMTPExtensions {
  package enum Answer: Sendable, Equatable {
    /// In capital letters, `SMTPUTF8`; after TLS and log-in where the configuration has them.
    case offered(Set<String>)
    /// It could not be asked now.
    case unknown(TransferFailure)
  }

  /// Asks it over a connection that is made and closed for this. Blocks for at most `timeoutMs` of the options.
  package static func ask(_ configuration: SMTPClient.Configuration) throws(CurlError) -> Answer {
    let handle = try EasyHandle()
    defer { handle.close() }
    let answer = Lines()
    try handle.set(configuration.options, protocols: "smtp,smtps")
    try handle.set(CURLOPT_URL, configuration.url)
    try handle.set(CURLOPT_USE_SSL, configuration.startTLS.curlValue)
    if let login = configuration.login {
      try handle.set(CURLOPT_USERNAME, login.user)
      try handle.set(CURLOPT_PASSWORD, login.password)
    }
    // Says EHLO first, as before a message.
    try handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
    try handle.set(CURLOPT_NOBODY, 1)
    try handle.set(CURLOPT_HEADERDATA, pointer: Unmanaged.passUnretained(answer).toOpaque())
    try handle.set(CURLOPT_HEADERFUNCTION, keepLine)
    let code = withExtendedLifetime((answer, configuration)) { handle.perform() }
    if CurlError.isOurs(code) { throw CurlError(code, doing: "asking the SMTP server what it offers") }
    return code == CURLE_OK ? .offered(answer.keywords) : .unknown(TransferFailure(code))
  }

  /// What the server has said, as libcurl's callbacks see it.
  private final class Lines {
    private(set) var keywords: Set<String> = []

    func take(_ line: String) {
      // The greeting, and the word to begin TLS: what was offered before counts no more (RFC 3207 §4.2).
      if line.hasPrefix("220") { keywords = [] }
      guard line.hasPrefix("250") else { return }
      keywords.insert(line.dropFirst(4).prefix { !$0.isWhitespace }.uppercased())
    }
  }

  private static let keepLine: stampede_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let lines = Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue()
    lines.take(String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self))
    return size * count
  }
}
