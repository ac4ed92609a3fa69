import CMicroHTTPD
import Foundation
import Threads

/// The thread that serves every connection: it accepts, lets libmicrohttpd read and write, hands requests to the
/// handler threads and keeps the times. All of libmicrohttpd is called here and nowhere else, and nothing here blocks
/// but `poll`.
///
///     running ──stop──▶ finishing what is under way ──no connection left──▶ ended
///                            └──its time is over──▶ every connection shut down ──▲
final class EventLoop {
  let settings: ServerSettings
  let router: Router
  let hooks: ServerHooks
  let isTLS: Bool
  let pool: HandlerPool
  private let mailbox: LoopMailbox
  /// Until the loop runs.
  private var daemon: Daemon?
  /// Nil once it stops.
  private var listener: ListenSocket?
  var connections: [OpaquePointer: Connection] = [:]
  /// Those whose requests the handler threads have, by the exchange's number.
  var handling: [UInt64: Connection] = [:]
  /// Connections that are not being closed: all, and by whom they are counted for.
  var openCount = 0
  var openByNetwork: [PeerNetwork?: Int] = [:]
  /// The one that libmicrohttpd is being given.
  var admitted: (descriptor: Int32, network: PeerNetwork?)?
  var linger = Linger()
  /// What the bodies of all requests under way hold.
  var bodyBytes = 0
  var exchangeCount: UInt64 = 0
  private var nextDeadline = MonotonicInstant.never
  private var acceptsAfter = MonotonicInstant(ns: 0)
  private var stopDeadline: MonotonicInstant?
  private var polled: [pollfd] = []
  /// Whose sockets stand at the end of `polled`.
  private var arriving: [Connection] = []

  private static let acceptsMax = 64
  /// Room in libmicrohttpd for connections that are being closed while new ones come.
  private static let closingMax = 256
  /// How long nothing is accepted after the system had no room for one more.
  private static let acceptPauseMs = 100

  init(
    _ listener: consuming ListenSocket, _ router: Router, _ settings: ServerSettings, _ hooks: ServerHooks,
    tls: ServerTLS?, mailbox: LoopMailbox, pool: HandlerPool
  ) throws(OSError) {
    let doing = "serving HTTP on \(listener.address)"
    self.settings = settings
    self.router = router
    self.hooks = hooks
    self.mailbox = mailbox
    self.pool = pool
    isTLS = tls != nil
    self.listener = consume listener
    daemon = try Daemon(
      connectionsMax: settings.connectionsMax + Self.closingMax, headBytesMax: settings.headBytesMax, tls: tls,
      calling: callbacks(), doing: doing)
  }

  var isStopping: Bool { stopDeadline != nil }

  /// Serves until a letter says to stop and what was under way has ended. Once.
  func run() {
    guard let daemon = daemon.take() else { preconditionFailure("the loop runs once") }
    repeat {
      wait(daemon)
      let now = MonotonicInstant.now()
      if polled[0].revents != 0 { take(mailbox.takeAll(), daemon, at: now) }
      if polled.count > 2, polled[2].revents != 0 { accept(daemon, at: now) }
      linger.drain(at: now)
      closeOverdue(at: now)
      daemon.run()
      if !arriving.isEmpty, !daemon.hasMore() { closeEnded(at: now) }
      if isStopping { closeIdle(at: now) }
    } while !isStopping || !connections.isEmpty
    linger.closeAll()
  }

  /// Blocks until there is something to do.
  private func wait(_ daemon: borrowing Daemon) {
    polled.removeAll(keepingCapacity: true)
    watch(mailbox.wakeUp.descriptor)
    watch(daemon.descriptor)
    let now = MonotonicInstant.now()
    if listener != nil {
      // A negative descriptor is one that poll leaves out.
      watch(acceptsAfter <= now ? listener?.descriptor ?? -1 : -1)
    }
    for descriptor in linger.descriptors { watch(descriptor) }
    arriving.removeAll(keepingCapacity: true)
    for connection in connections.values where connection.phase == .receiving {
      arriving.append(connection)
      polled.append(pollfd(fd: connection.descriptor, events: stampede_peer_ended, revents: 0))
    }
    var deadline = min(nextDeadline, linger.deadline, stopDeadline ?? .never)
    if acceptsAfter > now { deadline = min(deadline, acceptsAfter) }
    let timeoutMs = daemon.hasMore() ? 0 : Self.timeoutMs(until: deadline, from: now)
    let status = poll(&polled, nfds_t(polled.count), timeoutMs)
    precondition(status >= 0 || errno == EINTR, "poll failed: \(OSError(code: errno, doing: "waiting"))")
  }

