/// What a handler answers. Content-Length, Date and Connection are the server's own.
package struct Response: Sendable {
  package var status: Int
  package var headers: HeaderFields
  package var body: [UInt8]

  package init(status: Int = 200, headers: HeaderFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.init(status: status, headers: ["Content-Type": contentType], body: body)
  }

  package static func text(_ text: String, status: Int = 200) -> Response {
    Response(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  package static func html(_ text: String, status: Int = 200) -> Response {
    Response(status: status, contentType: "text/html; charset=utf-8", body: Array(text.utf8))
  }

  /// `body` is a JSON text.
  package static func json(_ body: [UInt8], status: Int = 200) -> Response {
    Response(status: status, contentType: "application/json", body: body)
  }

  package static func empty(status: Int = 204) -> Response { Response(status: status) }

  /// 303: the client gets `location` instead.
  package static func seeOther(_ location: String) -> Response {
    Response(status: 303, headers: ["Location": location])
  }

  /// Header fields that say where a message ends or how the connection goes on: the server's own.
  private static let framing: Set<String> = [
    "connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade",
  ]
  private static let tokenSymbols = Set("!#$%&'*+-.^_`|~".utf8)

  /// Why this cannot be sent as it is; nil when it can. A value that breaks out of its line would let whoever wrote it
  /// add headers or a whole answer, so it is never sent, and never cut to fit either.
  var fault: String? {
    guard (200...599).contains(status) else { return "the status \(status) is not one of 200 to 599" }
    guard body.isEmpty || (status != 204 && status != 304) else { return "a \(status) has no body" }
    for (name, value) in headers.fields {
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken) else { return "a header's name is not a token" }
      guard !Self.framing.contains(name.lowercased()) else { return "the header \(name) is the server's own" }
      guard !value.isEmpty else { return "the header \(name) is empty" }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
        return "the header \(name) holds control characters"
      }
    }
    return nil
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: tokenSymbols.contains(byte)
    }
  }
}
