import Curl
import Foundation
import TestServers
import Testing

/// Against aiosmtpd in a process of its own; the recipient's name tells it what to do (Servers/smtp_server.py).
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct SMTPClientTests {
  let message = Array("Subject: hi\r\n\r\nXin chào.\r\n.\r\nbye\r\n".utf8)

  func withClient<Result>(
    _ server: TestServer, startTLS: SMTPClient.StartTLS = .none, login: SMTPClient.Login? = nil,
    trusting caFile: String? = nil, _ body: (SMTPClient) throws -> Result
  ) throws -> Result {
    let options = TransferOptions(connectTimeoutMs: 5_000, caFile: caFile)
    let client = try SMTPClient(
      .init(url: "smtp://127.0.0.1:\(server.port)", startTLS: startTLS, login: login, options: options))
    defer { client.close() }
    return try body(client)
  }

  func outcome(_ recipient: String) throws -> SMTPOutcome {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      try withClient(server) { try $0.send(from: "shop@example.com", to: recipient, message: message) }
    }
  }

  @Test func acceptedMessageArrivesByteForByteOverOneConnection() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      try withClient(server) { client in
        var sessions: Set<Int> = []
        for number in 0..<3 {
          #expect(
            try client.send(from: "shop@example.com", to: "m\(number)@example.com", message: message) == .accepted)
          let arrived = try server.next("message")
          #expect(arrived["sender"] as? String == "shop@example.com")
          #expect(arrived["recipients"] as? [String] == ["m\(number)@example.com"])
          #expect(arrived["data"] as? String == String(decoding: message, as: UTF8.self))
          sessions.insert(try #require(arrived["session"] as? Int))
        }
        #expect(sessions.count == 1)
      }
    }
  }

  @Test func refusalIsToldWithItsPhase() throws {
    let table: [(String, Int, String, SMTPPhase)] = [
      ("refused", 550, "5.1.1", .recipient), ("spam", 554, "5.7.1", .dot), ("later", 451, "4.7.1", .recipient),
      ("full", 452, "4.2.2", .dot),
    ]
    for (name, code, status, phase) in table {
      let refused = try outcome("\(name)@example.com")
      #expect(refused == .refused(SMTPReply(code: code, enhancedStatus: status), at: phase))
    }
  }

  @Test func connectionLostBeforeDataIsLostAndAfterDataIsUnknown() throws {
    let early = try outcome("lost-early@example.com")
    guard case .lost(_, at: .recipient) = early else { return #expect(Bool(false), "\(early)") }
    guard case .unknown = try outcome("lost@example.com") else { return #expect(Bool(false), "not unknown") }
  }

  @Test func refusedMessageLeavesTheClientUsable() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      try withClient(server) { client in
        _ = try client.send(from: "shop@example.com", to: "refused@example.com", message: message)
        #expect(try client.send(from: "shop@example.com", to: "m@example.com", message: message) == .accepted)
      }
    }
  }

  @Test func idleConnectionThatTheServerClosedIsOpenedAnew() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      try withClient(server) { client in
        #expect(try client.send(from: "shop@example.com", to: "hang-up@example.com", message: message) == .accepted)
        _ = try server.next("hung up")
        #expect(try client.send(from: "shop@example.com", to: "m@example.com", message: message) == .accepted)
      }
    }
  }

  @Test func serverThatIsGoneIsNotReached() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      try withClient(server) { client in
        server.crash()
        let outcome = try client.send(from: "shop@example.com", to: "m@example.com", message: message)
        #expect(outcome == .lost(TransferFailure("Couldn't connect to server"), at: .connect))
      }
    }
  }

  @Test func startTLSAndLogInCarryTheMessage() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py", ["--starttls", "--auth"]) { server in
      let login = SMTPClient.Login(user: "stampede", password: "correct horse")
      try withClient(server, startTLS: .required, login: login, trusting: server.certificate) { client in
        #expect(try client.send(from: "shop@example.com", to: "m@example.com", message: message) == .accepted)
        let arrived = try server.next("message")
        #expect(arrived["tls"] as? Bool == true)
        #expect(arrived["user"] as? String == "stampede")
      }
    }
  }

  @Test func untrustedCertificateOrWrongPasswordSendsNothing() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py", ["--starttls", "--auth"]) { server in
      let right = SMTPClient.Login(user: "stampede", password: "correct horse")
      let untrusted = try withClient(server, startTLS: .required, login: right) {
        try $0.send(from: "shop@example.com", to: "m@example.com", message: message)
      }
      #expect(untrusted == .lost(TransferFailure("SSL peer certificate or SSH remote key was not OK"), at: .tls))
      let wrong = SMTPClient.Login(user: "stampede", password: "battery staple")
      let denied = try withClient(server, startTLS: .required, login: wrong, trusting: server.certificate) {
        try $0.send(from: "shop@example.com", to: "m@example.com", message: message)
      }
      #expect(denied == .refused(SMTPReply(code: 535, enhancedStatus: "5.7.8"), at: .login))
    }
  }

  @Test func serverWithoutStartTLSIsRefusedOnlyWhereItIsRequired() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      let required = try withClient(server, startTLS: .required) {
        try $0.send(from: "shop@example.com", to: "m@example.com", message: message)
      }
      #expect(required == .lost(TransferFailure("Requested SSL level failed"), at: .hello))
      let opportunistic = try withClient(server, startTLS: .opportunistic) {
        try $0.send(from: "shop@example.com", to: "m@example.com", message: message)
      }
      #expect(opportunistic == .accepted)
    }
  }

  @Test(arguments: ["a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>", "nobody", "a@b\n"])
  func addressThatIsNoMailboxIsRefusedBeforeAnythingIsSent(address: String) throws {
    let client = try SMTPClient(.init(url: "smtp://127.0.0.1:9"))
    defer { client.close() }
    #expect(throws: CurlError("the recipient's address is not a mailbox")) {
      try client.send(from: "shop@example.com", to: address, message: message)
    }
  }

  @Test func otherSchemesAreRefused() {
    #expect(throws: CurlError.self) { _ = try SMTPClient(.init(url: "http://127.0.0.1")) }
  }
}
