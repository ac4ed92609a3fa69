import CCurl

/// Sends HTTP requests, one at a time. One owner thread; `close()` when done.
package final class HTTPClient {
  private let options: TransferOptions
  /// Whose connections may be used again: none after a failure, for a late answer must not be taken for the next one's.
  private var open: EasyHandle?

  /// The rest of a longer answer is read and dropped, unless its request says otherwise.
  package static let bodyBytesMax = 65_536
  /// Servers may write anything.
  private static let retryAfterSMax = 86_400

  package init(_ options: TransferOptions = TransferOptions()) throws(CurlError) {
    self.options = options
    open = try EasyHandle()
  }

  /// Closes the connections.
  package func close() {
    open?.close()
    open = nil
  }

  /// Blocks until the answer is there or the exchange has failed, at most `timeoutMs`. Redirects are not followed.
  ///
  /// libcurl by itself repeats a request that meets a connection closed while it lay idle. That may double what the
  /// request does, so connections are reused only for requests that are idempotent.
  package func send(_ request: HTTPRequest) throws(CurlError) -> HTTPOutcome {
    let headers = try StringList(try request.headerLines())
    let answer = Answer(bodyBytesMax: request.answerBytesMax)
    if open == nil { open = try EasyHandle() }
    guard let handle = open else { preconditionFailure("it was opened just now") }
    var wasAnswered = false
    defer { if wasAnswered { handle.reset() } else { close() } }
    try prepare(handle, request, headers, answer)
    let code = withExtendedLifetime((answer, options)) { perform(handle, request) }
    if CurlError.isOurs(code) { throw CurlError(code, doing: "sending by HTTP") }
    if code == CURLE_OK {
      let status = try handle.number(CURLINFO_RESPONSE_CODE)
      wasAnswered = true
      // "The number of seconds that the HTTP server suggests the client should wait", of a date too; 0 where it says
      // nothing.
      let retryAfterS = handle.offset(CURLINFO_RETRY_AFTER) ?? 0
      return .answered(
        HTTPResponse(
          status: status, body: answer.body, headers: answer.headers,
          retryAfterMs: retryAfterS > 0 ? Int64(min(retryAfterS, Self.retryAfterSMax)) * 1_000 : nil))
    }
    // "The total size of the issued requests": nothing went out where it is 0.
    let sentBytes = try handle.number(CURLINFO_REQUEST_SIZE)
    if sentBytes == 0, code == CURLE_ABORTED_BY_CALLBACK { return .cancelled }
    return sentBytes == 0 ? .notSent(TransferFailure(code)) : .unknown(TransferFailure(code))
  }

  private final class Answer {
    let bodyBytesMax: Int
    var body: [UInt8] = []
    var headers: [String: String] = [:]

    /// More headers are none of an answer that is worth reading.
    private static let headersMax = 200

    init(bodyBytesMax: Int) { self.bodyBytesMax = bodyBytesMax }

    /// A line of a head. A status line begins the head of another answer.
    func take(_ line: String) {
      if line.hasPrefix("HTTP/") { headers = [:] }
      guard headers.count < Self.headersMax, let colon = line.firstIndex(of: ":") else { return }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingPrefix { $0.isWhitespace }
        .split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }
  }

  private func prepare(
    _ handle: EasyHandle, _ request: HTTPRequest, _ headers: borrowing StringList, _ answer: Answer
  ) throws(CurlError) {
    try handle.set(options, protocols: "http,https")
    try handle.set(CURLOPT_URL, request.url)
    try handle.set(CURLOPT_FOLLOWLOCATION, 0)
    try handle.set(CURLOPT_HTTPHEADER, headers)
    let reuses = request.isIdempotent
    try handle.set(CURLOPT_FRESH_CONNECT, reuses ? 0 : 1)
    try handle.set(CURLOPT_FORBID_REUSE, reuses ? 0 : 1)
    try handle.set(CURLOPT_WRITEDATA, pointer: Unmanaged.passUnretained(answer).toOpaque())
    try handle.set(CURLOPT_WRITEFUNCTION, Self.keepBody)
    if request.keepsHeaders {
      try handle.set(CURLOPT_HEADERDATA, pointer: Unmanaged.passUnretained(answer).toOpaque())
      try handle.set(CURLOPT_HEADERFUNCTION, Self.keepHeader)
    }
    if request.sendsBody {
      try handle.set(CURLOPT_POST, 1)
      try handle.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: request.body.count)
      if request.method == .get { try handle.set(CURLOPT_CUSTOMREQUEST, "GET") }
    } else {
      try handle.set(CURLOPT_HTTPGET, 1)
    }
  }

  private func perform(_ handle: EasyHandle, _ request: HTTPRequest) -> CURLcode {
    guard request.sendsBody else { return handle.perform() }
    return request.body.withUnsafeBytes { body in
      // libcurl does not copy the body, and takes a null pointer for "read it from the callback".
      var nothing: UInt8 = 0
      return withUnsafeMutablePointer(to: &nothing) { nothing in
        let start = body.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? UnsafeMutableRawPointer(nothing)
        let status = stampede_curl_set_pointer(handle.pointer, CURLOPT_POSTFIELDS, start)
        return status == CURLE_OK ? handle.perform() : status
      }
    }
  }

  private static let keepBody: stampede_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let answer = Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    answer.body += part.prefix(answer.bodyBytesMax - answer.body.count)
    return size * count
  }

  private static let keepHeader: stampede_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let answer = Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
    answer.take(String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self))
    return size * count
  }
}

