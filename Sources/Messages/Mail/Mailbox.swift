import Contracts
import Foundation

/// A name and an address: `Journey Rewards <points@example.com>`.
package struct Mailbox: Equatable, Sendable {
  package let name: String?
  package let address: String

  /// RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain, 256 with the brackets for both.
  private static let addressBytesMax = 254

  /// nil unless the address is one that can be written to: one @ with text on both sides, no spaces, no controls and
  /// nothing else that cannot be seen, no quoting.
  package init?(name: String? = nil, address: String) {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    let isClean = address.unicodeScalars.allSatisfy { scalar in
      !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        && !scalar.properties.isDefaultIgnorableCodePoint && !"<>()[]\\,;:\"".unicodeScalars.contains(scalar)
    }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isClean, address.utf8.count <= Self.addressBytesMax,
      !(name?.unicodeScalars.contains { $0.properties.generalCategory == .control } ?? false)
    else { return nil }
    self.name = name
    self.address = address
  }

  /// Reads `Name <address>` or a bare address, as an operator writes them.
  package init?(_ text: String) {
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
      self.init(address: text)
      return
    }
    let name = text[..<open].drop { $0 == " " || $0 == "\"" }
    let trimmed = String(name.reversed().drop { $0 == " " || $0 == "\"" }.reversed())
    self.init(
      name: trimmed.isEmpty ? nil : trimmed, address: String(text[text.index(after: open)...].dropLast()))
  }

  /// The one that mail to an address goes to: the domain in ASCII (RFC 5890, A-labels), the local part in its composed
  /// spelling (RFC 6532 §3.1). nil where it cannot be written to, or its domain is none.
  package init?(writingTo address: String) {
    guard let mailbox = Mailbox(address: address)?.inASCIIDomain() else { return nil }
    self = mailbox
  }

  /// The same address under another name; the name it has where that is none.
  package func named(_ name: String) -> Mailbox { Mailbox(name: name, address: address) ?? self }

  /// nil where the domain is none.
  package func inASCIIDomain() -> Mailbox? {
    guard let at = address.lastIndex(of: "@"), let domain = DomainName.inASCII(domain),
      domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isLabel)
    else { return nil }
    return Mailbox(name: name, address: "\(address[..<at].precomposedStringWithCanonicalMapping)@\(domain)")
  }

  /// RFC 1035 §2.3.4: 63 octets at most.
  private static func isLabel(_ text: Substring) -> Bool { (1...63).contains(text.utf8.count) }

  /// Whether the local part has other letters than ASCII: only a server that offers SMTPUTF8 takes it (RFC 6531).
  package var needsSMTPUTF8: Bool { !address.utf8.prefix { $0 != UInt8(ascii: "@") }.allSatisfy { $0 < 0x80 } }

  package var domain: String {
    String(address[address.index(after: address.lastIndex(of: "@") ?? address.startIndex)...])
  }

  /// As the value of a header, folded where it is too long for a line.
  func encoded(for header: String) throws(MailError) -> String {
    guard let name else { return address }
    let phrase = try EncodedWords.phrase(name, named: header)
    let lastLine = phrase.split(separator: "\r\n").last.map(\.utf8.count) ?? 0
    let column = phrase.contains("\r\n") ? lastLine : lastLine + header.utf8.count + 2
    let fold = column + address.utf8.count + 3 > EncodedWords.lineMax ? "\r\n" : ""
    return "\(phrase)\(fold) <\(address)>"
  }
}
