import Contracts
import Curl
import Messages
import Notifier
import Providers
import TestServers
import Testing

/// SMS by each shipped document, against a gateway that answers as the test says.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct ProviderChannelTests {
  /// Noon in UTC of the day 20,000 since the epoch.
  static let nowMs: Int64 = 20_000 * 86_400_000 + 43_200_000

  func gateway(_ name: String, _ server: TestServer, _ path: String) throws -> SMSGateway {
    let isBare = ["json", "kannel"].contains(name)
    return SMSGateway(
      try #require(try ShippedProviders.document(name)),
      as: ProviderAccount(
        url: "http://127.0.0.1:\(server.port)" + (isBare ? "/\(path)" : ""), from: "SEN", user: "AC1", password: "p&ss",
        authorization: "Bearer t0ken"))
  }

  func send(
    _ name: String, _ server: TestServer, path: String = "ok", text: String = "Ban vua dung 500 diem & con 20",
    timeoutMs: Int = 5_000
  ) throws -> SendOutcome {
    let channel = try SMSChannel(
      try gateway(name, server, path), TransferOptions(timeoutMs: timeoutMs), nowMs: { Self.nowMs })
    defer { channel.close() }
    let sms = SMSText(text, .marked)
    return try channel.send(
      SMSMessage(to: "+84901234567", text: sms.text, encoding: sms.form.encoding, notificationId: "n-1"))
  }

  func tell(_ server: TestServer, _ status: Int, _ body: String, times: Int = 1) throws {
    let escaped = body.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    server.tell(#"{"status": \#(status), "body": "\#(escaped)", "times": \#(times)}"#)
    _ = try server.next("told")
  }

  @Test func plainGatewayGetsAuthorizationAndTheIdAsKey() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      #expect(try send("json", server) == .sentAs("n-1"))
      let seen = try server.next("request")
      let headers = try #require(seen["headers"] as? [String: String])
      #expect(headers["authorization"] == "Bearer t0ken" && headers["idempotency-key"] == "n-1")
      #expect(headers["content-type"] == "application/json")
      #expect(
        seen["body"] as? String
          == #"{"id":"n-1","to":"+84901234567","from":"SEN","text":"Ban vua dung 500 diem & con 20"}"#)
      #expect(try send("json", server) == .sentAs("n-1"))
      #expect(try server.next("request")["repeated"] as? Bool == true)
    }
  }

  @Test func kannelGetsItsPasswordInAHeaderAndNothingInTheURL() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      for (text, coding) in [("Ban co 5 diem & [6]", "0"), ("Bạn có 5 điểm", "2")] {
        #expect(try send("kannel", server, path: "cgi-bin/sendsms", text: text) == .sent)
        let seen = try server.next("request")
        #expect(seen["method"] as? String == "POST" && seen["path"] as? String == "/cgi-bin/sendsms")
        let headers = try #require(seen["headers"] as? [String: String])
        #expect(headers["x-kannel-username"] == "AC1" && headers["x-kannel-password"] == "p&ss")
        #expect(headers["x-kannel-to"] == "+84901234567" && headers["x-kannel-from"] == "SEN")
        #expect(headers["x-kannel-coding"] == coding && headers["content-type"] == "text/plain; charset=UTF-8")
        #expect(headers["x-kannel-dlr-url"] == nil && headers["x-kannel-dlr-mask"] == nil)
        #expect(seen["body"] as? String == text)
      }
    }
  }

  enum Expected { case sent(String?), retry, failed, account, policy, quota, unknown }

  func isExpected(_ outcome: SendOutcome, _ expected: Expected) -> Bool {
    switch (outcome, expected) {
    case (.sent, .sent(nil)), (.retryLater, .retry), (.failed, .failed), (.unknown, .unknown),
      (.channelRefused(_, isCertain: true), .account), (.channelRefused(_, isCertain: false), .policy):
      true
    case (.sentAs(let id), .sent(let expected?)): id == expected
    case (.quotaReached(_, let untilMs), .quota): untilMs > Self.nowMs && untilMs <= Self.nowMs + 86_400_000
    default: false
    }
  }

  /// A document's, and what of HTTP goes for all.
  static let answers: [(name: String, status: Int, body: String, Expected)] = [
    ("esms", 200, #"{"CodeResult":"100","CountRegenerate":0,"SMSID":"d533459e"}"#, .sent("d533459e")),
    ("esms", 200, #"{"CodeResult":"124","ErrorMessage":"Request exist 1","SendStatus":"5"}"#, .sent(nil)),
    ("esms", 200, #"{"CodeResult":"124","ErrorMessage":"Request exist 1","SendStatus":"4"}"#, .policy),
    ("esms", 200, #"{"CodeResult":"101","ErrorMessage":"Authorize Failed"}"#, .account),
    ("esms", 200, #"{"CodeResult":"103"}"#, .account), ("esms", 200, #"{"CodeResult":"99"}"#, .failed),
    ("esms", 200, #"{"CodeResult":"108"}"#, .failed), ("esms", 200, #"{"CodeResult":"146","SMSID":"x"}"#, .policy),
    ("esms", 200, #"{"CodeResult":"160"}"#, .retry), ("esms", 200, #"{"CodeResult":"555"}"#, .retry),
    ("esms", 200, #"{"error":"Invalid request"}"#, .unknown), ("esms", 200, "<html>", .unknown),
    ("twilio", 201, #"{"sid":"SM1","status":"queued","error_code":null}"#, .sent("SM1")),
    ("twilio", 400, #"{"code":21211,"message":"not valid","status":400}"#, .failed),
    ("twilio", 400, #"{"code":21606,"status":400}"#, .account), ("twilio", 401, #"{"code":20003}"#, .account),
    ("twilio", 429, #"{"code":20429}"#, .retry), ("twilio", 429, #"{"code":63038}"#, .quota),
    ("twilio", 400, #"{"code":99999}"#, .failed), ("twilio", 503, "", .retry),
    ("vonage", 200, #"{"message-count":"1","messages":[{"message-id":"0C00","status":"0"}]}"#, .sent("0C00")),
    ("vonage", 200, #"{"messages":[{"status":"1"}]}"#, .retry),
    ("vonage", 200, #"{"messages":[{"status":"4"}]}"#, .account),
    ("vonage", 200, #"{"messages":[{"status":"7"}]}"#, .failed),
    ("vonage", 200, #"{"messages":[{"status":"9"}]}"#, .account),
    ("vonage", 200, #"{"messages":[{"status":"12"}]}"#, .failed), ("vonage", 200, #"{"messages":[]}"#, .unknown),
    ("kannel", 202, "0: Accepted for delivery", .sent(nil)),
    ("kannel", 202, "3: Queued for later delivery", .sent(nil)),
    ("kannel", 403, "Authorization failed for sendsms", .account), ("kannel", 400, "Number(s) denied", .failed),
    ("kannel", 503, "Temporal failure, try again later.", .retry),
    ("json", 200, #"{"id":"G-1"}"#, .sent("G-1")), ("json", 204, "", .sent(nil)), ("json", 200, "ok", .sent(nil)),
    ("json", 302, "", .account), ("json", 401, "", .account), ("json", 403, "", .policy), ("json", 404, "", .policy),
    ("json", 422, "", .failed), ("json", 429, "", .retry), ("json", 500, "", .retry), ("json", 502, "", .unknown),
    ("json", 504, "", .unknown),
  ]

  @Test func eachAnswerMeansWhatItsDocumentSays() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      for (name, status, body, expected) in Self.answers {
        try tell(server, status, body)
        let outcome = try send(name, server)
        #expect(isExpected(outcome, expected), "\(name) \(status) \(body): \(outcome)")
      }
    }
  }

  /// Of an answer that is huge, deep or no text nothing is taken but its status.
  @Test func hostileAnswersAreNoIdsAndNoSuccess() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      for (body, times) in [(#"{"CodeResult":"100","x":""#, 1), ("[", 60_000), ("x", 200_000), (#"{"a":"#, 5_000)] {
        try tell(server, 200, body, times: times)
        guard case .unknown(let reason) = try send("esms", server) else {
          Issue.record("\(body) \(times) times is no unclear answer")
          continue
        }
        #expect(reason.code == "gateway-unclear")
        #expect(try send("json", server) == .sent)
      }
      try tell(server, 200, #"{"CodeResult":"100","SMSID":"\#(String(repeating: "x", count: 500))"}"#)
      #expect(try send("esms", server) == .sent, "an id that long is none")
      try tell(server, 200, #"{"CodeResult":"+84901234567 Lan","SMSID":"a b"}"#)
      guard case .unknown(let reason) = try send("esms", server) else {
        Issue.record("a code with personal data")
        return
      }
      #expect(!reason.detail.contains("Lan"))
    }
  }

  @Test func whoIsNotThereHoldsTheChannelAndWhoFallsSilentIsUnknown() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      guard case .unknown = try send("json", server, path: "lost") else {
        Issue.record("not unknown")
        return
      }
      guard case .unknown = try send("kannel", server, path: "slow", timeoutMs: 300) else {
        Issue.record("not unknown")
        return
      }
      server.crash()
      #expect(
        try send("twilio", server)
          == .channelRefused(SendReason("gateway-unreachable", "Couldn't connect to server"), isCertain: true))
    }
  }

  @Test func aReasonNamesProviderAndCodeAndNoSecret() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      try tell(server, 200, #"{"CodeResult":"103","ErrorMessage":"0901234567 p&ss"}"#)
      #expect(
        try send("esms", server)
          == .channelRefused(
            SendReason("esms-103", "the gateway answered 200 with the code 103"), isCertain: true))
      #expect(try !"\(gateway("esms", server, "").account)".contains("p&ss"))
    }
  }
}
