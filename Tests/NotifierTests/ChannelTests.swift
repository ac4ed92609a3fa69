import Curl
import Foundation
import Loyalty
import Messages
import Notifier
import TestServers
import Testing

/// The channels against real servers.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct ChannelTests {
  func mail(to: String) throws -> MailMessage {
    let facts = MessageFacts(
      news: .pointsRedeemed(points: 500, after: AccountAfter(available: 20)), programName: "Quà Tặng Sen",
      memberName: "Lan", calendar: try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")), occurredAt: .epoch)
    let wording = Language.vietnamese.write(facts)
    return MailMessage(
      from: try #require(Mailbox("Quà Tặng Sen <diem@example.com>")), to: try #require(Mailbox(address: to)),
      subject: wording.subject, body: wording.body, notificationId: "e-1:email", date: .epoch)
  }

  @Test func emailArrivesReadable() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      let channel = try EmailChannel(.init(url: "smtp://127.0.0.1:\(server.port)", startTLS: .none))
      defer { channel.close() }
      #expect(try channel.send(mail(to: "lan@example.com")) == .sent)
      let arrived = try server.next("message")
      #expect(arrived["data"] as? String == String(decoding: try mail(to: "lan@example.com").encoded(), as: UTF8.self))
      #expect(arrived["sender"] as? String == "diem@example.com")
    }
  }

  @Test func emailOutcomesAreToldApart() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { server in
      let channel = try EmailChannel(.init(url: "smtp://127.0.0.1:\(server.port)", startTLS: .none))
      defer { channel.close() }
      #expect(
        try channel.send(mail(to: "refused@example.com"))
          == .failed(SendReason("smtp-550-5.1.1", "the server answered 550 5.1.1 to rcpt")))
      #expect(
        try channel.send(mail(to: "later@example.com"))
          == .retryLater(SendReason("smtp-451-4.7.1", "the server answered 451 4.7.1 to rcpt")))
      #expect(
        try channel.send(mail(to: "spam@example.com"))
          == .channelRefused(SendReason("smtp-554-5.7.1", "the server answered 554 5.7.1 to dot"), isCertain: false))
      guard case .unknown(let reason) = try channel.send(mail(to: "lost@example.com")) else {
        return #expect(Bool(false), "a lost answer is not unknown")
      }
      #expect(reason.code == "smtp-no-answer")
      var unsafe = try mail(to: "lan@example.com")
      unsafe.subject = "a\r\nBcc: b@c.d"
      guard case .failed(let why) = try channel.send(unsafe) else { return #expect(Bool(false), "injected") }
      #expect(why.code == "message-unsafe")
    }
  }

  /// RFC 6531: only to a server that offers it.
  @Test(arguments: [[], ["--without-smtputf8"]] as [[String]])
  func addressInOtherLettersGoesOnlyWhereTheServerTakesIt(_ flags: [String]) throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py", flags) { server in
      let channel = try EmailChannel(.init(url: "smtp://127.0.0.1:\(server.port)", startTLS: .none))
      defer { channel.close() }
      let mailbox = try #require(Mailbox(writingTo: "người@exämple.com"))
      var mail = try mail(to: "bo@example.com")
      mail.to = mailbox
      for _ in 0..<2 {
        guard flags.isEmpty else {
          guard case .suppressed(let reason) = try channel.send(mail) else { return #expect(Bool(false), "was sent") }
          #expect(reason.code == "smtputf8-not-offered")
          continue
        }
        #expect(try channel.send(mail) == .sent)
        #expect(try server.next("message")["recipients"] as? [String] == ["người@xn--exmple-cua.com"])
      }
      #expect(try channel.send(self.mail(to: "bo@xn--exmple-cua.com")) == .sent)
      #expect(try server.next("message")["recipients"] as? [String] == ["bo@xn--exmple-cua.com"])
    }
  }

  func sendSMS(
    _ server: TestServer, _ path: String, kannel: Bool = false, text: String = "Ban vua dung 500 diem & con 20"
  ) throws -> SendOutcome {
    let url = "http://127.0.0.1:\(server.port)/\(path)"
    let gateway: SMSChannel.Gateway =
      kannel
      ? .kannel(url: url, user: "sen", password: "p&ss", from: "SEN")
      : .json(url: url, authorization: "Bearer t0ken", from: "SEN")
    let channel = try SMSChannel(gateway, TransferOptions(timeoutMs: 5_000))
    defer { channel.close() }
    let sms = SMSText(text, .marked)
    return try channel.send(
      SMSMessage(to: "+84901234567", text: sms.text, encoding: sms.form.encoding, notificationId: "e-1:sms"))
  }

  @Test func smsIsPostedWithAuthorizationAndIdempotencyKey() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      #expect(try sendSMS(server, "ok") == .sent)
      let seen = try server.next("request")
      let headers = try #require(seen["headers"] as? [String: String])
      #expect(headers["authorization"] == "Bearer t0ken")
      #expect(headers["idempotency-key"] == "e-1=3Asms")
      #expect(headers["content-type"] == "application/json")
      #expect(
        seen["body"] as? String
          == #"{"id":"e-1:sms","to":"+84901234567","from":"SEN","text":"Ban vua dung 500 diem & con 20"}"#)
      #expect(try sendSMS(server, "ok") == .sent)
      #expect(try server.next("request")["repeated"] as? Bool == true)
    }
  }

  @Test func kannelGetsItsQueryEscaped() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      #expect(try sendSMS(server, "cgi-bin/sendsms", kannel: true) == .sent)
      let path = try #require(try server.next("request")["path"] as? String)
      #expect(
        path == "/cgi-bin/sendsms?username=sen&password=p%26ss&from=SEN&to=%2B84901234567"
          + "&text=Ban%20vua%20dung%20500%20diem%20%26%20con%2020&charset=utf-8&coding=0")
      #expect(try sendSMS(server, "cgi-bin/sendsms", kannel: true, text: "điểm") == .sent)
      let marked = try #require(try server.next("request")["path"] as? String)
      #expect(marked.hasSuffix("&text=%C4%91i%E1%BB%83m&charset=utf-8&coding=2"))
    }
  }

  /// Kannel fills in %d and %I itself, so they must reach it.
  @Test func kannelIsToldWhereToReport() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let url = "http://127.0.0.1:\(server.port)/cgi-bin/sendsms"
      let channel = try SMSChannel(
        .kannel(url: url, user: "sen", password: "p", from: nil), TransferOptions(timeoutMs: 5_000))
      defer { channel.close() }
      var sms = SMSMessage(to: "+84901234567", text: "hi", notificationId: "n-1")
      sms.reportURL = "https://h/dlr?token=a.b&status=%d&id=%I"
      #expect(try channel.send(sms) == .sent)
      let path = try #require(try server.next("request")["path"] as? String)
      #expect(path.hasSuffix("&dlr-mask=19&dlr-url=https%3A%2F%2Fh%2Fdlr%3Ftoken%3Da.b%26status%3D%25d%26id%3D%25I"))
    }
  }

  @Test func smsOutcomesAreToldApart() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      #expect(try sendSMS(server, "refused") == .failed(SendReason("gateway-400", "the gateway answered 400")))
      let denied = SendReason("gateway-401", "the gateway answered 401")
      #expect(try sendSMS(server, "wrong-token") == .channelRefused(denied, isCertain: true))
      for (path, status) in [("busy", 503), ("limit", 429)] {
        let expected = SendReason("gateway-\(status)", "the gateway answered \(status)")
        #expect(try sendSMS(server, path) == .retryLater(expected))
      }
      guard case .unknown = try sendSMS(server, "lost") else { return #expect(Bool(false), "not unknown") }
      server.crash()
      #expect(
        try sendSMS(server, "ok")
          == .channelRefused(SendReason("gateway-unreachable", "Couldn't connect to server"), isCertain: true))
    }
  }
}
