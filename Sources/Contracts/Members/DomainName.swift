import CIDN2

/// Domain names in other letters than ASCII (IDNA 2008 with the mapping of UTS 46, by libidn2).
package enum DomainName {
  static let encodedPrefix = "xn--"

  /// The one spelling of all that name the same host: in small letters, and written out (`bücher.example`) where a
  /// sender has it encoded (`xn--bcher-kva.example`). What is no domain name stays as it is.
  static func normalised(_ text: String) -> String {
    let small = text.lowercased()
    guard !small.utf8.allSatisfy({ $0 < 0x80 }) || small.contains(encodedPrefix) else { return small }
    return encoded(small).flatMap { writtenOut($0) } ?? small
  }

  /// As it goes over the wire (RFC 5890, A-labels): `bücher.example` is `xn--bcher-kva.example`. nil where letters
  /// beyond ASCII are in it that no domain name may have.
  package static func inASCII(_ text: String) -> String? {
    text.utf8.allSatisfy { $0 < 0x80 } ? text : encoded(text.lowercased())
  }

  private static func encoded(_ text: String) -> String? {
    text.withCString { input in
      var output: UnsafeMutablePointer<CChar>?
      let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
      guard idn2_to_ascii_8z(input, &output, flags) == IDN2_OK.rawValue, let output else { return nil }
      defer { idn2_free(output) }
      return String(cString: output)
    }
  }

  private static func writtenOut(_ encoded: String) -> String? {
    encoded.withCString { input in
      var output: UnsafeMutablePointer<CChar>?
      guard idn2_to_unicode_8z8z(input, &output, 0) == IDN2_OK.rawValue, let output else { return nil }
      defer { idn2_free(output) }
      return String(cString: output)
    }
  }
}
