import Contracts
import Notifier
import TestServers
import Testing

/// From the ledger to a real mail server.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct RealMailTests {
  @Test func mailArrivesOverOneConnectionAThread() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      let flags = [
        "--smtp-url", "smtp://127.0.0.1:\(server.port)", "--smtp-starttls", "none", "--mail-from", "points@example.com",
        "--sender-threads", "2",
      ]
      let room = try Mailroom(flags) { try Channels($0.channels) }
      defer { room.close() }
      for number in 0..<20 {
        try room.join("M-\(number)", locale: "vi")
        room.earn(1_234, member: "M-\(number)")
      }
      try room.run()
      #expect(try room.outcomes() == Array(repeating: "points-earned email sent 1", count: 20))
      let ids = Set(try room.notifications().map(\.id))
      var connections: Set<String> = []
      for _ in 0..<20 {
        let arrived = try server.next("message")
        let text = try #require(arrived["data"] as? String)
        #expect(ids.contains { text.contains("Message-ID: <\($0)@example.com>") })
        #expect(text.contains("Content-Type: text/plain; charset=utf-8") && text.contains("1.234"))
        connections.insert("\(arrived["session"] ?? "")")
      }
      #expect(connections.count <= 2)
    }
  }

  @Test func serverThatIsDownDelaysAndThatRefusesEnds() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      let flags = [
        "--smtp-url", "smtp://127.0.0.1:\(server.port)", "--smtp-starttls", "none", "--mail-from", "points@example.com",
      ]
      let room = try Mailroom(flags) { try Channels($0.channels) }
      defer { room.close() }
      try room.join("refused")
      room.earn(1, member: "refused")
      try room.run()
      #expect(try room.outcomes() == ["points-earned email failed smtp-550-5.1.1 1"])
      server.crash()
      try room.join()
      for number in 0..<10 { room.earn(1, cause: "P-\(number)") }
      try room.run()
      #expect(try room.outcomes().count == 1 && room.messageRows() == 11, "the rest waits in the store")
    }
  }
}
