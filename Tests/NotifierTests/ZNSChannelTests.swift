import Curl
import Loyalty
import Messages
import Notifier
import Providers
import TestServers
import Testing

/// Zalo ZNS as its document says, against a server that answers as the test says.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct ZNSChannelTests {
  private func channel(_ server: TestServer, _ files: ZNSFiles) throws -> ZNSChannel {
    let document = try #require(try ShippedProviders.document("zalo-zns"))
    let gateway = ZNSGateway(
      document, url: "http://127.0.0.1:\(server.port)", tokenFile: files.token, templates: .none)
    return try ZNSChannel(gateway, TransferOptions(timeoutMs: 5_000), nowMs: { ProviderChannelTests.nowMs })
  }

  private func message() throws -> ZNSMessage {
    let templates = try ProviderTemplates(
      parsing: Array(#"{"templates":[{"message":"purchases-found","language":"vi","templateId":"t-9"}]}"#.utf8))
    let calendar = try #require(ZoneCalendar(identifier: "UTC"))
    let template = try #require(
      templates.message(
        "purchases-found", of: "p", TemplateFacts([:], calendar: calendar), in: .vietnamese, brand: .plain))
    return ZNSMessage(to: "+84901234567", template: template, notificationId: "n-1")
  }

  private func tell(_ server: TestServer, _ body: String, _ status: Int = 200) throws {
    server.tell(#"{"status": \#(status), "body": "\#(body.replacing("\"", with: "\\\""))"}"#)
    _ = try server.next("told")
  }

  @Test func theTokenIsTheOneThatLiesThereNow() throws {
    let files = try ZNSFiles()
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let channel = try channel(server, files)
      defer { channel.close() }
      try tell(server, #"{"error":0,"data":{"msg_id":"m1"}}"#)
      for token in ["token-1", "token-2"] {
        try files.write("  \(token)\n", to: files.token)
        #expect(try channel.send(try message()) == .sentAs("m1"))
        let seen = try server.next("request")
        let headers = try #require(seen["headers"] as? [String: String])
        #expect(headers["access_token"] == token && seen["path"] as? String == "/message/template")
        #expect(
          seen["body"] as? String
            == #"{"phone":"84901234567","template_id":"t-9","template_data":{},"tracking_id":"n-1"}"#)
      }
      for text in ["", " \n", "two words", "\u{1}"] {
        try files.write(text, to: files.token)
        let reason = SendReason("zns-token-missing", "the file of --zns-token-file holds no access token")
        #expect(try channel.send(try message()) == .channelRefused(reason, isCertain: true), "\(text)")
      }
    }
  }

  @Test func reportsNameItByItsToken() throws {
    let files = try ZNSFiles()
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let channel = try channel(server, files)
      defer { channel.close() }
      try tell(server, #"{"error":0}"#)
      var message = try message()
      for (token, expected) in [("abc.def", "abc.def"), (String(repeating: "a", count: 49), "n-1")] {
        message.token = token
        #expect(try channel.send(message) == .sent)
        let body = try server.next("request")["body"] as? String
        #expect(body?.contains(#""tracking_id":"\#(expected)""#) == true)
      }
    }
  }

  @Test func eachAnswerMeansWhatItsDocumentSays() throws {
    let files = try ZNSFiles()
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let channel = try channel(server, files)
      defer { channel.close() }
      func outcome(_ body: String) throws -> SendOutcome {
        try tell(server, body)
        return try channel.send(try message())
      }
      func code(_ outcome: SendOutcome) -> String {
        switch outcome {
        case .failed(let reason): "failed \(reason.code)"
        case .retryLater(let reason): "retry \(reason.code)"
        case .channelRefused(let reason, isCertain: true): "account \(reason.code)"
        case .quotaReached(let reason, let untilMs): "quota \(reason.code) \(untilMs - ProviderChannelTests.nowMs)"
        case .unknown(let reason): "unknown \(reason.code)"
        default: "\(outcome)"
        }
      }
      #expect(try code(outcome(#"{"error":-108}"#)) == "failed zalo-zns-108")
      #expect(try code(outcome(#"{"error":-118}"#)) == "failed zalo-zns-118")
      #expect(try code(outcome(#"{"error":-131}"#)) == "failed zalo-zns-131")
      #expect(try code(outcome(#"{"error":-124}"#)) == "account zalo-zns-124")
      #expect(try code(outcome(#"{"error":-133}"#)) == "retry zalo-zns-133")
      #expect(try code(outcome(#"{"error":-31337}"#)) == "retry zalo-zns-31337")
      // Noon in UTC: Hanoi's midnight is in five hours.
      #expect(try code(outcome(#"{"error":-144}"#)) == "quota zalo-zns-144 18000000")
      #expect(try code(outcome("<html>")) == "unknown gateway-unclear")
    }
  }
}
