import CCurl
import Glibc

/// A connection to an SMTP server on which nothing has gone wrong yet. libcurl makes it, to the end of the log-in
/// (`SMTPOpening`); what follows is said here, so that it is known what was sent, how far it came and what was
/// answered. One owner thread; `close()` when done, at once after a failure.
final class SMTPSession {
  let extensions: Set<String>
  private let handle: EasyHandle
  private let socket: Int32
  private let cancellation: TransferCancellation?
  /// What was received behind the last reply.
  private var unread: [UInt8] = []

  /// Why there is no answer.
  enum Lapse: Error, Equatable {
    case timedOut, cancelled
    /// The other side has closed the connection, with nothing of ours unread.
    case closed
    /// RFC 1122 §4.2.2.13: a host that closes a connection "while received data is still pending in TCP, or if new data
    /// is received after CLOSE is called, […] SHOULD send a RST to show that data was lost".
    case reset
    /// What came is no reply of SMTP.
    case garbled

    var failure: TransferFailure {
      switch self {
      case .timedOut: TransferFailure("the server did not answer in time")
      case .cancelled: TransferFailure("the worker stops")
      case .closed: TransferFailure("the server closed the connection")
      case .reset: TransferFailure("the server broke the connection off")
      case .garbled: TransferFailure("the server's answer is not SMTP")
      }
    }
  }

  /// How soon a cancellation is seen.
  private static let lookEveryMs = 100
  private static let receivedBytesMax = 4_096
  /// RFC 5321 §4.5.3.1.5 allows 512 bytes a line; no reply has this many.
  private static let replyBytesMax = 65_536
  /// How long a connection that is closed is watched for the sign that data was lost.
  private static let afterCloseMs = 2_000

  init(_ handle: EasyHandle, socket: Int32, extensions: Set<String>, cancellation: TransferCancellation?) {
    self.handle = handle
    self.socket = socket
    self.extensions = extensions
    self.cancellation = cancellation
  }

  /// Never waits: libcurl takes a connection that it did not speak on itself for dead.
  func close() { handle.close() }

  /// Says good-bye and closes, without waiting for the answer.
  func quit() {
    _ = handle.send(Array("QUIT\r\n".utf8)[...])
    close()
  }

  /// Whether the server has neither said anything nor closed the connection while it lay idle.
  var isIdle: Bool {
    guard unread.isEmpty else { return false }
    guard poll(POLLIN, waitMs: 0) != 0 else { return true }
    // Of TLS, a record of its own business may have come.
    return handle.receive(atMost: Self.receivedBytesMax).code == CURLE_AGAIN
  }

  // MARK: Sending

  /// Blocks until the system has taken all of it, while some bytes at least go out within `timeoutMs`. Ends early with
  /// nil when the server answers before that.
  func send(_ bytes: [UInt8], timeoutMs: Int) throws(Lapse) {
    var rest = bytes[...]
    var deadline = Deadline(timeoutMs)
    while !rest.isEmpty {
      let (code, count) = handle.send(rest)
      switch code {
      case CURLE_OK where count > 0:
        rest = rest.dropFirst(count)
        deadline = Deadline(timeoutMs)
      case CURLE_OK, CURLE_AGAIN:
        let events = try wait(POLLOUT | POLLIN, until: deadline)
        // A server that answers before it has everything may not read on.
        if events & POLLOUT == 0, try take() { return }
      default: throw .reset
      }
    }
  }

  /// Whether an answer comes within a moment. Throws when the connection comes to its end instead.
  func hasAnswered(waitMs: Int) throws(Lapse) -> Bool {
    if !unread.isEmpty { return true }
    return poll(POLLIN, waitMs: waitMs) == 0 ? false : try take()
  }

  /// Bytes that the other side's machine has not acknowledged; nil where the system does not say.
  var unacknowledgedBytes: Int? {
    let count = Int(stampede_unacknowledged_bytes(socket))
    return count < 0 ? nil : count
  }

  /// Whether the other side shows that it did not get all that was sent before its end of the connection closed.
  func showsLossAfterClose() -> Bool {
    let deadline = Deadline(Self.afterCloseMs)
    while true {
      if poll(0, waitMs: 10) & POLLERR != 0 { return true }
      if unacknowledgedBytes == 0 { return false }
      if deadline.isOver { return unacknowledgedBytes != nil }
    }
  }

  // MARK: Receiving

  /// Blocks until a whole reply is there, at most `timeoutMs`.
  func reply(timeoutMs: Int) throws(Lapse) -> SMTPReply {
    let deadline = Deadline(timeoutMs)
    var speaksOfRelay = false
    while true {
      while let line = nextLine() {
        guard let reply = SMTPReply(line: line) else { throw .garbled }
        speaksOfRelay = speaksOfRelay || reply.speaksOfRelay
        // "250-" has lines after it.
        if line.count > 3, line[line.startIndex + 3] == UInt8(ascii: "-") { continue }
        return SMTPReply(code: reply.code, enhancedStatus: reply.enhancedStatus, speaksOfRelay: speaksOfRelay)
      }
      guard unread.count < Self.replyBytesMax else { throw .garbled }
      while try !take() { _ = try wait(POLLIN, until: deadline) }
    }
  }

  private func nextLine() -> ArraySlice<UInt8>? {
    guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    var line = unread[..<end]
    unread.removeFirst(end + 1)
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }

  /// Takes what is there. False: nothing for now.
  private func take() throws(Lapse) -> Bool {
    let wasReset = poll(POLLIN, waitMs: 0) & POLLERR != 0
    let (code, bytes) = handle.receive(atMost: Self.receivedBytesMax)
    if code == CURLE_AGAIN { return false }
    // What was said before the end still counts.
    guard code == CURLE_OK, !bytes.isEmpty else { throw wasReset ? .reset : .closed }
    unread += bytes
    return true
  }

  // MARK: Waiting

  private struct Deadline {
    private let end: ContinuousClock.Instant

    init(_ ms: Int) { end = .now + .milliseconds(ms) }

    var leftMs: Int {
      let left = (end - .now).components
      return max(0, Int(left.seconds) * 1_000 + Int(left.attoseconds / 1_000_000_000_000_000))
    }

    var isOver: Bool { .now >= end }
  }

  /// Blocks until one of `events`, or an end of the connection.
  private func wait(_ events: Int32, until deadline: Deadline) throws(Lapse) -> Int32 {
    while true {
      if cancellation?.isCancelled == true { throw .cancelled }
      let found = poll(events, waitMs: min(Self.lookEveryMs, deadline.leftMs + 1))
      if found != 0 { return found }
      if deadline.isOver { throw .timedOut }
    }
  }

  private func poll(_ events: Int32, waitMs: Int) -> Int32 {
    var watched = pollfd(fd: socket, events: Int16(events), revents: 0)
    return Glibc.poll(&watched, 1, Int32(waitMs)) > 0 ? Int32(watched.revents) : 0
  }
}
