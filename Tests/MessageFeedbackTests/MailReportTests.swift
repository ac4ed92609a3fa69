import Contracts
import Foundation
import Loyalty
import MessageFeedback
import Testing

@Suite(.timeLimit(.minutes(10))) struct MailReportTests {
  let now = Instant(milliseconds: 1_790_000_000_000)

  func read(_ text: String, recipient: String? = nil) -> MailReport.Reading {
    MailReport.read(SampleMail.bytes(text), recipient: recipient, under: SampleMail.secret, at: now)
  }

  func feedback(
    _ kind: Feedback.Kind, _ bounce: Feedback.Bounce? = nil, _ code: String? = nil, source: String = "dsn"
  ) -> MailReport.Reading {
    .feedback(
      Feedback(
        kind, notificationId: SampleMail.id, partition: 3, bounce: bounce, code: code, source: source, occurredAt: now))
  }

  @Test(
    arguments: [
      ("Action: failed\nStatus: 5.1.1", Feedback.Bounce.hard, "5.1.1"),
      ("Final-Recipient: rfc822; lan@x.example\nAction: Failed\nStatus: 5.1.10 (no mail)", .hard, "5.1.10"),
      ("Action: failed\nStatus: 5.2.1", .hard, "5.2.1"),
      ("Action: failed\nStatus: 5.2.2", .soft, "5.2.2"),
      ("Action: failed\nStatus: 4.4.7", .soft, "4.4.7"),
      ("Action: failed\nStatus: 5.4.4", .soft, "5.4.4"),
      ("Action: failed\nStatus: 5.7.1", .refused, "5.7.1"),
      ("Action: failed\nStatus: 5.1.8", .refused, "5.1.8"),
      ("Action: failed\nStatus: 5.2.3", .refused, "5.2.3"),
      // What says little is read with what the other server said.
      ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.1.1 <lan@x.example>: no", .hard, "5.1.1"),
      ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: X-Postfix; unknown user: \"lan\"", .hard, "5.0.0"),
      ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 gone", .soft, "5.0.0"),
      // Statuses in words, or folded away.
      ("Action: failed\nStatus: failed\nDiagnostic-Code: smtp;\n 550 5.1.1 User unknown", .hard, "5.1.1"),
      ("Status: 5.1.1", .hard, "5.1.1"),
    ] as [(String, Feedback.Bounce, String)])
  func bounceIsJudgedByItsStatus(status: String, bounce: Feedback.Bounce, code: String) {
    #expect(read(SampleMail.report(status: status)) == feedback(.bounced, bounce, code))
  }

  @Test func bounceWithoutAnyStatusIsReadFromItsWords() {
    let known = SampleMail.report(status: "Action: failed", words: "The mailbox: 550 no such user here")
    #expect(read(known) == feedback(.bounced, .hard))
    #expect(read(SampleMail.report(status: "Action: failed", words: "Sorry.")) == feedback(.bounced, .soft))
    #expect(read(SampleMail.report(status: "Action: failed", words: "x 5.2.2 y")) == feedback(.bounced, .soft, "5.2.2"))
    #expect(read(SampleMail.qmail) == feedback(.bounced, .hard, "5.1.1"))
  }

  @Test func whatIsNotFinalIsPassedOver() {
    for status in ["Action: delayed\nStatus: 4.4.1", "Action: relayed\nStatus: 2.0.0", "Status: 4.4.1"] {
      #expect(read(SampleMail.report(status: status)) == .passedOver(.notFinal), "\(status)")
    }
    #expect(read(SampleMail.report(status: "Action: delivered\nStatus: 2.1.5")) == feedback(.delivered))
  }

  @Test func answersOfPeopleAndProgramsReportNothing() {
    #expect(read(SampleMail.outOfOffice) == .passedOver(.noReport))
    let person = "From: Lan <lan@example.com>\nTo: bounces+TOKEN@example.com\n\nWhat is a 5.1.1? User unknown?"
    #expect(read(person) == .passedOver(.noReport))
  }

  @Test func messageIsFoundWhereverItIsNamed() {
    let status = "Action: failed\nStatus: 5.1.1"
    let expected = feedback(.bounced, .hard, "5.1.1")
    let elsewhere = "postmaster@example.com"
    #expect(read(SampleMail.report(status: status, recipient: elsewhere)) == .passedOver(.noToken))
    #expect(
      read(
        SampleMail.report(status: status, recipient: elsewhere), recipient: "Bounces+\(SampleMail.token)@EXAMPLE.com")
        == expected)
    for named in ["X-Stampede-Feedback: TOKEN", "Return-Path: <bounces+TOKEN@example.com>"] {
      #expect(read(SampleMail.report(status: status, recipient: elsewhere, returned: named)) == expected, "\(named)")
    }
    #expect(
      read(SampleMail.report(status: "Original-Envelope-Id: TOKEN\n\n\(status)", recipient: elsewhere)) == expected)
    // Whoever forwards a report puts it into a message of their own.
    let forwarded =
      "From: ann@example.com\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\nsee\n--ab\n"
      + "Content-Type: message/rfc822\n\n" + SampleMail.report(status: status) + "\n--ab--\n"
    #expect(read(forwarded) == expected)
  }

  @Test func encodedStatusIsRead() {
    let encoded = Data("Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n".utf8).base64EncodedString()
    let mail = SampleMail.report(status: "X: 1").replacing(
      "Content-Type: message/delivery-status\n",
      with:
        "Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: BASE64\n\n\(encoded)\n--4F2.1/mx\n")
    #expect(read(mail) == feedback(.bounced, .hard, "5.1.1"))
    let quoted = SampleMail.report(status: "Action: fai=6Ced\nSta=\ntus: 5=2E1.1").replacing(
      "message/delivery-status\n", with: "message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n")
    #expect(read(quoted) == feedback(.bounced, .hard, "5.1.1"))
  }

  @Test(
    arguments: [
      ("abuse", Feedback.Kind.complained), ("FRAUD", .complained), ("opt-out", .optedOut), ("opt-out-list", .optedOut),
    ] as [(String, Feedback.Kind)])
  func complaintNamesItsMessage(type: String, kind: Feedback.Kind) {
    let mail = SampleMail.complaint.replacing("KIND", with: type)
    #expect(read(mail) == feedback(kind, nil, type.lowercased(), source: "arf"))
  }

  @Test func whatIsNoComplaintIsNone() {
    for type in ["not-spam", "other", "virus", ""] {
      #expect(read(SampleMail.complaint.replacing("KIND", with: type)) == .passedOver(.notFinal), "\(type)")
    }
  }

  /// Bounded: a message that is made to be expensive is read in a moment.
  @Test(arguments: [
    "Content-Type: multipart/mixed; boundary=a\n\n" + String(repeating: "--a\n", count: 300_000),
    String(repeating: "Content-Type: message/rfc822\n\n", count: 50_000),
    String(repeating: "X: y\n", count: 500_000), "X:" + String(repeating: " y\n", count: 500_000),
    String(repeating: "Content-Type: multipart/mixed; boundary=a\n\n--a\n", count: 20_000),
    "To: " + String(repeating: "+", count: 1_000_000) + "@x", String(repeating: "=", count: 1_000_000),
  ])
  func messageThatIsMadeToBeExpensiveIsNot(mail: String) {
    let started = ContinuousClock.now
    #expect(read(mail) == .passedOver(.noToken))
    #expect(started.duration(to: .now) < .seconds(20))
  }
}
