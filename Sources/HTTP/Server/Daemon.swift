import CMicroHTTPD
import Foundation
import Threads

/// libmicrohttpd without threads, timeouts or a listening socket of its own: it reads requests and writes answers when
/// it is run. Whoever owns it calls everything on one thread.
struct Daemon: ~Copyable {
  /// Becomes readable when a connection has something to do.
  let descriptor: Int32
  private let pointer: OpaquePointer

  /// `callbacks` says what to call with which context, which must live longer than the daemon.
  init(
    connectionsMax: Int, headBytesMax: Int, tls: ServerTLS?, calling callbacks: stampede_mhd_options, doing: String
  ) throws(OSError) {
    var options = callbacks
    options.connections_max = UInt32(connectionsMax)
    options.connection_memory_bytes = headBytesMax
    let started: OpaquePointer?
    if let tls {
      started = tls.certificate.withCString { certificate in
        tls.key.withCString { key in
          ServerTLS.priorities.withCString { priorities in
            options.certificate = certificate
            options.key = key
            options.tls_priorities = priorities
            return stampede_mhd_start(&options)
          }
        }
      }
    } else {
      started = stampede_mhd_start(&options)
    }
    guard let started else { throw OSError(code: errno, doing: doing) }
    pointer = started
    descriptor = stampede_mhd_epoll_descriptor(started)
  }

  deinit { MHD_stop_daemon(pointer) }

  /// Hands over a connection, descriptor and all, even when it fails.
  borrowing func add(_ accepted: ListenSocket.Accepted) -> Bool {
    var address = accepted.address
    return withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        MHD_add_connection(pointer, accepted.descriptor, $0.baseAddress, accepted.addressBytes) == .YES
      }
    }
  }

  /// Does what can be done without waiting; calls back from inside.
  borrowing func run() { MHD_run(pointer) }

  /// Whether `run` has more to do at once.
  borrowing func hasMore() -> Bool {
    var timeoutMs: UInt64 = 0
    return MHD_get_timeout(pointer, &timeoutMs) == .YES && timeoutMs == 0
  }
}
