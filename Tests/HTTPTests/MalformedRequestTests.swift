import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct MalformedRequestTests {
  func routes(_ router: inout Router) {
    router.get("/") { _ in .text("served") }
    router.post("/") { .text("\($0.body.count)") }
  }

  static let cases: [(request: String, status: Int)] = [
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
    ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 0),
    ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1,2\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X-Many: x\r\n", count: 4_000))\r\n", 431),
    ("GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
  ]

  /// Status 0: the connection is closed without an answer, as libmicrohttpd does with what is no request line.
  @Test(arguments: cases) func answerSaysWhatIsWrongAndNothingBehindItIsRead(request: String, status: Int) throws {
    let told = Told()
    try withServer(hooks: told.hooks, routes: routes) { _, port in
      let client = try RawClient(port)
      try client.send(request + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let answers = try client.rest()
      #expect(!answers.contains("served"))
      guard status != 0 else { return #expect(answers == "") }
      #expect(answers.hasPrefix("HTTP/1.1 \(status) "))
      #expect(told.entries(1).map(\.status) == [status])
    }
  }

  /// Requests cut, repeated and overwritten at random: whatever is answered, the server lives and serves the next.
  @Test func garbageLeavesTheServerServing() throws {
    var random = SeededGenerator(state: 20_251_130)
    let settings = settings {
      $0.requestMs = 200
      $0.connectionsMax = 1_000
      $0.connectionsPerAddressMax = 1_000
    }
    try withServer(settings, routes: routes) { _, port in
      for _ in 0..<600 {
        var bytes = Array(Self.cases.randomElement(using: &random)!.request.utf8.prefix(400))
        for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
          default: bytes.removeLast(bytes.count - place)
          }
        }
        let client = try RawClient(port)
        try client.send(bytes)
      }
      let client = try RawClient(port)
      try client.ask("GET", "/")
      #expect(try client.answer().body == "served")
    }
  }
}

/// SplitMix64: the same garbage in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
