import Foundation

/// Opens listening TCP sockets, so that a port that is taken is told apart from other failures.
enum ListenSocket {
  private static let backlog: Int32 = 64

  /// Returns the descriptor, which the caller owns, and the port it got.
  static func open(_ address: SocketAddress) throws(OSError) -> (descriptor: Int32, port: UInt16) {
    let doing = "listening on \(address)"
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let first = found else {
      throw OSError(code: EADDRNOTAVAIL, doing: "\(doing): finding the host's address")
    }
    defer { freeaddrinfo(first) }
    let descriptor = socket(
      first.pointee.ai_family, first.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), first.pointee.ai_protocol)
    guard descriptor >= 0 else { throw OSError(code: errno, doing: doing) }
    do throws(OSError) {
      var on: Int32 = 1
      let bound =
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size)) == 0
        && bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0
        && listen(descriptor, backlog) == 0
      guard bound else { throw OSError(code: errno, doing: doing) }
      return (descriptor, try port(of: descriptor, doing))
    } catch {
      close(descriptor)
      throw error
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
