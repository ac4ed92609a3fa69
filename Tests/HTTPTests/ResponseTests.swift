import HTTP
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct ResponseTests {
  func answer(_ response: Response, _ told: Told = Told()) throws -> RawClient.Answer {
    try withServer(hooks: told.hooks, routes: { $0.get("/") { _ in response } }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/")
      return try client.answer()
    }
  }

  @Test func statusHeadersAndBytesArriveAsTheyAre() throws {
    let response = Response(
      status: 201, headers: ["Content-Type": "a/b", "X-Name": "Đặng", "x-name": "two"], body: Array("byte\0s".utf8))
    let answer = try answer(response)
    #expect(answer.status == 201 && answer.body == "byte\0s" && answer.has("Content-Length: 6"))
    #expect(answer.has("Content-Type: a/b") && answer.has("X-Name: Đặng") && answer.has("x-name: two"))
    #expect(answer.has("Cache-Control: no-store"))
    #expect(try self.answer(.seeOther("/next?a=b")).has("Location: /next?a=b"))
  }

  @Test func cachingIsTheHandlersToAllow() throws {
    let answer = try answer(Response(headers: ["cache-control": "max-age=60"]))
    #expect(answer.has("cache-control: max-age=60") && !answer.has("Cache-Control: no-store"))
    #expect(answer.has("Content-Length: 0"))
  }

  @Test(arguments: [
    ("X-Echo", "a\r\nSet-Cookie: stolen=1"), ("X-Echo", "a\nb"), ("X-Echo", "a\rb"), ("X-Echo", "a\0b"), ("X-Echo", ""),
    ("X-Echo: a\r\nSet-Cookie", "stolen=1"), ("", "a"), ("X Echo", "a"), ("Content-Length", "1"),
    ("transfer-encoding", "chunked"), ("Connection", "keep-alive"),
  ]) func headerThatLeavesItsLineIsNeverSent(name: String, value: String) throws {
    var headers = HeaderFields()
    headers.add(name, value)
    let told = Told()
    let answer = try answer(Response(headers: headers, body: [65]), told)
    #expect(answer.status == 500 && !answer.head.contains("stolen") && !answer.head.contains("X-Echo"))
    #expect(told.failures.count == 1)
  }

  @Test(arguments: [99, 100, 600, -1, 204, 304]) func statusThatCannotHaveThisBodyIsNotSent(status: Int) throws {
    #expect(try answer(Response(status: status, body: [65])).status == 500)
  }

  @Test func refusalThatCannotBeSentIsReplaced() throws {
    let told = Told()
    try withServer(
      hooks: told.hooks, routes: { $0.refuse = { _ in Response(headers: ["X-Bad": "a\r\nb"]) } }
    ) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/")
      let answer = try client.answer()
      #expect(answer.status == 404 && answer.body == "404\n" && told.failures.count == 1)
    }
  }

  @Test func longBodyArrivesWhole() throws {
    let body = [UInt8](repeating: 120, count: 20 << 20)
    let answer = try answer(Response(contentType: "a/b", body: body))
    #expect(answer.body.utf8.count == 20 << 20)
  }

  @Test func takenPortAndUnknownHostAreNamed() throws {
    try withServer(routes: { _ in }) { _, port in
      let error = #expect(throws: OSError.self) {
        _ = try HTTPServer(SocketAddress(host: "127.0.0.1", port: port), Router())
      }
      #expect(error?.description == "listening on 127.0.0.1:\(port): Address already in use")
    }
    let error = #expect(throws: OSError.self) {
      _ = try HTTPServer(SocketAddress(host: "256.0.0.1", port: 0), Router())
    }
    #expect(error?.doing == "listening on 256.0.0.1:0: finding the host's address")
  }
}
