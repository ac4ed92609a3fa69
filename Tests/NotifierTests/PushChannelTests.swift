import Contracts
import Curl
import Foundation
import JSON
import Messages
import Notifier
import Synchronization
import TestServers
import Testing

/// Firebase Cloud Messaging (HTTP v1) against a server that answers as the test says.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct PushChannelTests {
  private static let nowMs: Int64 = 1_800_000_000_000

  private final class Clock: Sendable {
    let ms = Mutex(PushChannelTests.nowMs)
    var nowMs: Int64 { ms.withLock { $0 } }
    func pass(seconds: Int64) { ms.withLock { $0 += seconds * 1_000 } }
  }

  private struct Firebase {
    let server: TestServer
    let files: PushFiles
    let clock: Clock
    let channel: PushChannel

    /// Says how it answers from now on.
    func tell(_ how: String) throws {
      server.tell(how)
      _ = try server.next("told")
    }

    func send(_ device: String = "device-1") throws -> SendOutcome {
      try channel.send(PushChannelTests.message(device))
    }
  }

  private func with(_ body: (Firebase) throws -> Void) throws {
    try TestServer.run("CurlTests/Servers/fcm.py") { server in
      let url = "http://127.0.0.1:\(server.port)"
      let files = try PushFiles(tokenURL: "\(url)/token")
      let clock = Clock()
      let options = TransferOptions(timeoutMs: 5_000)
      let access = FCMAccess(file: files.account, options, nowMs: { clock.nowMs })
      let channel = try PushChannel(PushGateway(url: url, projectId: "sen-rewards", access: access), options)
      defer { channel.close() }
      try body(Firebase(server: server, files: files, clock: clock, channel: channel))
    }
  }

  private static func message(_ device: String = "device-1", isUrgent: Bool = true) -> PushMessage {
    PushMessage(
      to: device, PushText(title: "Bạn vừa nhận 9 điểm", body: "Say \"hi\""), notificationId: "n-1",
      template: "points-earned", programId: "sen", preferencesURL: "https://m.example/u/t", isUrgent: isUrgent,
      keptS: 3_600, atMs: nowMs)
  }

  private func code(_ outcome: SendOutcome) -> String {
    switch outcome {
    case .sentAs(let name): "sent \(name)"
    case .failed(let reason): "failed \(reason.code)"
    case .retryLater(let reason): "retry \(reason.code) \(reason.retryAfterMs.map { "\($0)" } ?? "-")"
    case .channelRefused(let reason, let isCertain): "\(isCertain ? "account" : "policy") \(reason.code)"
    case .unknown(let reason): "unknown \(reason.code)"
    default: "\(outcome)"
    }
  }

  @Test func aTokenIsGrantedForAnAssertionOfTheAccountsKey() throws {
    try with { firebase in
      #expect(try code(firebase.send()) == "sent projects/sen-rewards/messages/1")
      let form = try #require(try firebase.server.next("grant")["form"] as? [String: String])
      #expect(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
      let assertion = try #require(form["assertion"])
      let claims = try #require(try firebase.files.claims(of: assertion))
      #expect(claims["iss"]?.string == "robot@sen-rewards.iam.gserviceaccount.com")
      #expect(claims["scope"]?.string == "https://www.googleapis.com/auth/firebase.messaging")
      #expect(claims["aud"]?.string == "http://127.0.0.1:\(firebase.server.port)/token")
      #expect(claims["iat"]?.integer == 1_800_000_000 && claims["exp"]?.integer == 1_800_003_600)
      let seen = try firebase.server.next("message")
      #expect(seen["path"] as? String == "/v1/projects/sen-rewards/messages:send")
      #expect((seen["headers"] as? [String: String])?["authorization"] == "Bearer at-1")
    }
  }

  @Test func theMessageSaysWhatADeviceNeedsToReplaceItsDouble() throws {
    let body = try JSONValue(parsing: Self.message().body)
    let message = try #require(body["message"])
    #expect(message["token"]?.string == "device-1")
    #expect(message["notification"]?["title"]?.string == "Bạn vừa nhận 9 điểm")
    #expect(message["notification"]?["body"]?.string == "Say \"hi\"")
    #expect(message["data"]?["preferencesUrl"]?.string == "https://m.example/u/t")
    #expect(message["android"]?["collapse_key"]?.string == "n-1" && message["android"]?["ttl"]?.string == "3600s")
    #expect(message["android"]?["notification"]?["tag"]?.string == "n-1")
    let apple = message["apns"]?["headers"]
    #expect(apple?["apns-collapse-id"]?.string == "n-1" && apple?["apns-expiration"]?.string == "1800003600")
    #expect(message["webpush"]?["headers"]?["Topic"]?.string == "n-1")
    #expect(message["webpush"]?["notification"]?["tag"]?.string == "n-1")
    #expect(message["android"]?["priority"]?.string == "HIGH")
    let quiet = try JSONValue(parsing: Self.message(isUrgent: false).body)
    #expect(quiet["message"]?["android"]?["priority"]?.string == "NORMAL")
  }

  @Test func noTextIsLongerThanFirebaseTakes() throws {
    let long = PushText(
      title: String(repeating: "ệ\"", count: 500), body: String(repeating: "👩‍👩‍👧‍👦", count: 1_000))
    let message = PushMessage(
      to: String(repeating: "t", count: MemberDevice.tokenBytesMax), long, notificationId: "n-0123456789abcdef",
      template: "points-earned", programId: String(repeating: "p", count: 128), keptS: 86_400 * 400, atMs: 0)
    #expect(message.text.title.hasSuffix("…") && message.text.body.hasSuffix("👩‍👩‍👧‍👦…") && message.keptS == 28 * 86_400)
    let sent = try #require(try JSONValue(parsing: message.body)["message"])
    let payload = ["notification", "data", "android"].compactMap { sent[$0]?.members }.joined()
    let bytes = payload.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string?.utf8.count ?? 0) }
    #expect(bytes < 4_096)
  }

  @Test func oneTokenServesUntilShortlyBeforeItsEnd() throws {
    try with { firebase in
      for _ in 0..<2 { _ = try firebase.send() }
      firebase.clock.pass(seconds: 3_600 - 301)
      _ = try firebase.send()
      firebase.clock.pass(seconds: 2)
      _ = try firebase.send()
      let used = try (0..<4).map { _ in
        (try firebase.server.next("message")["headers"] as? [String: String])?["authorization"]
      }
      #expect(used == ["Bearer at-1", "Bearer at-1", "Bearer at-1", "Bearer at-2"])
    }
  }

  @Test func aTokenThatEndedEarlyIsRenewedOnce() throws {
    try with { firebase in
      _ = try firebase.send()
      try firebase.tell(#"{"ended": ["at-1"]}"#)
      #expect(try code(firebase.send()).hasPrefix("sent "))
      try firebase.tell(#"{"ended": ["at-1", "at-2", "at-3", "at-4"]}"#)
      #expect(try code(firebase.send()) == "account fcm-401")
    }
  }

  @Test func withoutATokenTheChannelIsHeld() throws {
    try with { firebase in
      try firebase.tell(#"{"grant": 400}"#)
      let outcome = try firebase.send()
      #expect(
        outcome
          == .channelRefused(
            SendReason("fcm-token-refused", "the token endpoint answered 400 with invalid_grant"), isCertain: true))
      try Data("{}".utf8).write(to: URL(fileURLWithPath: firebase.files.account))
      #expect(try code(firebase.send()) == "account fcm-key-unusable")
      // The key is mended where it lies, and the endpoint with it.
      try firebase.files.write(tokenURL: "http://127.0.0.1:\(firebase.server.port)/token")
      try firebase.tell("{}")
      #expect(try code(firebase.send()).hasPrefix("sent "))
    }
  }

  @Test(arguments: [
    (404, "UNREGISTERED", "failed fcm-unregistered"), (400, "INVALID_ARGUMENT", "failed fcm-invalid-argument"),
    (403, "SENDER_ID_MISMATCH", "policy fcm-sender-id-mismatch"),
    (401, "THIRD_PARTY_AUTH_ERROR", "policy fcm-third-party-auth-error"),
    (429, "QUOTA_EXCEEDED", "retry fcm-quota-exceeded 60000"), (503, "UNAVAILABLE", "retry fcm-unavailable -"),
    (500, "INTERNAL", "retry fcm-internal -"), (404, "", "account fcm-404"), (403, "", "account fcm-403"),
    (400, "", "failed fcm-400"), (500, "A_NEW_ONE", "retry fcm-500 -"), (504, "", "unknown fcm-504"),
    (429, "", "retry fcm-429 60000"),
  ])
  func eachErrorMeansWhatItsCodeSays(status: Int, error: String, meaning: String) throws {
    try with { firebase in
      let told = error.isEmpty ? "" : #", "code": "\#(error)""#
      try firebase.tell(#"{"answer": {"status": \#(status)\#(told)}}"#)
      #expect(try code(firebase.send()) == meaning)
    }
  }

  @Test func aPauseThatFirebaseAsksForIsKept() throws {
    try with { firebase in
      for (status, error) in [(429, "QUOTA_EXCEEDED"), (503, "UNAVAILABLE")] {
        try firebase.tell(#"{"answer": {"status": \#(status), "code": "\#(error)", "retryAfter": 7}}"#)
        #expect(try code(firebase.send()).hasSuffix(" 7000"))
      }
    }
  }

  @Test func anAnswerThatNobodyUnderstandsIsUnclear() throws {
    try with { firebase in
      try firebase.tell(#"{"answer": {"status": 200, "body": "<html>"}}"#)
      #expect(try code(firebase.send()) == "unknown fcm-unclear")
    }
  }

  @Test func whoIsNotThereHoldsTheChannel() throws {
    let files = try PushFiles()
    let options = TransferOptions(timeoutMs: 2_000)
    let access = FCMAccess(file: files.account, options, nowMs: { Self.nowMs })
    let gateway = PushGateway(url: "http://127.0.0.1:1", projectId: "sen-rewards", access: access)
    let channel = try PushChannel(gateway, options)
    defer { channel.close() }
    #expect(try code(channel.send(Self.message())) == "account fcm-token-unreachable")
  }

  @Test(arguments: [
    ("not json", "holds no JSON"), ("{}", "has no type"), (#"{"type":"authorized_user"}"#, "is no key of a service"),
    (#"{"type":"service_account","project_id":"a/b"}"#, "has a project_id with other signs"),
    (
      #"{"type":"service_account","project_id":"p","client_email":"e","token_uri":"u","private_key":"secret"}"#,
      "has a private_key that is no RSA key"
    ),
  ])
  func aFileThatIsNoAccountIsRefusedWithoutBeingRepeated(text: String, fault: String) throws {
    let refused = #expect(throws: ServiceAccount.Fault.self) { try ServiceAccount(parsing: Array(text.utf8)) }
    #expect(refused?.text.hasPrefix(fault) == true && refused?.text.contains("secret") == false)
  }
}
