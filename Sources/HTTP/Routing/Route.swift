/// One method on one path pattern, and who answers it.
package struct Route: Sendable {
  package typealias Handler = @Sendable (Request) throws -> Response

  /// Where a handler runs.
  package enum Place: Sendable {
    /// On one of the server's handler threads: it may block. Busy threads make it wait, a full queue is a 503.
    case pool
    /// On the thread that serves every connection, whatever the handler threads do: for probes. It must be quick and
    /// never block.
    case loop
  }

  let method: HTTPMethod
  let pattern: PathPattern
  /// Nil: the server's limit.
  let bodyBytesMax: Int?
  let place: Place
  let handler: Handler
}

/// A route that answers a path, with what stands for its parameters.
struct RouteMatch: Sendable {
  let route: Route
  let parameters: [String: String]
}
