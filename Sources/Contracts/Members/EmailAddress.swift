import Foundation
import Loyalty

/// E-mail addresses, for finding a member by one.
package enum EmailAddress {
  /// One `@`, text on both sides and a dot after it; more is known only by writing to it.
  package static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return text.utf8.count <= 254 && parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".")
      && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
      && text.utf8.allSatisfy {
        $0 > 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: ",")
      }
  }

  /// The one spelling of all that count as the same; nil where the text is no address.
  ///
  /// Whatever the rule, letters with marks may be one character or two (NFC, NFD), and a domain in other letters than
  /// ASCII may be written out or encoded (`bücher.example`, `xn--bcher-kva.example`).
  package static func normalised(_ text: String, _ matching: EmailMatching) -> String? {
    guard !isPlain(text) else { return asSpelt(text, matching) }
    guard isAddress(text), let at = text.lastIndex(of: "@") else { return nil }
    let domain = DomainName.normalised(String(text[text.index(after: at)...]))
    return asSpelt(composed(String(text[..<at])) + "@" + domain, matching).map { composed($0) }
  }

  /// The same where letters and domains count as they are spelt, as they did up to release 0.1.0.
  package static func asSpelt(_ text: String, _ matching: EmailMatching) -> String? {
    guard isAddress(text), let at = text.lastIndex(of: "@") else { return nil }
    var name = String(text[..<at])
    let domain = text[text.index(after: at)...].lowercased()
    if matching != .exact { name = name.lowercased() }
    if matching == .anyCaseAndDots {
      name = String(name.prefix { $0 != "+" }.filter { $0 != "." })
      guard !name.isEmpty else { return text.lowercased() }
    }
    return name + "@" + domain
  }

  /// Of ASCII alone, and nothing of it encoded.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 } && !text.lowercased().contains(DomainName.encodedPrefix)
  }

  private static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }
}
