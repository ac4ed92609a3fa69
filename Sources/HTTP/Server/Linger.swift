import CMicroHTTPD
import Foundation

/// Keeps what is left of closed connections whose clients still send. The kernel answers their bytes with a reset when
/// the socket is gone, and a reset takes away the answer that they have not read yet: so the bytes are read and thrown
/// away, for a short time.
struct Linger: ~Copyable {
  private static let withinMs = 2_000
  private static let socketsMax = 32
  private static let readsMax = 16

  private var sockets: [(descriptor: Int32, reads: Bool, deadline: MonotonicInstant)] = []

  init() {}

  deinit { for socket in sockets { close(socket.descriptor) } }

  /// Those to be drained when they become readable.
  var descriptors: [Int32] { sockets.filter(\.reads).map(\.descriptor) }
  var deadline: MonotonicInstant { sockets.first?.deadline ?? .never }

  /// Holds the socket beside whoever closes it now; with no room left it goes without. One that is shut down for
  /// reading is only held: the kernel takes what comes.
  mutating func hold(_ descriptor: Int32, reads: Bool, at now: MonotonicInstant) {
    guard sockets.count < Self.socketsMax else { return }
    let own = dup(descriptor)
    guard own >= 0 else { return }
    shutdown(own, Int32(SHUT_WR))
    sockets.append((own, reads, now.after(ms: Self.withinMs)))
  }

  /// Reads what has come and lets go of those that have ended or whose time is over.
  mutating func drain(at now: MonotonicInstant) {
    sockets.removeAll { socket in
      guard socket.deadline > now, !socket.reads || !Self.hasEnded(socket.descriptor) else {
        close(socket.descriptor)
        return true
      }
      return false
    }
  }

  mutating func closeAll() {
    for socket in sockets { close(socket.descriptor) }
    sockets = []
  }

  private static func hasEnded(_ descriptor: Int32) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { room in
      for _ in 0..<readsMax {
        let count = recv(descriptor, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
        if count <= 0 { return count == 0 || errno != EAGAIN }
      }
      return false
    }
  }
}
