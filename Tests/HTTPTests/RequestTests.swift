import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct RequestTests {
  /// Sends one request and returns what the handler made of it.
  func ask(
    _ target: String, _ headers: [String] = [], _ handler: @escaping Route.Handler
  ) throws -> RawClient.Answer {
    try withServer(routes: { $0.get("/look", handler) }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", target, headers)
      return try client.answer()
    }
  }

  @Test func queryIsDecodedAndNamesMayRepeat() throws {
    let answer = try ask("/look?tag=a&tag=b%26c&text=x+y%2B1&flag&%C3%A9=%E2%82%AC&empty=&&a=b=c") { request in
      let query = request.query
      #expect(query.all("tag") == ["a", "b&c"] && query["tag"] == "a")
      #expect(query["text"] == "x y+1" && query["flag"] == "" && query["é"] == "€" && query["empty"] == "")
      #expect(query["a"] == "b=c" && query["nothing"] == nil && query.all("nothing").isEmpty)
      return .text("\(query.pairs.count)")
    }
    #expect(answer.body == "7")
  }

  @Test func headersAreFoundWhateverTheirCase() throws {
    let answer = try ask("/look", ["X-Trace: one", "x-trace:  two ", "Accept: */*"]) { request in
      .text("\(request.headers.all("X-TRACE")) \(request.headers["accept"] ?? "-") \(request.headers["None"] ?? "-")")
    }
    #expect(answer.body == #"["one", "two"] */* -"#)
  }

  @Test func refusalThrownByAHandlerIsTheAnswer() throws {
    let answer = try ask("/look") { _ in
      throw HTTPRefusal(409, "It is taken.", headers: ["Retry-After": "7"])
    }
    #expect(answer.status == 409 && answer.body == "It is taken.\n" && answer.has("Retry-After: 7"))
  }

  @Test func otherErrorsAreToldAndNotShown() throws {
    struct Secret: Error {}
    let told = Told()
    try withServer(hooks: told.hooks, routes: { $0.get("/look/{id}") { _ in throw Secret() } }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/look/7")
      let answer = try client.answer()
      #expect(answer.status == 500 && !answer.body.contains("Secret"))
      #expect(told.failures == ["/look/{id}: Secret()"])
    }
  }

  @Test func requestsOfOneConnectionAreAnsweredInTheirOrder() throws {
    try withServer(routes: { router in
      router.get("/pool/{n}") { .text($0.parameter("n")) }
      router.get("/loop/{n}", runs: .loop) { .text($0.parameter("n")) }
    }) { _, port in
      let client = try RawClient(port)
      let targets = (0..<20).map { $0 % 3 == 0 ? "/pool/\($0)" : "/loop/\($0)" }
      try client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
      for number in 0..<20 { #expect(try client.answer().body == "\(number)") }
    }
  }

  @Test func http10ClosesAfterTheAnswer() throws {
    try withServer(routes: { $0.get("/look") { _ in .text("seen") } }) { _, port in
      let client = try RawClient(port)
      try client.send("GET /look HTTP/1.0\r\n\r\n")
      #expect(try client.rest().hasSuffix("\r\n\r\nseen"))
    }
  }

  @Test func serverListensOnIPv6Too() throws {
    try withServer(host: "::1", routes: { $0.get("/look") { _ in .text("seen") } }) { server, port in
      #expect(server.address == SocketAddress(host: "::1", port: port) && port != 0)
      let client = try RawClient(port, host: "::1")
      try client.ask("GET", "/look")
      #expect(try client.answer().body == "seen")
    }
  }
}
