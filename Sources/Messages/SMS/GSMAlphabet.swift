/// The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1 and §6.2.1.1).
enum GSMAlphabet {
  /// One septet each.
  private static let basic = Set(
    ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
  /// Two: an escape goes before them.
  private static let extended = Set("\u{C}^{}\\[~]|€".unicodeScalars)

  /// What a character takes; nil: it is not there.
  static func septets(_ scalar: Unicode.Scalar) -> Int? {
    basic.contains(scalar) ? 1 : extended.contains(scalar) ? 2 : nil
  }

  static func holds(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { septets($0) != nil } }
}
