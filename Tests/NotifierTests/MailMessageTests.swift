import Foundation
import Loyalty
import Messages
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct MailMessageTests {
  func message(
    from: String = "Quà Tặng Sen <diem@example.com>", to: String = "lan@example.com",
    subject: String = "Bạn vừa nhận được 1.234 điểm", body: String = "Chào Lan,\n\n1 = 1.\n", id: String = "e-1:email",
    unsubscribe: String? = nil, oneClick: String? = nil
  ) throws -> MailMessage {
    MailMessage(
      from: try #require(Mailbox(from)), to: try #require(Mailbox(address: to)), subject: subject, body: body,
      notificationId: id, date: Instant(milliseconds: 1_795_327_481_000), unsubscribeURL: unsubscribe,
      oneClickURL: oneClick)
  }

  func text(_ message: MailMessage) throws -> String { String(decoding: try message.encoded(), as: UTF8.self) }

  @Test func messageIsWrittenDownWithEncodedHeadersAndBody() throws {
    #expect(
      try text(message(unsubscribe: "mailto:stop@example.com", oneClick: "https://example.com/u/x"))
        == [
          "From: =?utf-8?B?UXXDoCBU4bq3bmcgU2Vu?= <diem@example.com>",
          "To: lan@example.com",
          "Subject: =?utf-8?B?QuG6oW4gduG7q2Egbmjhuq1uIMSRxrDhu6NjIDEuMjM0IMSRaQ==?=",
          " =?utf-8?B?4buDbQ==?=",
          "Date: Sun, 22 Nov 2026 06:04:41 +0000",
          "Message-ID: <e-1=3Aemail@example.com>",
          "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=utf-8",
          "Content-Transfer-Encoding: quoted-printable",
          "Auto-Submitted: auto-generated",
          "List-Unsubscribe: <https://example.com/u/x>,",
          " <mailto:stop@example.com>",
          "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
          "",
          "Ch=C3=A0o Lan,",
          "",
          "1 =3D 1.",
          "",
        ].joined(separator: "\r\n"))
  }

  @Test func aPageStandsBehindTheText() throws {
    var mail = try message()
    mail.html = "<p title=\"a\">=_ \(String(repeating: "điểm ", count: 400))</p>\n"
    let whole = try text(mail)
    let parts = whole.components(separatedBy: "\r\n--=_alternative")
    #expect(parts.count == 4 && parts[3] == "--\r\n")
    #expect(parts[0].contains("\r\nContent-Type: multipart/alternative; boundary=\"=_alternative\"\r\n"))
    #expect(!parts[0].contains("Content-Transfer-Encoding"))
    #expect(
      parts[1] == "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + "Ch=C3=A0o Lan,\r\n\r\n1 =3D 1.\r\n")
    #expect(
      parts[2].hasPrefix("\r\nContent-Type: text/html; charset=utf-8\r\n") && parts[2].contains("<p title=3D\"a\">"))
    #expect(whole.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
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
      #expect(line.count <= 76)
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

  /// What a reader of RFC 2047 makes of the lines of a header, which are 76 characters at most where a word is in them.
  func decoded(_ header: String, _ message: MailMessage) throws -> String {
    let lines = try text(message).components(separatedBy: "\r\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix(header + ": ") })
    let own = [lines[start]] + lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
    var text = ""
    var lastWasWord = false
    for line in own {
      #expect(line.utf8.count <= 76 || !line.contains("=?"), "\(line)")
      for part in line.split(separator: " ") where part != header + ":" {
        let isWord = part.hasPrefix("=?utf-8?B?") && part.hasSuffix("?=")
        if !(isWord && lastWasWord), !text.isEmpty { text += " " }
        if isWord {
          #expect(part.utf8.count <= 75)
          let bytes = try #require(Data(base64Encoded: String(part.dropFirst(10).dropLast(2))))
          text += try #require(String(data: bytes, encoding: .utf8))
        } else {
          text += part
        }
        lastWasWord = isWord
      }
    }
    return text
  }

  @Test(arguments: [1, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 90, 200])
  func headersWithEncodedWordsAreFoldedAt76Columns(_ length: Int) throws {
    let name = String(String(repeating: "Quà Tặng Sen Vàng ", count: 20).prefix(length)) + "Ấ"
    let address = "diem-thuong-khach-hang@thu.sen-vang.example"
    let message = try message(from: "\(name) <\(address)>", subject: name)
    #expect(try decoded("Subject", message) == name)
    #expect(try decoded("From", message) == "\(name) <\(address)>")
  }

  @Test func longPlainSenderIsFoldedBeforeItsAddress() throws {
    let address = "points-of-the-loyalty-programme@mail.journey-rewards.example"
    let lines = try text(message(from: "Journey Rewards of the Seven Seas <\(address)>")).components(
      separatedBy: "\r\n")
    #expect(lines.prefix(2) == ["From: \"Journey Rewards of the Seven Seas\"", " <\(address)>"])
  }

  /// A word takes whole characters, and of one that is longer than itself whole code points.
  @Test func characterOfManyMarksIsSplitBetweenCodePoints() throws {
    let subject = "a" + String(repeating: "\u{301}", count: 100)
    #expect(try decoded("Subject", message(subject: subject)) == subject)
  }

  @Test func textThatLooksLikeAnEncodedWordIsOne() throws {
    #expect(try decoded("From", message(from: "=?utf-8?B?QQ==?= <a@b.c>")) == "=?utf-8?B?QQ==?= <a@b.c>")
  }

  // MARK: Addresses

  @Test(arguments: [
    ("bo@exämple.com", "bo@xn--exmple-cua.com"), ("bo@EXÄMPLE.com", "bo@xn--exmple-cua.com"),
    ("lan@quà-tặng.vn", "lan@xn--qu-tng-jta8222d.vn"), ("bo@faß.de", "bo@xn--fa-hia.de"),
    ("bo@例え。jp", "bo@xn--r8jz45g.jp"), ("bo@xn--exmple-cua.com", "bo@xn--exmple-cua.com"),
    ("Bo@Example.COM", "Bo@Example.COM"),
    ("người@exämple.com", "người@xn--exmple-cua.com"), ("ngu\u{31B}\u{300}i@example.com", "ngừi@example.com"),
  ])
  func domainsAreWrittenInASCII(_ written: String, _ expected: String) throws {
    let mailbox = try #require(Mailbox(writingTo: written))
    #expect(mailbox.address == expected)
    #expect(mailbox.needsSMTPUTF8 == expected.utf8.contains { $0 >= 0x80 })
  }

  @Test(arguments: [
    "bo@exämple..com", "bo@ä\u{202E}b.com", "b\u{200B}o@example.com", "b\u{202E}o@example.com", "bo@\u{2028}ä.com",
  ])
  func domainsThatAreNoneCannotBeWrittenTo(_ written: String) {
    #expect(Mailbox(writingTo: written) == nil)
  }

  @Test func bodyLinesAreShortAndKeepTrailingSpaces() throws {
    let body = String(repeating: "điểm ", count: 60) + "\nend \n.\n"
    let lines = try text(message(body: body)).components(separatedBy: "\r\n\r\n")[1].components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.count <= 76 && !$0.hasSuffix(" ") })
    let joined = lines.joined(separator: "\r\n").replacing("=\r\n", with: "").replacing("\r\n", with: "\n")
    #expect(joined.replacing("=", with: "%").removingPercentEncoding == body)
  }

  /// A page that takes no one click must not be offered as one that does (RFC 8058).
  @Test func onlyAPageThatTakesOneClickIsToldToTakeIt() throws {
    let page = try text(message(unsubscribe: "https://example.com/stop"))
    #expect(page.contains("List-Unsubscribe: <https://example.com/stop>\r\n"))
    #expect(!page.contains("List-Unsubscribe-Post"))
    let none = try text(message())
    #expect(!none.contains("List-Unsubscribe"))
  }

  @Test(arguments: ["a\r\nBcc: x@y.z", "a\nb", "a\u{0}b", "a\u{85}b"])
  func headerInjectionIsRefused(text: String) throws {
    #expect(throws: MailError.self) { try message(subject: text).encoded() }
    #expect(throws: MailError.self) { try message(unsubscribe: "https://x/" + text).encoded() }
    #expect(throws: MailError.self) { try message(oneClick: "https://x/" + text).encoded() }
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
