/// What a handler of an `HTTPEndpoint` answers.
package struct HTTPAnswer: Sendable {
  package let status: Int
  package let contentType: String
  package let body: [UInt8]

  package init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// Plain UTF-8 text.
  package static func text(_ text: String, status: Int = 200) -> HTTPAnswer {
    HTTPAnswer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  /// Prometheus text exposition format 0.0.4.
  package static func metrics(_ text: String) -> HTTPAnswer {
    HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
  }
}
