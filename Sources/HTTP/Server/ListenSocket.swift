import Foundation
import Threads

/// A listening TCP socket.
struct ListenSocket: ~Copyable {
  private static let backlog: Int32 = 256

  let descriptor: Int32
  /// With the port it really got.
  let address: SocketAddress

  /// A port that is taken is told apart from other failures.
  init(_ address: SocketAddress) throws(OSError) {
    let doing = "listening on \(address)"
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let first = found else {
      throw OSError(code: EADDRNOTAVAIL, doing: "\(doing): finding the host's address")
    }
    defer { freeaddrinfo(first) }
    let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(
      first.pointee.ai_family, first.pointee.ai_socktype | flags, first.pointee.ai_protocol)
    guard descriptor >= 0 else { throw OSError(code: errno, doing: doing) }
    do throws(OSError) {
      var on: Int32 = 1
      let bound =
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size)) == 0
        && bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0
        && listen(descriptor, Self.backlog) == 0
      guard bound else { throw OSError(code: errno, doing: doing) }
      self.address = SocketAddress(host: address.host, port: try Self.port(of: descriptor, doing))
      self.descriptor = descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// What `accept` gave: the caller owns the descriptor.
  struct Accepted {
    let descriptor: Int32
    var address: sockaddr_storage
    let addressBytes: socklen_t
  }

  /// Does not block. Nil when no connection waits; throws when the system has no room for one.
  borrowing func accept() throws(OSError) -> Accepted? {
    while true {
      var address = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let accepted = withUnsafeMutableBytes(of: &address) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { Foundation.accept(descriptor, $0.baseAddress, &length) }
      }
      if accepted >= 0 {
        // libmicrohttpd makes it non-blocking.
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return Accepted(descriptor: accepted, address: address, addressBytes: length)
      }
      switch errno {
      case EAGAIN: return nil
      // The client gave up while it waited, or a signal came.
      case ECONNABORTED, EINTR, EPROTO, EPERM: continue
      default: throw OSError(code: errno, doing: "accepting a connection")
      }
    }
  }

  private static func port(of descriptor: Int32, _ doing: String) throws(OSError) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
    }
    guard status == 0 else { throw OSError(code: errno, doing: doing) }
    return withUnsafeBytes(of: storage) { bytes in
      // The port stands behind the family in both sockaddr_in and sockaddr_in6, in network byte order.
      UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
    }
  }
}
