import CMicroHTTPD
import Foundation

/// Who gets a place, and how a place is given up.
extension EventLoop {
  /// Takes the connection in, if need be in place of one that has waited longest for its client.
  func admit(_ accepted: ListenSocket.Accepted, _ daemon: borrowing Daemon, at now: MonotonicInstant) {
    let network = PeerNetwork(accepted.address)
    let isNetworkFull = openByNetwork[network, default: 0] >= settings.connectionsPerAddressMax
    if isNetworkFull || openCount >= settings.connectionsMax {
      guard let victim = victim(isNetworkFull ? network : nil, at: now) else {
        return refuse(accepted.descriptor, at: now)
      }
      if victim.isIdle || !victim.isWaitedFor { shutDown(victim, at: now) } else { cut(victim, with: .busy, at: now) }
    }
    admitted = (accepted.descriptor, network)
    // A failure has closed the descriptor, and the client sees that.
    _ = daemon.add(accepted)
    admitted = nil
  }

  /// The connection, of this network if one is named, that has waited longest without a whole request; where there is
  /// none, the one that has taken longest to receive its answer.
  private func victim(_ network: PeerNetwork?, at now: MonotonicInstant) -> Connection? {
    let slow = connections.values.filter { connection in
      (connection.isWaitedFor || connection.phase == .answering) && (network == nil || connection.network == network)
        && (connection.isIdle || connection.since.after(ms: settings.evictableAfterMs) <= now)
    }
    return slow.filter(\.isWaitedFor).min { $0.since < $1.since } ?? slow.min { $0.since < $1.since }
  }

  private func refuse(_ descriptor: Int32, at now: MonotonicInstant) {
    if !isTLS {
      RawAnswer(sendable(router.response(to: .busy))).send(to: descriptor)
      linger.hold(descriptor, reads: true, at: now)
    }
    close(descriptor)
    tellRefusal(status: HTTPRefusal.busy.status)
  }

  /// libmicrohttpd has taken in what `admit` gave it.
  func opened(_ handle: OpaquePointer) {
    guard let admitted else { preconditionFailure("a connection that was not admitted") }
    let now = MonotonicInstant.now()
    let connection = Connection(handle, descriptor: admitted.descriptor, network: admitted.network, at: now)
    connections[handle] = connection
    openCount += 1
    openByNetwork[admitted.network, default: 0] += 1
    enter(.waiting, connection, at: now)
  }

  /// libmicrohttpd is about to close the descriptor.
  func closed(_ handle: OpaquePointer) {
    guard let connection = connections.removeValue(forKey: handle) else { return }
    if connection.phase != .closing {
      release(connection)
      var byte: UInt8 = 0
      let unread = recv(connection.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
      let mayCome = unread < 0 && errno == EAGAIN && connection.leavesUnread
      if unread > 0 || mayCome { linger.hold(connection.descriptor, reads: true, at: .now()) }
    } else if connection.leavesUnread {
      linger.hold(connection.descriptor, reads: false, at: .now())
    }
  }

  func shutDown(_ connection: Connection, at now: MonotonicInstant) {
    guard connection.phase != .closing else { return }
    release(connection)
    connection.shutDown(at: now)
  }

  /// Refuses a request that is still arriving, and ends the connection.
  func cut(_ connection: Connection, with refusal: HTTPRefusal, at now: MonotonicInstant) {
    answerRaw(connection, refusal)
    shutDown(connection, at: now)
  }

  func answerRaw(_ connection: Connection, _ refusal: HTTPRefusal) {
    RawAnswer(sendable(router.response(to: refusal))).send(to: connection, isTLS: isTLS)
    connection.leavesUnread = true
    if let exchange = connection.exchange {
      exchange.state = .cut(status: refusal.status)
    } else {
      tellRefusal(status: refusal.status)
    }
  }

  private func release(_ connection: Connection) {
    openCount -= 1
    let left = openByNetwork[connection.network, default: 0] - 1
    openByNetwork[connection.network] = left > 0 ? left : nil
  }
}
