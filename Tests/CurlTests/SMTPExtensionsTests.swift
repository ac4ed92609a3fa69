import Curl
import TestServers
import Testing

/// What a server says that it can do.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct SMTPExtensionsTests {
  func ask(
    _ flags: [String], startTLS: SMTPClient.StartTLS = .none, trusting: (TestServer) -> String? = { _ in nil }
  ) throws -> Set<String> {
    try TestServer.run("CurlTests/Servers/smtp_server.py", flags) { server in
      let options = TransferOptions(connectTimeoutMs: 5_000, timeoutMs: 10_000, caFile: trusting(server))
      let answer = try SMTPExtensions.ask(
        .init(url: "smtp://127.0.0.1:\(server.port)", startTLS: startTLS, options: options))
      guard case .offered(let keywords) = answer else {
        Issue.record("\(answer)")
        return []
      }
      return keywords
    }
  }

  @Test func whatIsOfferedIsTheAnswerToEHLO() throws {
    #expect(try ask([]).isSuperset(of: ["SMTPUTF8", "8BITMIME", "SIZE"]))
    let without = try ask(["--without-smtputf8"])
    #expect(!without.contains("SMTPUTF8") && without.contains("8BITMIME"))
  }

  /// Before TLS anybody on the way may have said anything.
  @Test func whatWasOfferedBeforeTLSCountsNoMore() throws {
    let keywords = try ask(["--starttls"], startTLS: .required) { $0.certificate }
    #expect(keywords.contains("SMTPUTF8") && !keywords.contains("STARTTLS"))
  }

  @Test func serverThatIsDownIsUnknown() throws {
    let answer = try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      server.crash()
      return try SMTPExtensions.ask(.init(url: "smtp://127.0.0.1:\(server.port)", startTLS: .none))
    }
    #expect(answer == .unknown(TransferFailure("Couldn't connect to server")))
  }
}
