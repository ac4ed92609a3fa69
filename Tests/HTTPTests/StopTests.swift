import Foundation
import HTTP
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct StopTests {
  /// Waits until nobody listens any more: the stop has begun.
  func waitUntilRefused(_ port: UInt16) {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline { guard (try? RawClient(port)) != nil else { return } }
    Issue.record("the port still listens")
  }

  /// Waits until so many threads have this name; a thread takes a moment to be named and to be gone.
  func hasThreads(_ count: Int, named name: String) throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      let found = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
        let comm = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
        return comm?.hasPrefix(name) == true
      }
      if found == count { return true }
    }
    return false
  }

  /// Stops on a thread of its own while `body` runs.
  func stopping(_ server: HTTPServer, withinMs: Int, _ body: () throws -> Void) throws -> Duration {
    let started = ContinuousClock.now
    let thread = try OwnedThread("stopper") { server.stop(withinMs: withinMs) }
    do { try body() } catch {
      try thread.join()
      throw error
    }
    try thread.join()
    return ContinuousClock.now - started
  }

  @Test func whatIsUnderWayIsAnsweredAndNothingElseAccepted() throws {
    let gate = Gate()
    let named = settings { $0.threadName = "stop-1" }
    try withServer(
      named,
      routes: { router in
        router.get("/") { _ in .text("\(gate.pass())") }
        router.post("/") { .text("\($0.body.count)") }
      }
    ) { server, port in
      #expect(try hasThreads(5, named: "stop-1"))
      let working = try RawClient(port)
      try working.ask("GET", "/")
      #expect(gate.waitForArrivals(1))
      let sending = try RawClient(port)
      try sending.ask("POST", "/", ["Content-Length: 3", "Expect: 100-continue"])
      #expect(try sending.answer().status == 100)
      let took = try stopping(server, withinMs: 20_000) {
        waitUntilRefused(port)
        gate.open(1)
        let answer = try working.answer()
        #expect(answer.body == "true" && answer.has("Connection: close"))
        #expect(try working.rest() == "")
        try sending.send("abc")
        #expect(try sending.answer().body == "3")
      }
      #expect(took < .seconds(10))
      #expect(try hasThreads(0, named: "stop-1"))
    }
  }

  @Test func requestThatWasSentBeforeTheStopIsAnswered() throws {
    try withServer(routes: { $0.get("/") { _ in .text("here") } }) { server, port in
      let clients = try (0..<20).map { _ in try RawClient(port) }
      for client in clients { try client.ask("GET", "/") }
      server.stop()
      for client in clients { #expect(try client.answer().body == "here") }
    }
  }

  @Test func idleConnectionsDoNotHoldTheStopUp() throws {
    try withServer(routes: { $0.get("/") { _ in .text("here") } }) { server, port in
      let idle = try RawClient(port)
      try idle.ask("GET", "/")
      #expect(try idle.answer().body == "here")
      let silent = try RawClient(port)
      let started = ContinuousClock.now
      server.stop(withinMs: 30_000)
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(try idle.rest() == "")
      #expect(try silent.rest() == "")
    }
  }

  @Test func slowClientsAreCutOffWhenTheTimeIsOver() throws {
    try withServer(routes: { $0.post("/") { .text("\($0.body.count)") } }) { server, port in
      let client = try RawClient(port)
      try client.ask("POST", "/", ["Content-Length: 3", "Expect: 100-continue"])
      #expect(try client.answer().status == 100)
      let started = ContinuousClock.now
      server.stop(withinMs: 200)
      let took = ContinuousClock.now - started
      #expect(took >= .milliseconds(200) && took < .seconds(5))
      #expect(try client.rest() == "")
    }
  }

  @Test func handlerThatOutlastsTheStopIsWaitedForAndAnswersNobody() throws {
    let gate = Gate()
    let told = Told()
    let single = settings {
      $0.handlerThreads = 1
      $0.threadName = "stop-2"
    }
    try withServer(single, hooks: told.hooks, routes: { $0.get("/") { _ in .text("\(gate.pass())") } }) {
      server, port in
      let working = try RawClient(port)
      try working.ask("GET", "/")
      #expect(gate.waitForArrivals(1))
      let queued = try RawClient(port)
      try queued.ask("GET", "/")
      _ = try stopping(server, withinMs: 100) {
        let (answers, runs) = try ([working.rest(), queued.rest()], hasThreads(1, named: "stop-2"))
        #expect(answers == ["", ""] && runs)
        gate.open(1)
      }
      #expect(try hasThreads(0, named: "stop-2"))
      let entries = told.entries(2)
      #expect(entries.map(\.status) == [nil, nil] && entries.allSatisfy { $0.route == "/" && !$0.isWhole })
    }
  }

  @Test func secondStopDoesNothing() throws {
    try withServer(routes: { _ in }) { server, port in
      server.stop()
      server.stop()
      #expect(throws: OSError.self) { try RawClient(port) }
    }
  }
}
