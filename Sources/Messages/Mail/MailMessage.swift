import Loyalty

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
  /// An `https:` URL that ends such messages when it is posted to (RFC 8058).
  package var oneClickURL: String?
  /// The same as a page; nil: it goes out as text alone.
  package var html: String?
  /// nil where reports are not taken.
  package var feedback: MailFeedback?

  package init(
    from: Mailbox, to: Mailbox, subject: String, body: String, notificationId: String, date: Instant,
    unsubscribeURL: String? = nil, oneClickURL: String? = nil, html: String? = nil
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.body = body
    self.notificationId = notificationId
    self.date = date
    self.unsubscribeURL = unsubscribeURL
    self.oneClickURL = oneClickURL
    self.html = html
  }

  private static let textType = "text/plain; charset=utf-8"
  private static let htmlType = "text/html; charset=utf-8"
  /// RFC 2045 §6.7 recommends `=_`, which no quoted-printable text holds.
  private static let boundary = "=_alternative"
  private static let alternative = "multipart/alternative; boundary=\"\(boundary)\""
  private static let lineEnd = Array("\r\n".utf8)

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
    ]
    headers += html == nil ? Self.form(of: Self.textType) : [("Content-Type", Self.alternative)]
    headers += [
      // RFC 3834: asks out-of-office programs not to answer.
      ("Auto-Submitted", "auto-generated")
    ]
    let urls = [oneClickURL, unsubscribeURL].compactMap { $0 }
    for url in urls { try MailError.refuseControls(in: url, "List-Unsubscribe") }
    if !urls.isEmpty {
      // Each on a line of its own: a link is long.
      headers.append(("List-Unsubscribe", urls.map { "<\($0)>" }.joined(separator: ",\r\n ")))
    }
    if oneClickURL != nil { headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")) }
    if let feedback { headers += feedback.headers.map { ($0.name, $0.value) } }
    guard let html else { return Self.lines(headers) + Self.lineEnd + QuotedPrintable.encode(body) }
    // RFC 2046 §5.1.4: the best form comes last.
    return Self.lines(headers)
      + [(Self.textType, body), (Self.htmlType, html)].flatMap { type, text in
        Array("\r\n--\(Self.boundary)\r\n".utf8) + Self.lines(Self.form(of: type)) + Self.lineEnd
          + QuotedPrintable.encode(text)
      } + Array("\r\n--\(Self.boundary)--\r\n".utf8)
  }

  private static func form(of type: String) -> [(String, String)] {
    [("Content-Type", type), ("Content-Transfer-Encoding", "quoted-printable")]
  }

  private static func lines(_ headers: [(String, String)]) -> [UInt8] {
    Array(headers.map { "\($0): \($1)\r\n" }.joined().utf8)
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
