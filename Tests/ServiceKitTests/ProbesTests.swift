import Foundation
import HTTP
import ServiceKit
import Synchronization
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct ProbesTests {
  /// Sends a request over a socket of its own and reads until the server closes it.
  func exchange(_ port: UInt16, _ method: String, _ path: String, _ headers: String = "") throws -> String {
    let descriptor = try connected(port)
    defer { close(descriptor) }
    let bytes = Array("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Connection: close\r\n\r\n".utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw OSError(code: errno, doing: "sending")
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
    return String(decoding: answer, as: UTF8.self)
  }

  /// The caller closes it.
  private func connected(_ port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw OSError(code: errno, doing: "opening a socket") }
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
    guard connected == 0 else {
      let error = OSError(code: errno, doing: "connecting")
      close(descriptor)
      throw error
    }
    return descriptor
  }

  func withProbes(
    stalledMs: @escaping @Sendable () -> Int64 = { 0 }, isReady: @escaping @Sendable () -> Bool = { true },
    _ body: (UInt16) throws -> Void
  ) throws {
    let probes = Probes(stalledMs: stalledMs, isReady: isReady, exposition: { "records_in_total 1\n" })
    let server = try HTTPServer(
      SocketAddress(host: "127.0.0.1", port: 0), probes.router, settings: Probes.limits)
    defer { server.stop() }
    try body(server.address.port)
  }

  @Test func readinessIsAskedAnewEachTime() throws {
    let ready = Mutex(false)
    try withProbes(isReady: { ready.withLock { $0 } }) { port in
      let early = try exchange(port, "GET", "/readyz")
      #expect(early.hasPrefix("HTTP/1.1 503 "))
      #expect(
        early.hasSuffix("\r\n\r\nwaiting for the group, restoring stores, or a partition is stopped (see the log)\n"))
      ready.withLock { $0 = true }
      let late = try exchange(port, "GET", "/readyz?verbose=1")
      #expect(late.hasPrefix("HTTP/1.1 200 ") && late.hasSuffix("\r\n\r\nready\n"))
    }
  }

  @Test func workerIsAliveUntilAThreadStalls() throws {
    let stalledMs = Mutex(Probes.stalledAfterMs - 1)
    try withProbes(stalledMs: { stalledMs.withLock { $0 } }) { port in
      #expect(try exchange(port, "GET", "/livez").hasSuffix("\r\n\r\nok\n"))
      stalledMs.withLock { $0 = Probes.stalledAfterMs }
      let dead = try exchange(port, "GET", "/livez")
      #expect(dead.hasPrefix("HTTP/1.1 503 ") && dead.hasSuffix("a stream thread has not moved for 120 s\n"))
    }
  }

  @Test func metricsCarryTheirTypeAndAreNotStored() throws {
    try withProbes { port in
      let metrics = try exchange(port, "GET", "/metrics")
      #expect(metrics.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      #expect(metrics.contains("Content-Length: 19\r\n") && metrics.hasSuffix("\r\n\r\nrecords_in_total 1\n"))
      #expect(metrics.contains("Cache-Control: no-store\r\n"))
    }
  }

  @Test func headAnswersWithoutBody() throws {
    try withProbes { port in
      let answer = try exchange(port, "HEAD", "/livez")
      #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Content-Length: 3\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func unknownPathNamesTheProbesAndOtherMethodsAreRefused() throws {
    try withProbes { port in
      let missing = try exchange(port, "GET", "/nothing")
      #expect(missing.hasPrefix("HTTP/1.1 404 "))
      #expect(missing.hasSuffix("Not found. There is: /livez, /metrics, /readyz\n"))
      let posted = try exchange(port, "POST", "/livez")
      #expect(posted.hasPrefix("HTTP/1.1 405 ") && posted.contains("Allow: GET, HEAD\r\n"))
    }
  }

  /// A request that never ends, of each kind, from the prober's own address: as behind a proxy.
  @Test(arguments: [
    "", "GET /livez HTTP/1.1\r\nHost:", "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc",
    "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
  ]) func slowConnectionsDoNotKeepAnOrchestratorFromItsAnswer(beginning: String) throws {
    try withProbes { port in
      var slow: [Int32] = []
      defer { for descriptor in slow { close(descriptor) } }
      for _ in 0..<200 {
        let descriptor = try connected(port)
        slow.append(descriptor)
        _ = send(descriptor, beginning, beginning.utf8.count, Int32(MSG_NOSIGNAL))
        guard slow.count % 50 == 0 else { continue }
        // A place is given up after a tenth of a second: until then the newcomer is told to try again.
        let deadline = ContinuousClock.now + .seconds(1)
        var answer = ""
        while !answer.hasSuffix("\r\n\r\nok\n"), ContinuousClock.now < deadline {
          answer = try exchange(port, "GET", "/livez")
        }
        #expect(answer.hasSuffix("\r\n\r\nok\n"))
      }
    }
  }

  @Test func probesTakeNoLongHeadersAndNoBodies() throws {
    try withProbes { port in
      let long = String(repeating: "x", count: 64 * 1024)
      let line = try exchange(port, "GET", "/livez?\(long)")
      let header = try exchange(port, "GET", "/livez", "X: \(long)\r\n")
      let body = try exchange(port, "GET", "/livez", "Content-Length: 99999\r\n")
      #expect(line.hasPrefix("HTTP/1.1 414 ") && header.hasPrefix("HTTP/1.1 431 ") && body.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func stoppedProbesRefuseConnections() throws {
    let probes = Probes(stalledMs: { 0 }, isReady: { true }, exposition: { "" })
    let server = try HTTPServer(SocketAddress(host: "127.0.0.1", port: 0), probes.router)
    server.stop()
    server.stop()
    #expect(throws: OSError.self) { try exchange(server.address.port, "GET", "/livez") }
  }
}
