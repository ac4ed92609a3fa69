import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessLogTests {
  func routes(_ router: inout Router) {
    router.get("/v1/members/{id}") { .text("member \($0.parameter("id"))") }
    router.post("/v1/members/{id}/notes") { _ in .empty() }
  }

  @Test func linesCarryThePatternAndNoOnesData() throws {
    let told = Told()
    try withServer(hooks: told.hooks, routes: routes) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/v1/members/jane%40example.com?phone=555", ["X-Name: Jane"])
      #expect(try client.answer().body == "member jane@example.com")
      try client.ask("HEAD", "/v1/members/jane")
      #expect(try client.answer(hasBody: false).status == 200)
      try client.ask("POST", "/v1/members/jane/notes", ["Content-Length: 4"])
      try client.send("Jane")
      #expect(try client.answer().status == 204)
      try client.ask("GET", "/jane")
      #expect(try client.answer().status == 404)
      try client.ask("JANE", "/v1/members/jane")
      #expect(try client.answer().status == 405)
      let entries = told.entries(5)
      #expect(entries.map(\.method) == [.get, .head, .post, .get, nil])
      let member = "/v1/members/{id}"
      #expect(entries.map(\.route) == [member, member, member + "/notes", nil, nil])
      #expect(entries.map(\.status) == [200, 200, 204, 404, 405])
      #expect(entries.map(\.bytes) == [23, 0, 0, 23, 33] && entries.allSatisfy { $0.isWhole && $0.durationMs > 0 })
      #expect(!String(reflecting: entries).lowercased().contains("jane"))
    }
  }

  @Test func durationCountsTheHandlerToo() throws {
    let told = Told()
    let gate = Gate()
    try withServer(hooks: told.hooks, routes: { $0.get("/") { _ in .text("\(gate.pass())") } }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/")
      #expect(gate.waitForArrivals(1))
      #expect(!client.isReadable(withinMs: 50))
      gate.open(1)
      #expect(try client.answer().body == "true")
      let entry = try #require(told.entries(1).first)
      #expect(entry.durationMs >= 50)
    }
  }

  @Test func clientThatLeavesIsALineWithoutAStatus() throws {
    let told = Told()
    try withServer(hooks: told.hooks, routes: routes) { _, port in
      do {
        let client = try RawClient(port)
        try client.ask("POST", "/v1/members/7/notes", ["Content-Length: 4"])
        try client.send("ab")
      }
      let entry = try #require(told.entries(1).first)
      #expect(entry.status == nil && !entry.isWhole && entry.route == "/v1/members/{id}/notes")
    }
  }
}
