import Foundation
import ServiceKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct HTTPEndpointTests {
  /// Sends bytes over a socket and reads until the server closes or stops answering.
  func exchange(_ port: UInt16, _ request: String) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw OSError(code: errno, doing: "opening a socket") }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw OSError(code: errno, doing: "connecting") }
    let bytes = Array(request.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw OSError(code: errno, doing: "sending")
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
    return String(decoding: answer, as: UTF8.self)
  }

  func withEndpoint(
    _ handlers: [String: HTTPEndpoint.Handler], _ body: (UInt16) throws -> Void
  ) throws {
    let endpoint = try HTTPEndpoint(SocketAddress(host: "127.0.0.1", port: 0), handlers)
    defer { endpoint.stop() }
    try body(endpoint.address.port)
  }

  func request(_ method: String, _ path: String) -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
  }

  @Test func getAnswersWithStatusTypeAndBody() throws {
    let ready = Mutex(false)
    try withEndpoint([
      "/readyz": { ready.withLock { $0 } ? .text("ready\n") : .text("restoring\n", status: 503) },
      "/metrics": { .metrics("records_in_total 1\n") },
    ]) { port in
      #expect(port != 0)
      let early = try exchange(port, request("GET", "/readyz"))
      #expect(early.hasPrefix("HTTP/1.1 503 ") && early.hasSuffix("\r\n\r\nrestoring\n"))
      ready.withLock { $0 = true }
      let late = try exchange(port, request("GET", "/readyz?verbose=1"))
      #expect(late.hasPrefix("HTTP/1.1 200 ") && late.hasSuffix("ready\n"))
      let metrics = try exchange(port, request("GET", "/metrics"))
      #expect(metrics.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      #expect(metrics.contains("Content-Length: 19\r\n"))
    }
  }

  @Test func headAnswersWithoutBody() throws {
    try withEndpoint(["/livez": { .text("alive\n") }]) { port in
      let answer = try exchange(port, request("HEAD", "/livez"))
      #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Content-Length: 6\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func unknownPathAndOtherMethodsAreRefused() throws {
    try withEndpoint(["/livez": { .text("alive\n") }]) { port in
      let missing = try exchange(port, request("GET", "/nothing"))
      #expect(missing.hasPrefix("HTTP/1.1 404 ") && missing.contains("There is: /livez"))
      let posted = try exchange(
        port, "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
      #expect(posted.hasPrefix("HTTP/1.1 405 ") && posted.contains("Allow: GET, HEAD\r\n"))
    }
  }

  @Test func connectionServesSeveralRequests() throws {
    try withEndpoint(["/livez": { .text("alive\n") }]) { port in
      let two = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + request("GET", "/livez")
      let answers = try exchange(port, two)
      #expect(answers.components(separatedBy: "alive\n").count == 3)
    }
  }

  @Test func takenPortIsNamedInTheError() throws {
    try withEndpoint([:]) { port in
      let error = #expect(throws: OSError.self) {
        _ = try HTTPEndpoint(SocketAddress(host: "127.0.0.1", port: port), [:])
      }
      #expect(error?.description == "listening on 127.0.0.1:\(port): Address already in use")
    }
  }

  @Test func stoppedEndpointRefusesConnections() throws {
    let endpoint = try HTTPEndpoint(SocketAddress(host: "127.0.0.1", port: 0), [:])
    endpoint.stop()
    endpoint.stop()
    #expect(throws: OSError.self) { try exchange(endpoint.address.port, request("GET", "/")) }
  }
}
