/// One request and its answer. Belongs to the thread that serves the connections.
///
///     head ──▶ body ──▶ handling ──▶ ready ──▶ answering
///       │       │          └──stop's time is over──▶ cut
///       │       └──too long, too slow──▶ cut
///       └──refused──▶ ready, or answering when a body is on its way
final class Exchange {
  enum State {
    /// The request line is here.
    case head
    case body(Receiving)
    /// A handler thread has it; the connection is suspended.
    case handling
    /// The handler's answer waits to be queued.
    case ready(Response)
    /// Handed to libmicrohttpd.
    case answering(status: Int, bytes: Int)
    /// Answered around libmicrohttpd, or not at all: the connection ends.
    case cut(status: Int?)
  }

  /// A request whose body is on its way.
  struct Receiving {
    let match: RouteMatch
    let target: RequestTarget
    let headers: HeaderFields
    let bodyBytesMax: Int
  }

  /// Names it to the handler threads.
  let number: UInt64
  let target: String
  let since: MonotonicInstant
  /// Known once the headers are here.
  var method: HTTPMethod?
  var route: Route?
  var state = State.head
  /// What has come of it.
  var body: [UInt8] = []
  /// What its body holds of the memory for all bodies.
  var bodyBytes = 0

  init(number: UInt64, target: String, since: MonotonicInstant) {
    self.number = number
    self.target = target
    self.since = since
  }

  /// Whether the request is not whole yet.
  var isArriving: Bool {
    switch state {
    case .head, .body: true
    case .handling, .ready, .answering, .cut: false
    }
  }

  func takeBody() -> [UInt8] {
    defer { body = [] }
    return body
  }

  /// The line of the access log, once it has ended.
  func entry(at now: MonotonicInstant, isWhole: Bool) -> AccessEntry {
    let (status, bytes): (Int?, Int) =
      switch state {
      case .answering(let status, let bytes): (status, bytes)
      case .cut(let status): (status, 0)
      case .head, .body, .handling, .ready: (nil, 0)
      }
    return AccessEntry(
      method: method, route: route?.pattern.text, status: status, durationMs: now.ms(since: since), bytes: bytes,
      isWhole: isWhole)
  }
}
