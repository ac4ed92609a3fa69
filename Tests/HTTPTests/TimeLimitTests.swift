import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct TimeLimitTests {
  func routes(_ router: inout Router) {
    router.get("/") { _ in .text("here") }
    router.post("/") { .text("\($0.body.count)") }
    router.get("/huge") { _ in Response(contentType: "a/b", body: [UInt8](repeating: 1, count: 64 << 20)) }
  }

  let quick = settings {
    $0.requestMs = 300
    $0.idleMs = 300
    $0.answerMs = 300
  }

  /// The beginnings of requests that never end.
  @Test(arguments: [
    "", "GE", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
  ]) func requestThatStandsStillIsAnsweredWith408(beginning: String) throws {
    let told = Told()
    try withServer(quick, hooks: told.hooks, routes: routes) { _, port in
      let started = ContinuousClock.now
      let client = try RawClient(port)
      try client.send(beginning)
      let answer = try client.answer()
      #expect(answer.status == 408 && answer.has("Connection: close"))
      #expect(ContinuousClock.now - started >= .milliseconds(250))
      #expect(try client.rest() == "")
      #expect(told.entries(1).map(\.status) == [408])
    }
  }

  /// A byte now and then keeps nothing alive: the whole request has one time.
  @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\nX: ", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n"])
  func requestThatDripsIsAnsweredWith408(beginning: String) throws {
    try withServer(quick, routes: routes) { _, port in
      let client = try RawClient(port)
      try client.send(beginning)
      var drops = 0
      while !client.isReadable(withinMs: 10), drops < 1_000 {
        try client.send("x")
        drops += 1
      }
      #expect(drops > 5 && drops < 1_000)
      #expect(try client.answer().status == 408)
    }
  }

  @Test func idleConnectionIsClosedWithoutAWord() throws {
    try withServer(quick, routes: routes) { _, port in
      let client = try RawClient(port)
      let started = ContinuousClock.now
      try client.ask("GET", "/")
      #expect(try client.answer().body == "here")
      #expect(try client.rest() == "")
      #expect(ContinuousClock.now - started >= .milliseconds(300))
    }
  }

  @Test func clientThatDoesNotReadItsAnswerIsCutOff() throws {
    let told = Told()
    try withServer(quick, hooks: told.hooks, routes: routes) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/huge")
      let entries = told.entries(1)
      #expect(entries.map(\.status) == [200] && entries.map(\.isWhole) == [false])
      #expect(try client.rest().utf8.count < 64 << 20)
    }
  }

  @Test func handlerMayTakeLongerThanAnyOfThem() throws {
    let gate = Gate()
    try withServer(quick, routes: { $0.get("/") { _ in .text("\(gate.pass())") } }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/")
      #expect(gate.waitForArrivals(1))
      #expect(!client.isReadable(withinMs: 600))
      gate.open(1)
      #expect(try client.answer().body == "true")
    }
  }
}
