import CMicroHTTPD
import Foundation

/// From a request's first line to the last byte of its answer.
extension EventLoop {
  func targetRead(_ handle: OpaquePointer, _ target: String) {
    guard let connection = connections[handle] else { return }
    let now = MonotonicInstant.now()
    exchangeCount += 1
    connection.exchange = Exchange(number: exchangeCount, target: target, since: now)
    enter(.receiving, connection, at: now)
  }

  /// Called with the headers, then with each part of the body, then without one when the request is whole; and again
  /// when a suspended connection is resumed. `upload` is empty but for parts of the body.
  func serve(
    _ handle: OpaquePointer, method: UnsafePointer<CChar>, upload: UnsafeRawBufferPointer
  ) -> MHD_Result {
    guard let connection = connections[handle], let exchange = connection.exchange else { return .NO }
    switch exchange.state {
    case .head:
      exchange.method = HTTPMethod(rawValue: String(cString: method))
      return begin(connection, exchange)
    case .body(let receiving):
      guard upload.isEmpty else { return receive(upload, receiving, connection, exchange) }
      return dispatch(receiving.match, receiving.target, receiving.headers, connection, exchange)
    case .ready(let response): return queue(response, connection, exchange)
    case .handling, .answering: return .YES
    case .cut: return .NO
    }
  }

  private func begin(_ connection: Connection, _ exchange: Exchange) -> MHD_Result {
    let headers = Self.headers(of: connection.handle)
    let framing: BodyFraming
    do throws(HTTPRefusal) {
      framing = try BodyFraming(headers)
    } catch {
      connection.leavesUnread = true
      return queue(router.response(to: error), connection, exchange, isLast: true)
    }
    do throws(HTTPRefusal) {
      guard let target = RequestTarget(exchange.target) else { throw .badTarget }
      let match = try router.find(exchange.method, target)
      exchange.route = match.route
      let bodyBytesMax = match.route.bodyBytesMax ?? settings.bodyBytesMax
      if case .length(let length) = framing, length > bodyBytesMax { throw .tooLarge(bodyBytesMax: bodyBytesMax) }
      exchange.state = .body(
        .init(match: match, target: target, headers: headers, bodyBytesMax: bodyBytesMax))
      return .YES
    } catch {
      // libmicrohttpd ends the connection after an answer that comes before the request is whole.
      guard framing == .none else {
        connection.leavesUnread = true
        return queue(router.response(to: error), connection, exchange)
      }
      exchange.state = .ready(router.response(to: error))
      return .YES
    }
  }

  /// A body that gets too long is answered at once: the rest may never end.
  private func receive(
    _ part: UnsafeRawBufferPointer, _ receiving: Exchange.Receiving, _ connection: Connection, _ exchange: Exchange
  ) -> MHD_Result {
    guard exchange.body.count + part.count <= receiving.bodyBytesMax else {
      answerRaw(connection, .tooLarge(bodyBytesMax: receiving.bodyBytesMax))
      return .NO
    }
    guard bodyBytes + part.count <= settings.bodiesBytesMax else {
      answerRaw(connection, .busy)
      return .NO
    }
    exchange.body.append(contentsOf: part)
    exchange.bodyBytes += part.count
    bodyBytes += part.count
    return .YES
  }

  private func dispatch(
    _ match: RouteMatch, _ target: RequestTarget, _ headers: HeaderFields, _ connection: Connection,
    _ exchange: Exchange
  ) -> MHD_Result {
    guard let method = exchange.method else { preconditionFailure("a route without a method") }
    let request = Request(method: method, match: match, target: target, headers: headers, body: exchange.takeBody())
    switch match.route.place {
    case .loop:
      let outcome = Result { try match.route.handler(request) }
      return queue(response(to: outcome, exchange), connection, exchange)
    case .pool:
      guard pool.submit(.init(exchange: exchange.number, request: request, handler: match.route.handler)) else {
        return queue(router.response(to: .busy), connection, exchange)
      }
      exchange.state = .handling
      handling[exchange.number] = connection
      MHD_suspend_connection(connection.handle)
      enter(.handling, connection, at: .now())
      return .YES
    }
  }

  /// What a handler's outcome is for the client.
  func response(to outcome: Result<Response, any Error>, _ exchange: Exchange) -> Response {
    switch outcome {
    case .success(let response):
      guard let fault = response.fault else { return response }
      tellFailure(UnsendableResponse(description: fault), exchange)
      return router.response(to: .failed)
    case .failure(let refusal as HTTPRefusal): return router.response(to: refusal)
    case .failure(let error):
      tellFailure(error, exchange)
      return router.response(to: .failed)
    }
  }

  /// The words of a refusal come from the service, too, and may be as wrong.
  func sendable(_ refusal: Response) -> Response {
    guard let fault = refusal.fault else { return refusal }
    tellFailure(UnsendableResponse(description: "a refusal cannot be sent: \(fault)"), nil)
    return .text("\(refusal.status)\n", status: refusal.status)
  }

  private func queue(
    _ unchecked: Response, _ connection: Connection, _ exchange: Exchange, isLast: Bool = false
  ) -> MHD_Result {
    var response = sendable(unchecked)
    let made = response.body.withUnsafeMutableBytes {
      MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
    }
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    if response.headers["Cache-Control"] == nil { response.headers.add("Cache-Control", "no-store") }
    if isLast || isStopping { response.headers.add("Connection", "close") }
    for (name, value) in response.headers.fields where MHD_add_response_header(made, name, value) != .YES { return .NO }
    guard MHD_queue_response(connection.handle, UInt32(response.status), made) == .YES else { return .NO }
    exchange.state = .answering(
      status: response.status, bytes: exchange.method == .head ? 0 : response.body.count)
    enter(.answering, connection, at: .now())
    return .YES
  }

  /// The answer has been sent, or the connection has ended before.
  func ended(_ handle: OpaquePointer, _ code: MHD_RequestTerminationCode) {
    guard let connection = connections[handle], let exchange = connection.exchange else { return }
    let now = MonotonicInstant.now()
    connection.exchange = nil
    bodyBytes -= exchange.bodyBytes
    enter(.waiting, connection, at: now)
    // libmicrohttpd could not read it and answered by itself: `libraryTold` has told that. It ends in the same way when
    // the client is gone, and then there is an end to be read.
    if exchange.isArriving, code == .REQUEST_TERMINATED_WITH_ERROR, connection.isOpenForReading { return }
    hooks.access(exchange.entry(at: now, isWhole: code == .REQUEST_TERMINATED_COMPLETED_OK))
  }

  func tellRefusal(status: Int) {
    hooks.access(AccessEntry(method: nil, route: nil, status: status, durationMs: 0, bytes: 0, isWhole: true))
  }

  private func tellFailure(_ error: any Error, _ exchange: Exchange?) {
    hooks.failed(HandlerFailure(method: exchange?.method, route: exchange?.route?.pattern.text, error: error))
  }

  private static func headers(of handle: OpaquePointer) -> HeaderFields {
    var fields = HeaderFields()
    withUnsafeMutablePointer(to: &fields) { fields in
      _ = MHD_get_connection_values_n(
        handle, .HEADER_KIND,
        { context, _, name, nameBytes, value, valueBytes in
          guard let context, let name else { return .YES }
          // libmicrohttpd leaves the white space behind a value.
          let text = { (start: UnsafePointer<CChar>, count: Int) in
            var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
            while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
          }
          context.assumingMemoryBound(to: HeaderFields.self).pointee
            .add(text(name, nameBytes), value.map { text($0, valueBytes) } ?? "")
          return .YES
        }, fields)
    }
    return fields
  }
}
