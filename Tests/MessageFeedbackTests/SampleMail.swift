import MessageFeedback
import Testing

/// Mail as it comes to a return path. `TOKEN` stands for the token of a message.
enum SampleMail {
  static let secret = FeedbackTokenTests.secret
  static let id = FeedbackTokenTests.id

  static var token: String {
    FeedbackToken(notificationId: id, partition: 3)?.text(under: secret) ?? ""
  }

  /// With CR LF line ends and the token filled in.
  static func bytes(_ text: String) -> [UInt8] {
    Array(text.replacing("TOKEN", with: token).replacing("\n", with: "\r\n").utf8)
  }

  static func report(
    status: String, recipient: String = "bounces+TOKEN@example.com", words: String = "I'm sorry.",
    returned: String = "From: points@example.com\nSubject: Hi"
  ) -> String {
    """
    Return-Path: <>
    Received: by mx.example.com (Postfix); Sun, 22 Nov 2026 06:05:13 +0000 (UTC)
    From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: \(recipient)
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="4F2.1/mx"

    This is a MIME-encapsulated message.

    --4F2.1/mx
    Content-Description: Notification
    Content-Type: text/plain; charset=us-ascii

    \(words)

    --4F2.1/mx
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net
    Arrival-Date: Sun, 22 Nov 2026 06:05:12 +0000 (UTC)

    \(status)

    --4F2.1/mx
    Content-Type: text/rfc822-headers

    \(returned)

    --4F2.1/mx--

    """
  }

  static let complaint = """
    From: <abuse@isp.example>
    To: <bounces@example.com>
    Subject: FW: Points
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d"

    --part1_13d
    Content-Type: text/plain; charset="US-ASCII"

    This is an email abuse report.

    --part1_13d
    Content-Type: message/feedback-report

    Feedback-Type: KIND
    User-Agent: SomeGenerator/1.0
    Version: 1
    Original-Mail-From: <bounces+TOKEN@example.com>
    Original-Rcpt-To: <lan@example.com>

    --part1_13d
    Content-Type: message/rfc822
    Content-Disposition: inline

    From: <points@example.com>
    To: <lan@example.com>
    Subject: Points

    Hello Lan

    --part1_13d--

    """

  static let qmail = """
    Return-Path: <>
    Delivered-To: bounces+TOKEN@example.com
    From: MAILER-DAEMON@old.example
    To: bounces+TOKEN@example.com
    Subject: failure notice

    Hi. This is the qmail-send program at old.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.

    <lan@old.example>:
    Sorry, no mailbox here by that name. (#5.1.1)

    """

  static let outOfOffice = """
    Return-Path: <>
    From: Lan <lan@example.com>
    To: bounces+TOKEN@example.com
    Auto-Submitted: auto-replied (vacation)
    Subject: Out of office

    I am away until 5.1.1 o'clock.

    """

  static let all = [
    report(status: "Action: failed\nStatus: 5.1.1"), complaint, qmail, outOfOffice,
    report(status: "Original-Envelope-Id: TOKEN\n\nAction: failed\nStatus: 4.4.7", recipient: "postmaster@example.com"),
  ]
}
