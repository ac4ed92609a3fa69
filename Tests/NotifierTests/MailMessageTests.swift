import Foundation
import Loyalty
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct MailMessageTests {
  func message(
    from: String = "Quà Tặng Sen <diem@example.com>", to: String = "lan@example.com",
    subject: String = "Bạn vừa nhận được 1.234 điểm", body: String = "Chào Lan,\n\n1 = 1.\n", id: String = "e-1:email",
    unsubscribe: String? = nil
  ) throws -> MailMessage {
    MailMessage(
      from: try #require(Mailbox(from)), to: try #require(Mailbox(address: to)), subject: subject, body: body,
      notificationId: id, date: Instant(milliseconds: 1_795_327_481_000), unsubscribeURL: unsubscribe)
  }

  func text(_ message: MailMessage) throws -> String { String(decoding: try message.encoded(), as: UTF8.self) }

  @Test func messageIsWrittenDownWithEncodedHeadersAndBody() throws {
    #expect(
      try text(message(unsubscribe: "https://example.com/stop"))
        == [
          "From: =?utf-8?B?UXXDoCBU4bq3bmcgU2Vu?= <diem@example.com>",
          "To: lan@example.com",
          "Subject: =?utf-8?B?QuG6oW4gduG7q2Egbmjhuq1uIMSRxrDhu6NjIDEuMjM0IMSRaeG7g20=?=",
          "Date: Sun, 22 Nov 2026 06:04:41 +0000",
          "Message-ID: <e-1=3Aemail@example.com>",
          "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=utf-8",
          "Content-Transfer-Encoding: quoted-printable",
          "Auto-Submitted: auto-generated",
          "List-Unsubscribe: <https://example.com/stop>",
          "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
          "",
          "Ch=C3=A0o Lan,",
          "",
          "1 =3D 1.",
          "",
        ].joined(separator: "\r\n"))
  }

  @Test func sameNotificationHasTheSameMessageIdAndOtherIdsAnother() throws {
    #expect(try message(id: "a").messageId == message(subject: "other", id: "a").messageId)
    #expect(try message(id: "a.b").messageId != message(id: "a=2Eb").messageId)
    #expect(
      try message(id: "mã số\u{1F}<>").messageId
        == "<m=C3=A3_s=E1=BB=91=1F=3C=3E@example.com>".replacing("_", with: "=20"))
  }

  @Test func longSubjectIsFoldedIntoWordsOfWholeCharacters() throws {
    let subject = String(repeating: "Chúc mừng bạn lên hạng 👩‍👩‍👧 ", count: 6)
    let lines = try text(message(subject: subject)).components(separatedBy: "\r\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("Subject: ") })
    var decoded = ""
    for line in lines[start...].prefix(while: { $0.hasPrefix("Subject: ") || $0.hasPrefix(" ") }) {
      #expect(line.count <= 87)
      let word = line.dropFirst(line.hasPrefix(" ") ? 1 : 9)
      #expect(word.hasPrefix("=?utf-8?B?") && word.hasSuffix("?=") && word.count <= 75)
      let bytes = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
      decoded += try #require(String(data: bytes, encoding: .utf8))
    }
    #expect(decoded == subject)
  }

  @Test func plainSubjectStaysPlain() throws {
    #expect(try text(message(subject: "You earned 5 points")).contains("\r\nSubject: You earned 5 points\r\n"))
    #expect(try text(message(from: "Points \"R\" Us <a@b.c>")).hasPrefix("From: \"Points \\\"R\\\" Us\" <a@b.c>\r\n"))
  }

  @Test func bodyLinesAreShortAndKeepTrailingSpaces() throws {
    let body = String(repeating: "điểm ", count: 60) + "\nend \n.\n"
    let lines = try text(message(body: body)).components(separatedBy: "\r\n\r\n")[1].components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.count <= 76 && !$0.hasSuffix(" ") })
    let joined = lines.joined(separator: "\r\n").replacing("=\r\n", with: "").replacing("\r\n", with: "\n")
    #expect(joined.replacing("=", with: "%").removingPercentEncoding == body)
  }

  @Test(arguments: ["a\r\nBcc: x@y.z", "a\nb", "a\u{0}b", "a\u{85}b"])
  func headerInjectionIsRefused(text: String) throws {
    #expect(throws: MailError.self) { try message(subject: text).encoded() }
    #expect(throws: MailError.self) { try message(unsubscribe: "https://x/" + text).encoded() }
    #expect(Mailbox(name: text, address: "a@b.c") == nil)
    #expect(Mailbox(address: text + "@b.c") == nil)
  }

  @Test(arguments: ["", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@b,c@d", "\"a\"@b"])
  func textThatIsNoAddressIsRefused(text: String) {
    #expect(Mailbox(address: text) == nil)
  }

  @Test func mailboxIsReadAsOperatorsWriteIt() {
    #expect(Mailbox("a@b.c") == Mailbox(address: "a@b.c"))
    #expect(Mailbox("Journey Rewards <a@b.c>") == Mailbox(name: "Journey Rewards", address: "a@b.c"))
    #expect(Mailbox("\"Journey Rewards\" <a@b.c>") == Mailbox(name: "Journey Rewards", address: "a@b.c"))
    #expect(Mailbox("<a@b.c>") == Mailbox(address: "a@b.c"))
    #expect(Mailbox("Journey <a@b") == nil)
  }
}
