/// A name and an address: `Journey Rewards <points@example.com>`.
package struct Mailbox: Equatable, Sendable {
  package let name: String?
  package let address: String

  /// RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain, 256 with the brackets for both.
  private static let addressBytesMax = 254

  /// nil unless the address is one that can be written to: one @ with text on both sides, no spaces, no controls, no
  /// quoting.
  package init?(name: String? = nil, address: String) {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    let isClean = address.unicodeScalars.allSatisfy { scalar in
      !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        && !"<>()[]\\,;:\"".unicodeScalars.contains(scalar)
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

  package var domain: String {
    String(address[address.index(after: address.lastIndex(of: "@") ?? address.startIndex)...])
  }

  func encoded() throws(MailError) -> String {
    guard let name else { return address }
    return "\(try EncodedWords.phrase(name, named: "From")) <\(address)>"
  }
}
