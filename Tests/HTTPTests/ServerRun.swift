import Foundation
import HTTP
import Synchronization

/// Runs a server on a free loopback port for the length of `body`.
func withServer<Result>(
  _ settings: ServerSettings = ServerSettings(), tls: ServerTLS? = nil, hooks: ServerHooks = ServerHooks(),
  host: String = "127.0.0.1", routes: (inout Router) -> Void, _ body: (HTTPServer, UInt16) throws -> Result
) throws -> Result {
  var router = Router()
  routes(&router)
  let server = try HTTPServer(SocketAddress(host: host, port: 0), router, settings: settings, tls: tls, hooks: hooks)
  defer { server.stop(withinMs: 1_000) }
  return try body(server, server.address.port)
}

/// `ServerSettings` with some changed.
func settings(_ change: (inout ServerSettings) -> Void) -> ServerSettings {
  var settings = ServerSettings()
  change(&settings)
  return settings
}

/// Keeps what a server tells, and lets a test wait for it.
final class Told: Sendable {
  private let kept = Mutex<(entries: [AccessEntry], failures: [String])>(([], []))
  private let news = DispatchSemaphore(value: 0)

  var hooks: ServerHooks {
    var hooks = ServerHooks()
    hooks.access = { [self] entry in
      kept.withLock { $0.entries.append(entry) }
      news.signal()
    }
    hooks.failed = { [self] failure in
      kept.withLock { $0.failures.append("\(failure.route ?? "-"): \(failure.error)") }
    }
    return hooks
  }

  var failures: [String] { kept.withLock { $0.failures } }

  /// The access log once it has `count` lines; fewer if they do not come.
  func entries(_ count: Int) -> [AccessEntry] {
    let deadline = DispatchTime.now() + .seconds(10)
    while kept.withLock({ $0.entries.count }) < count, news.wait(timeout: deadline) == .success {}
    return kept.withLock { $0.entries }
  }
}

/// Holds handlers until a test lets them go.
final class Gate: Sendable {
  private let arrived = DispatchSemaphore(value: 0)
  private let opened = DispatchSemaphore(value: 0)

  /// Called by a handler; false when nobody opened the gate in time.
  func pass() -> Bool {
    arrived.signal()
    return opened.wait(timeout: .now() + 20) == .success
  }

  /// Waits until so many handlers stand at the gate.
  func waitForArrivals(_ count: Int) -> Bool {
    (0..<count).allSatisfy { _ in arrived.wait(timeout: .now() + 10) == .success }
  }

  func open(_ count: Int) { for _ in 0..<count { opened.signal() } }
}
