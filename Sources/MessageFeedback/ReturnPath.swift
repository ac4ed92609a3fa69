import Contracts

/// The address that bounces of a message go to: `bounces+<token>@example.com` (VERP), of one mailbox that an operator
/// gives.
package struct ReturnPath: Equatable, Sendable {
  private let local: String
  private let domain: String

  /// RFC 5321 §4.5.3.1.1: a local part has 64 octets.
  private static let localBytesMax = 64
  package static let mailboxBytesMax = localBytesMax - 1 - FeedbackToken.textBytesMax
  private static let delimiter: Character = "+"

  /// nil where the mailbox is none, or leaves a token no room; its local part is of ASCII and has no `+`.
  package init?(_ mailbox: String) {
    guard EmailAddress.isAddress(mailbox), let at = mailbox.lastIndex(of: "@"),
      let domain = DomainName.inASCII(String(mailbox[mailbox.index(after: at)...]))
    else { return nil }
    let local = mailbox[..<at]
    let isPlain = local.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
    guard isPlain, local.utf8.count <= Self.mailboxBytesMax else { return nil }
    self.local = String(local)
    self.domain = domain
  }

  package func address(_ token: String) -> String { "\(local)\(Self.delimiter)\(token)@\(domain)" }

  /// The token of an address that bounces may go to, whatever mailbox it is of: `<b+token@example.com>`.
  static func token(in address: some StringProtocol, under secret: FeedbackSecret) -> FeedbackToken? {
    let bare = address.trimmingPrefix { $0 == "<" || $0.isWhitespace }
    guard bare.utf8.count <= 512, let at = bare.lastIndex(of: "@"),
      let plus = bare[..<at].lastIndex(of: delimiter)
    else { return nil }
    return FeedbackToken(bare[bare.index(after: plus)..<at], under: secret)
  }
}