  private func watch(_ descriptor: Int32) {
    polled.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
  }

  private static func timeoutMs(until deadline: MonotonicInstant, from now: MonotonicInstant) -> Int32 {
    guard deadline != .never else { return -1 }
    return Int32(clamping: max(0, Int64(deadline.ms(since: now).rounded(.up))))
  }

  private func accept(_ daemon: borrowing Daemon, at now: MonotonicInstant) {
    do throws(OSError) {
      for _ in 0..<Self.acceptsMax {
        guard let accepted = try listener?.accept() else { return }
        admit(accepted, daemon, at: now)
      }
    } catch {
      // No descriptor or memory for one more: those that close make room, and the kernel keeps who waits.
      acceptsAfter = now.after(ms: Self.acceptPauseMs)
    }
  }

  // MARK: letters

  private func take(_ letters: LoopMailbox.Letters, _ daemon: borrowing Daemon, at now: MonotonicInstant) {
    for (number, outcome) in letters.outcomes {
      guard let connection = handling.removeValue(forKey: number), let exchange = connection.exchange else { continue }
      exchange.state = .ready(response(to: outcome, exchange))
      MHD_resume_connection(connection.handle)
    }
    if let withinMs = letters.stopWithinMs, stopDeadline == nil {
      stopDeadline = now.after(ms: withinMs)
      // What clients have sent before now is under way, though nobody has read it yet.
      accept(daemon, at: now)
      listener = nil
      daemon.run()
    }
  }

  // MARK: times

  /// Every change of a connection's phase goes through here, so that its deadline is kept.
  func enter(_ phase: Connection.Phase, _ connection: Connection, at now: MonotonicInstant) {
    connection.enter(phase, at: now)
    nextDeadline = min(nextDeadline, connection.deadline(settings))
  }

  private func closeOverdue(at now: MonotonicInstant) {
    if let stopDeadline, stopDeadline <= now {
      for connection in connections.values { abandon(connection, at: now) }
      return
    }
    guard nextDeadline <= now else { return }
    nextDeadline = .never
    for connection in connections.values {
      let deadline = connection.deadline(settings)
      guard deadline <= now else {
        nextDeadline = min(nextDeadline, deadline)
        continue
      }
      if connection.isWaitedFor && !connection.isIdle {
        cut(connection, with: .slow, at: now)
      } else {
        shutDown(connection, at: now)
      }
    }
  }

  /// libmicrohttpd waits for edges, and misses an end that came together with the last bytes.
  private func closeEnded(at now: MonotonicInstant) {
    for (place, connection) in zip(polled.suffix(arriving.count), arriving) where place.revents != 0 {
      guard connection.phase == .receiving, !connection.isOpenForReading else { continue }
      connection.exchange?.state = .cut(status: nil)
      shutDown(connection, at: now)
    }
  }

  private func closeIdle(at now: MonotonicInstant) {
    for connection in connections.values where connection.phase == .waiting { shutDown(connection, at: now) }
    // Seen by libmicrohttpd at its next run, which must not wait for anything else.
    if !connections.isEmpty { nextDeadline = min(nextDeadline, now.after(ms: Self.acceptPauseMs)) }
  }

  /// Ends a connection whatever it does. A handler that still runs answers nobody.
  private func abandon(_ connection: Connection, at now: MonotonicInstant) {
    if let exchange = connection.exchange {
      if exchange.isArriving { exchange.state = .cut(status: nil) }
      if handling.removeValue(forKey: exchange.number) != nil {
        exchange.state = .cut(status: nil)
        MHD_resume_connection(connection.handle)
      }
    }
    shutDown(connection, at: now)
  }
}
