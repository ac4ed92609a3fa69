import CMicroHTTPD
import Foundation

/// An accepted connection. Belongs to the thread that serves the connections.
///
///     waiting ──request line──▶ receiving ──whole──▶ handling ──▶ answering ──┐
///        ▲                                                                     │
///        └─────────────────────────────answer sent─────────────────────────────┘
///     any of them ──too slow, evicted, or the stop──▶ closing
final class Connection {
  enum Phase {
    case waiting, receiving, handling, answering, closing
  }

  /// Valid until libmicrohttpd says that the connection is closed.
  let handle: OpaquePointer
  let descriptor: Int32
  let network: PeerNetwork?
  private(set) var phase = Phase.waiting
  private(set) var since: MonotonicInstant
  /// Whether it has not been answered yet.
  private(set) var isFresh = true
  var exchange: Exchange?
  /// Whether its client may still be sending what nobody will read.
  var leavesUnread = false

  init(_ handle: OpaquePointer, descriptor: Int32, network: PeerNetwork?, at now: MonotonicInstant) {
    self.handle = handle
    self.descriptor = descriptor
    self.network = network
    since = now
  }

  /// `closing` is the end.
  func enter(_ next: Phase, at now: MonotonicInstant) {
    guard phase != .closing else { return }
    if phase == .answering { isFresh = false }
    phase = next
    since = now
  }

  func deadline(_ settings: ServerSettings) -> MonotonicInstant {
    switch phase {
    case .waiting: since.after(ms: isFresh ? settings.requestMs : settings.idleMs)
    case .receiving: since.after(ms: settings.requestMs)
    case .answering: since.after(ms: settings.answerMs)
    case .handling, .closing: .never
    }
  }

  /// Whether a request has not arrived whole, so that the place may go to someone else.
  var isWaitedFor: Bool { phase == .waiting || phase == .receiving }

  /// Whether it waits between two requests.
  var isIdle: Bool { phase == .waiting && !isFresh }

  /// Whether neither an end nor an error is what would be read next.
  var isOpenForReading: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count > 0 || (count < 0 && errno == EAGAIN)
  }

  /// libmicrohttpd sees the end of the connection the next time it runs.
  func shutDown(at now: MonotonicInstant) {
    enter(.closing, at: now)
    shutdown(descriptor, Int32(SHUT_RDWR))
  }
}
