/// Why a request is not done: what a handler throws, and what the server says by itself. `Router.refuse` words it.
package struct HTTPRefusal: Error, CustomStringConvertible {
  package let status: Int
  /// A sentence for whoever sent the request; no one's data.
  package let reason: String
  package let headers: HeaderFields

  package init(_ status: Int, _ reason: String, headers: HeaderFields = [:]) {
    precondition((400...599).contains(status), "a refusal is a 4xx or 5xx, not \(status)")
    self.status = status
    self.reason = reason
    self.headers = headers
  }

  package var description: String { "\(status): \(reason)" }

  static let badTarget = HTTPRefusal(400, "The path or query cannot be read.")
  static let badFraming = HTTPRefusal(400, "The headers do not agree on where the body ends.")
  static let unknownCoding = HTTPRefusal(501, "Of transfer codings only chunked is known here.")
  static let notFound = HTTPRefusal(404, "There is nothing here.")
  static let slow = HTTPRefusal(408, "The request did not arrive in time.")
  static let failed = HTTPRefusal(500, "This went wrong here; it has been noted.")
  static let busy = HTTPRefusal(503, "Too much is asked at once; try again.", headers: ["Retry-After": "1"])

  static func notAllowed(_ methods: [HTTPMethod]) -> HTTPRefusal {
    let names = methods.map(\.rawValue).joined(separator: ", ")
    return HTTPRefusal(405, "Only \(names) can be done here.", headers: ["Allow": names])
  }

  static func tooLarge(bodyBytesMax: Int) -> HTTPRefusal {
    HTTPRefusal(413, "The body is longer than \(bodyBytesMax) bytes.")
  }
}
