import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct ConnectionLimitTests {
  func routes(_ router: inout Router) {
    router.get("/livez", runs: .loop) { _ in .text("ok") }
  }

  func isAlive(_ port: UInt16, from: String? = nil) throws -> Bool {
    let client = try RawClient(port, from: from)
    try client.ask("GET", "/livez", last: true)
    return try client.answer().body == "ok"
  }

  func slow(_ port: UInt16, _ count: Int) throws -> [RawClient] {
    try (0..<count).map { _ in
      let client = try RawClient(port)
      try client.send("GET /livez HTTP/1.1\r\nHost:")
      return client
    }
  }

  @Test func seventySlowConnectionsDoNotStarveTheProbes() throws {
    try withServer(routes: routes) { _, port in
      let slow = try slow(port, 70)
      let started = ContinuousClock.now
      #expect(try isAlive(port))
      #expect(ContinuousClock.now - started < .seconds(1))
      for client in slow { #expect(!client.isReadable(withinMs: 0)) }
    }
  }

  @Test func slowConnectionsGiveTheirPlacesWhenAllAreTaken() throws {
    let full = settings {
      $0.connectionsMax = 64
      $0.evictableAfterMs = 0
    }
    try withServer(full, routes: routes) { _, port in
      let slow = try slow(port, 70)
      for _ in 0..<10 { #expect(try isAlive(port)) }
      // The first ones went, and were told.
      #expect(try slow[0].answer().status == 503)
      #expect(!slow[69].isReadable(withinMs: 0))
    }
  }

  @Test func idleConnectionsGiveTheirPlacesAtOnce() throws {
    try withServer(settings { $0.connectionsMax = 2 }, routes: routes) { _, port in
      let idle = try (0..<2).map { _ in
        let client = try RawClient(port)
        try client.ask("GET", "/livez")
        #expect(try client.answer().body == "ok")
        return client
      }
      #expect(try isAlive(port))
      #expect(try idle[0].rest() == "")
    }
  }

  @Test func clientsThatDoNotReadTheirAnswersGiveTheirPlaces() throws {
    let full = settings {
      $0.connectionsMax = 2
      $0.evictableAfterMs = 0
    }
    let huge = [UInt8](repeating: 1, count: 32 << 20)
    try withServer(
      full,
      routes: { router in
        routes(&router)
        router.get("/huge", runs: .loop) { _ in Response(contentType: "a/b", body: huge) }
      }
    ) { _, port in
      let deaf = try (0..<2).map { _ in
        let client = try RawClient(port)
        try client.ask("GET", "/huge")
        #expect(client.isReadable(withinMs: 10_000))
        return client
      }
      for _ in 0..<5 { #expect(try isAlive(port)) }
      #expect(try deaf[0].rest().utf8.count < huge.count)
    }
  }

  @Test func newcomerIsRefusedWhileAllWhoHavePlacesMayBeQuick() throws {
    let full = settings {
      $0.connectionsMax = 3
      $0.evictableAfterMs = 60_000
    }
    let told = Told()
    try withServer(full, hooks: told.hooks, routes: routes) { _, port in
      let first = try slow(port, 3)
      let newcomer = try RawClient(port)
      let answer = try newcomer.answer()
      #expect(answer.status == 503 && answer.has("Retry-After: 1") && answer.has("Connection: close"))
      let entry = try #require(told.entries(1).first)
      #expect(entry.status == 503 && entry.method == nil && entry.route == nil)
      try first[1].send(" x\r\nConnection: close\r\n\r\n")
      #expect(try first[1].rest().hasSuffix("ok"))
      // Its place is free once the server has seen it go.
      try withKnownDeadline { try isAlive(port) }
    }
  }

  @Test func oneAddressCannotTakeEveryPlace() throws {
    let perAddress = settings {
      $0.connectionsPerAddressMax = 2
      $0.evictableAfterMs = 60_000
    }
    try withServer(perAddress, routes: routes) { _, port in
      let slow = try slow(port, 2)
      #expect(try RawClient(port).answer().status == 503)
      #expect(try isAlive(port, from: "127.0.0.2"))
      #expect(slow.allSatisfy { !$0.isReadable(withinMs: 0) })
    }
  }

  @Test func busyHandlersMakeRequestsWaitThenRefuseThemButNeverTheProbes() throws {
    let gate = Gate()
    let small = settings {
      $0.handlerThreads = 2
      $0.requestsWaitingMax = 1
    }
    try withServer(
      small,
      routes: { router in
        routes(&router)
        router.get("/work") { _ in .text("\(gate.pass())") }
      }
    ) { _, port in
      let working = try (0..<3).map { _ in try RawClient(port) }
      for client in working[..<2] { try client.ask("GET", "/work") }
      #expect(gate.waitForArrivals(2))
      try working[2].ask("GET", "/work")
      // Answered by the thread that has read the third request by then.
      #expect(try isAlive(port))
      let refused = try RawClient(port)
      try refused.ask("GET", "/work")
      let answer = try refused.answer()
      #expect(answer.status == 503 && answer.has("Retry-After: 1"))
      #expect(try isAlive(port))
      gate.open(3)
      for client in working { #expect(try client.answer().body == "true") }
    }
  }

  /// Asks again until it works, for ten seconds.
  func withKnownDeadline(_ works: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline { if (try? works()) == true { return } }
    Issue.record("it did not work within ten seconds")
  }
}
