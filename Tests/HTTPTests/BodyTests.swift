import Curl
import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct BodyTests {
  func withEcho<Result>(
    _ settings: ServerSettings = settings { $0.bodyBytesMax = 10 }, told: Told = Told(),
    _ body: (RawClient) throws -> Result
  ) throws -> Result {
    try withServer(
      settings, hooks: told.hooks,
      routes: { router in
        router.post("/echo") { .text(String(decoding: $0.body, as: UTF8.self)) }
        router.post("/large", bodyBytesMax: 32 << 20) {
          .text("\($0.body.count) \(Set($0.body.suffix(1_000)))")
        }
        router.get("/") { _ in .text("here") }
      }
    ) { _, port in try body(RawClient(port)) }
  }

  @Test func bodyOfKnownLengthArrivesInParts() throws {
    try withEcho { client in
      try client.ask("POST", "/echo", ["Content-Length: 10"])
      for part in ["01", "234", "56789"] { try client.send(part) }
      #expect(try client.answer().body == "0123456789")
      // The connection goes on.
      try client.ask("GET", "/")
      #expect(try client.answer().body == "here")
    }
  }

  @Test func chunksArriveAsOneBody() throws {
    try withEcho { client in
      try client.ask("POST", "/echo", ["Transfer-Encoding: chunked"])
      try client.send("3\r\nabc\r\n4;name=value\r\nd")
      try client.send("efg\r\n0\r\nTrailer: x\r\n\r\n")
      #expect(try client.answer().body == "abcdefg")
      try client.ask("GET", "/")
      #expect(try client.answer().body == "here")
    }
  }

  @Test func emptyBodiesAreBodies() throws {
    try withEcho { client in
      for header in [["Content-Length: 0"], []] {
        try client.ask("POST", "/echo", header)
        #expect(try client.answer().status == 200)
      }
      try client.ask("POST", "/echo", ["Transfer-Encoding: chunked"])
      try client.send("0\r\n\r\n")
      #expect(try client.answer().body == "")
    }
  }

  @Test func longerLengthIsRefusedBeforeTheBody() throws {
    try withEcho { client in
      try client.ask("POST", "/echo", ["Content-Length: 11"])
      let answer = try client.answer()
      #expect(answer.status == 413 && answer.body == "The body is longer than 10 bytes.\n")
      #expect(try client.rest() == "")
    }
  }

  @Test func chunksBeyondTheLimitAreRefusedBeforeTheirEnd() throws {
    let told = Told()
    try withEcho(told: told) { client in
      try client.ask("POST", "/echo", ["Transfer-Encoding: chunked"])
      try client.send("6\r\nabcdef\r\n5\r\nghijk\r\n")
      let answer = try client.answer()
      #expect(answer.status == 413 && answer.has("Connection: close") && answer.has("Content-Length: 34"))
      #expect(try client.rest() == "")
      let entry = try #require(told.entries(1).first)
      #expect(entry.method == .post && entry.route == "/echo" && entry.status == 413 && !entry.isWhole)
    }
  }

  /// A client that reads only when it has sent everything must not lose the answer to a reset.
  @Test(arguments: ["Content-Length: 8000000", "Transfer-Encoding: chunked"])
  func refusalSurvivesABodyThatIsSentAllTheSame(framing: String) throws {
    try withEcho { client in
      try client.ask("POST", "/echo", [framing])
      let part = [UInt8](repeating: 120, count: 800_000)
      for _ in 0..<10 {
        if framing.hasPrefix("Transfer") { try client.send("c3500\r\n") }
        try client.send(part)
        if framing.hasPrefix("Transfer") { try client.send("\r\n") }
      }
      #expect(try client.answer().status == 413)
    }
  }

  @Test func clientThatAsksFirstIsToldToGoOnOrNot() throws {
    try withEcho { client in
      try client.ask("POST", "/echo", ["Content-Length: 3", "Expect: 100-continue"])
      #expect(try client.answer().status == 100)
      try client.send("abc")
      #expect(try client.answer().body == "abc")
      try client.ask("POST", "/echo", ["Content-Length: 11", "Expect: 100-continue"])
      #expect(try client.answer().status == 413)
    }
  }

  @Test func routeMayAllowMore() throws {
    try withEcho { client in
      try client.ask("POST", "/large", ["Content-Length: \(20 << 20)"])
      try client.send([UInt8](repeating: 3, count: 20 << 20))
      #expect(try client.answer().body == "\(20 << 20) [3]")
    }
  }

  @Test func allBodiesTogetherAreBoundedAndGivenBack() throws {
    let bounded = settings {
      $0.bodyBytesMax = 1_000
      $0.bodiesBytesMax = 500
    }
    try withServer(bounded, routes: { $0.post("/") { .text("\($0.body.count)") } }) { _, port in
      for _ in 0..<3 {
        let tooMuch = try RawClient(port)
        try tooMuch.ask("POST", "/", ["Content-Length: 600"])
        try tooMuch.send([UInt8](repeating: 1, count: 600))
        let busy = try tooMuch.answer()
        #expect(busy.status == 503 && busy.has("Retry-After: 1"))
        let fits = try RawClient(port)
        try fits.ask("POST", "/", ["Content-Length: 500"])
        try fits.send([UInt8](repeating: 1, count: 500))
        #expect(try fits.answer().body == "500")
      }
    }
  }

  @Test func libcurlPostsAndGets() throws {
    try withServer(routes: { router in
      router.post("/v1/{name}") { request in
        .json(Array(#"{"\#(request.parameter("name"))":\#(String(decoding: request.body, as: UTF8.self))}"#.utf8))
      }
    }) { _, port in
      let client = try HTTPClient()
      defer { client.close() }
      let request = HTTPRequest(.post, "http://127.0.0.1:\(port)/v1/count", body: Array("17".utf8))
      let outcome = try client.send(request)
      #expect(outcome == .answered(HTTPResponse(status: 200, body: Array(#"{"count":17}"#.utf8))))
    }
  }
}
