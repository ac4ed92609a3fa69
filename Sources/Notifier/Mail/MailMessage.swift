import Loyalty
import MessageFeedback

/// One e-mail, and how it is written down (RFC 5322, MIME).
package struct MailMessage: Equatable, Sendable {
  package var from: Mailbox
  /// The member's address alone; their name stands in the greeting.
  package var to: Mailbox
  package var subject: String
  package var body: String
  /// The notification's id: the Message-ID is made of it and of the sender's domain, so a message that is sent twice
  /// can be told to be one.
  package var notificationId: String
  package var date: Instant
  /// A `mailto:` or `https:` URL.
  package var unsubscribeURL: String?
  /// nil where reports are not taken.
  package var feedback: MailFeedback?

  package init(
    from: Mailbox, to: Mailbox, subject: String, body: String, notificationId: String, date: Instant,
    unsubscribeURL: String? = nil
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.body = body
    self.notificationId = notificationId
    self.date = date
    self.unsubscribeURL = unsubscribeURL
  }

  /// The whole message with CR LF line ends. Throws when a header would hold a line end or another control character,
  /// through which a value could write headers of its own.
  package func encoded() throws(MailError) -> [UInt8] {
    var headers: [(String, String)] = [
      ("From", try from.encoded(for: "From")),
      ("To", try to.encoded(for: "To")),
      ("Subject", try EncodedWords.header(subject, named: "Subject")),
      ("Date", MailDate.text(date)),
      ("Message-ID", messageId),
      ("MIME-Version", "1.0"),
      ("Content-Type", "text/plain; charset=utf-8"),
      ("Content-Transfer-Encoding", "quoted-printable"),
      // RFC 3834: asks out-of-office programs not to answer.
      ("Auto-Submitted", "auto-generated"),
    ]
    if let url = unsubscribeURL {
      try MailError.refuseControls(in: url, "List-Unsubscribe")
      headers.append(("List-Unsubscribe", "<\(url)>"))
      // RFC 8058.
      if url.hasPrefix("https:") { headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")) }
    }
    if let feedback {
      headers.append((MailReport.tokenHeader, feedback.token))
      if let header = feedback.providerHeader { headers.append((header.name, header.value)) }
    }
    let head = headers.map { "\($0): \($1)\r\n" }.joined()
    return Array(head.utf8) + Array("\r\n".utf8) + QuotedPrintable.encode(body)
  }

  package var messageId: String { "<\(Self.atom(notificationId))@\(from.domain)>" }

  /// An id as an RFC 5322 atom: other bytes than letters, digits, `-` and `_` become `=` and two hexadecimal digits.
  package static func atom(_ id: String) -> String {
    var text = ""
    for byte in id.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "=" + QuotedPrintable.hexadecimal(byte)
      }
    }
    return text
  }
}

/// A message that must not be written down as it is.
package struct MailError: Error, Equatable, CustomStringConvertible {
  /// Names the header, never its value.
  package let description: String

  static func refuseControls(in text: String, _ header: String) throws(MailError) {
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw MailError(description: "the header \(header) would hold a control character")
    }
  }
}

/// `Sun, 22 Nov 2026 06:04:41 +0000` (RFC 5322 §3.3).
enum MailDate {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(_ instant: Instant) -> String {
    let (days, ofDay) = instant.milliseconds.flooredDivision(by: Instant.dayMs)
    let seconds = Int(ofDay) / 1000
    let (year, month, day) = LocalDate(daysSinceEpoch: Int32(days)).civil
    // Day 0 was a Thursday.
    let weekday = weekdays[Int(days.flooredDivision(by: 7).remainder)]
    let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
    return "\(weekday), \(two(day)) \(months[month - 1]) \(year) \(time) +0000"
  }
}
