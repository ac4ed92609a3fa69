import Foundation
import Threads

/// A client that sends exactly the bytes it is told, as slowly and as wrongly as a test likes.
final class RawClient {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  struct Answer {
    let status: Int
    /// Status line and header lines.
    let head: String
    let body: String

    func has(_ line: String) -> Bool { head.components(separatedBy: "\r\n").contains(line) }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let waitMs = 10_000

  /// `from` is the client's own address.
  init(_ port: UInt16, host: String = "127.0.0.1", from: String? = nil) throws {
    let family = host.contains(":") ? AF_INET6 : AF_INET
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw OSError(code: errno, doing: "opening a socket") }
    var limit = timeval(tv_sec: Self.waitMs / 1000, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if let from { try Self.withAddress(from, 0) { bind(descriptor, $0, $1) == 0 } }
    try Self.withAddress(host, port) { connect(descriptor, $0, $1) == 0 }
  }

  deinit { close(descriptor) }

  private static func withAddress(
    _ host: String, _ port: UInt16, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) throws {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found?.pointee else {
      throw Failure(description: "no address \(host)")
    }
    defer { freeaddrinfo(found) }
    guard let address = first.ai_addr, use(address, first.ai_addrlen) else {
      throw OSError(code: errno, doing: "connecting to \(host):\(port)")
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw OSError(code: errno, doing: "sending") }
      sent += count
    }
  }

  /// The whole of a request without a body; `last` asks the server to close.
  func ask(_ method: String, _ target: String, _ headers: [String] = [], last: Bool = false) throws {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: x"] + headers + (last ? ["Connection: close"] : [])
    try send(lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// The next answer; of a HEAD, which has no body, with `hasBody` false.
  func answer(hasBody: Bool = true) throws -> Answer {
    let end = Array("\r\n\r\n".utf8)
    while unread.firstRange(of: end) == nil {
      guard try readMore() else {
        throw Failure(description: "closed after '\(String(decoding: unread, as: UTF8.self))'")
      }
    }
    let headEnd = unread.firstRange(of: end)!
    let head = String(decoding: unread[..<headEnd.lowerBound], as: UTF8.self)
    unread.removeFirst(headEnd.upperBound)
    let lines = head.components(separatedBy: "\r\n")
    guard let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") else {
      throw Failure(description: "no status in '\(lines[0])'")
    }
    let length = lines.first { $0.lowercased().hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
    let wanted = hasBody ? length : 0
    while unread.count < wanted {
      guard try readMore() else { throw Failure(description: "closed within the body of a \(status)") }
    }
    defer { unread.removeFirst(wanted) }
    return Answer(status: status, head: head, body: String(decoding: unread[..<wanted], as: UTF8.self))
  }

  /// What comes until the server closes; a reset counts as that.
  func rest() throws -> String {
    while try readMore() {}
    return String(decoding: unread, as: UTF8.self)
  }

  /// Whether anything can be read, the end too, within this time.
  func isReadable(withinMs: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, withinMs) > 0
  }

  private func readMore() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 || errno == ECONNRESET else { throw OSError(code: errno, doing: "reading an answer") }
    unread += buffer[..<max(0, count)]
    return count > 0
  }
}
