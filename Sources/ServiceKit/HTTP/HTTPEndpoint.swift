import CMicroHTTPD
import Foundation
import Synchronization

/// A small HTTP server for probes and metrics: GET and HEAD on a fixed set of paths, on one thread of its own.
///
/// Handlers run on that thread, one at a time: they must be quick and touch shared state through a `Mutex` only.
package final class HTTPEndpoint: Sendable {
  /// Where it listens, with the port it really got.
  package let address: SocketAddress
  private let routes: Routes
  private let daemon: Mutex<DaemonHandle>

  package typealias Handler = @Sendable () -> HTTPAnswer

  private static let connectionsMax: UInt32 = 64
  private static let idleTimeoutS: UInt32 = 15
  private static let connectionMemoryBytes = 32 * 1024

  /// Listens and serves at once. `handlers` maps paths to what answers them. Throws when the address cannot be had.
  package init(_ address: SocketAddress, _ handlers: [String: Handler]) throws(OSError) {
    let (descriptor, port) = try ListenSocket.open(address)
    self.address = SocketAddress(host: address.host, port: port)
    routes = Routes(handlers)
    let started = stampede_mhd_start(
      descriptor, Self.connectionsMax, Self.idleTimeoutS, Self.connectionMemoryBytes, Self.access,
      Unmanaged.passUnretained(routes).toOpaque())
    daemon = Mutex(DaemonHandle(started))
    guard started != nil else {
      let code = errno
      close(descriptor)
      throw OSError(code: code, doing: "serving HTTP on \(address)")
    }
  }

  deinit {
    precondition(daemon.withLock { $0.pointer == nil }, "HTTPEndpoint was not stopped")
  }

  /// Closes the socket and waits for the answer being given. Does nothing the second time.
  package func stop() {
    let running = daemon.withLock { handle in
      defer { handle = DaemonHandle(nil) }
      return handle
    }
    if let pointer = running.pointer { MHD_stop_daemon(pointer) }
  }

  /// `@unchecked Sendable`: libmicrohttpd's daemon may be stopped from any thread, and the mutex lets one do it once.
  private struct DaemonHandle: @unchecked Sendable {
    let pointer: OpaquePointer?
    init(_ pointer: OpaquePointer?) { self.pointer = pointer }
  }

  private final class Routes: Sendable {
    let handlers: [String: Handler]
    init(_ handlers: [String: Handler]) { self.handlers = handlers }

    func answer(_ path: String) -> HTTPAnswer {
      if let handler = handlers[path] { return handler() }
      return .text("Not found. There is: \(handlers.keys.sorted().joined(separator: ", "))\n", status: 404)
    }
  }

  private static let access: MHD_AccessHandlerCallback = {
    context, connection, path, verb, _, _, uploadBytes, requestState in
    guard let context, let connection, let path, let verb, let requestState else { return .NO }
    let method = String(cString: verb)
    guard method == "GET" || method == "HEAD" else {
      return send(.text("Only GET and HEAD are answered here.\n", status: 405), ["Allow": "GET, HEAD"], connection)
    }
    // "The callback will be called the first time after the headers have arrived": an answer then would close the
    // connection, so answer on the call after that.
    if requestState.pointee == nil {
      requestState.pointee = context
      return .YES
    }
    if let uploadBytes, uploadBytes.pointee > 0 {
      uploadBytes.pointee = 0
      return .YES
    }
    let routes = Unmanaged<Routes>.fromOpaque(context).takeUnretainedValue()
    return send(routes.answer(String(cString: path)), ["Cache-Control": "no-store"], connection)
  }

  /// libmicrohttpd leaves the body out of the answer to a HEAD by itself.
  private static func send(
    _ answer: HTTPAnswer, _ headers: KeyValuePairs<String, String>, _ connection: OpaquePointer
  ) -> MHD_Result {
    var body = answer.body
    guard let response = MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY) else { return .NO }
    defer { MHD_destroy_response(response) }
    guard MHD_add_response_header(response, "Content-Type", answer.contentType) == .YES else { return .NO }
    for (name, value) in headers where MHD_add_response_header(response, name, value) != .YES { return .NO }
    return MHD_queue_response(connection, UInt32(answer.status), response)
  }
}
