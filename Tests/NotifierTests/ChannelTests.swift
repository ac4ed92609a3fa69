import Curl
import Foundation
import Loyalty
import Messages
import Notifier
import TestServers
import Testing

/// E-mail against a real server.
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
          == .retryLater(
            SendReason("smtp-451-4.7.1", "the server answered 451 4.7.1 to rcpt", holdsDomain: true)))
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
}