package struct HTTPRequest: Sendable {
  package var method: Method
  package var url: String
  package var headers: [(name: String, value: String)]
  /// With GET too, where it is not empty: some servers want it.
  package var body: [UInt8]
  /// The server does the work once however often this arrives.
  package var isIdempotent: Bool
  /// The rest of a longer answer is read and dropped.
  package var answerBytesMax: Int
  /// Whether the answer's headers are wanted.
  package var keepsHeaders: Bool

  var sendsBody: Bool { method == .post || !body.isEmpty }

  package enum Method: Sendable { case get, post }

  package init(
    _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    isIdempotent: Bool = false, answerBytesMax: Int = HTTPClient.bodyBytesMax, keepsHeaders: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.isIdempotent = isIdempotent
    self.answerBytesMax = answerBytesMax
    self.keepsHeaders = keepsHeaders
  }

  /// A line end in a header would be a header of its own.
  func headerLines() throws(CurlError) -> [String] {
    var all = headers
    // Without this libcurl asks before it sends a large body and waits a second for the answer.
    all.append(("Expect", ""))
    for (name, value) in all {
      let isSafe = (name + value).unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      guard isSafe, !name.isEmpty, !name.contains(":") else {
        throw CurlError("an HTTP header holds control characters")
      }
    }
    return all.map { "\($0.name): \($0.value)" }
  }
}

package struct HTTPResponse: Sendable, Equatable {
  package let status: Int
  package let body: [UInt8]
  /// By their names in small letters; none where the request does not want them.
  package let headers: [String: String]
  /// How long the server asks to be left alone, a day at most (`Retry-After`).
  package let retryAfterMs: Int64?

  package init(status: Int, body: [UInt8], headers: [String: String] = [:], retryAfterMs: Int64? = nil) {
    self.status = status
    self.body = body
    self.headers = headers
    self.retryAfterMs = retryAfterMs
  }
}

/// What became of one request.
package enum HTTPOutcome: Sendable, Equatable {
  case answered(HTTPResponse)
  /// No byte of it went out: no address, no connection, no trust.
  case notSent(TransferFailure)
  /// Broken off by this side before a byte of it went out.
  case cancelled
  /// It went out, at least in part, and no whole answer came back.
  case unknown(TransferFailure)
}
