/// Where a server tells what it does. The hooks run on the thread that serves every connection: they must not block.
package struct ServerHooks: Sendable {
  /// A request has ended, whether it was answered whole or not.
  package var access: @Sendable (AccessEntry) -> Void = { _ in }
  /// A handler threw something other than an `HTTPRefusal`, or answered what cannot be sent.
  package var failed: @Sendable (HandlerFailure) -> Void = { _ in }

  package init() {}
}

/// One line of the access log. It holds no one's data: no path, query, header or address.
package struct AccessEntry: Sendable, Equatable {
  /// Nil for one that no route can have.
  package let method: HTTPMethod?
  /// The pattern, such as `/v1/members/{id}`; nil when there was no route.
  package let route: String?
  /// Nil when the client was gone before there was an answer.
  package let status: Int?
  /// From the request's first line to the answer's last byte.
  package let durationMs: Double
  /// Of the answer's body; 0 for HEAD.
  package let bytes: Int
  /// Whether all of the answer was handed over; false when the client left or was too slow.
  package let isWhole: Bool
}

/// What went wrong in a handler.
package struct HandlerFailure: Sendable {
  /// Nil both when the words of a refusal are what cannot be sent.
  package let method: HTTPMethod?
  package let route: String?
  package let error: any Error
}

/// A handler answered what must not be sent.
struct UnsendableResponse: Error, CustomStringConvertible {
  let description: String
}
