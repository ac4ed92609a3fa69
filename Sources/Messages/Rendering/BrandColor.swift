import Foundation

/// A colour as documents name it, `#rgb` or `#rrggbb`, and how well one is read on another (WCAG 2.2).
package struct BrandColor: Equatable, Sendable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  static let white = BrandColor(red: 255, green: 255, blue: 255)
  static let black = BrandColor(red: 0, green: 0, blue: 0)

  private init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// nil for what is no colour of these forms.
  package init?(_ text: String) {
    guard text.hasPrefix("#"), text.utf8.count == 4 || text.utf8.count == 7 else { return nil }
    let digits = text.dropFirst().compactMap(\.hexDigitValue)
    guard digits.count == text.utf8.count - 1 else { return nil }
    let pairs = digits.count == 3 ? digits.flatMap { [$0, $0] } : digits
    let bytes = stride(from: 0, to: 6, by: 2).map { UInt8(16 * pairs[$0] + pairs[$0 + 1]) }
    self.init(red: bytes[0], green: bytes[1], blue: bytes[2])
  }

  /// As CSS writes it: also by some names, and as `rgb(r, g, b)`.
  init?(css text: String) {
    let small = text.lowercased().filter { !$0.isWhitespace }
    if let named = Self.named[small] ?? BrandColor(small) {
      self = named
      return
    }
    guard small.hasPrefix("rgb("), small.hasSuffix(")") else { return nil }
    let parts = small.dropFirst(4).dropLast().split(separator: ",").compactMap { UInt8($0) }
    guard parts.count == 3 else { return nil }
    self.init(red: parts[0], green: parts[1], blue: parts[2])
  }

  private static let named: [String: BrandColor?] = [
    "white": white, "black": black, "red": BrandColor("#ff0000"), "gray": BrandColor("#808080"),
    "grey": BrandColor("#808080"), "silver": BrandColor("#c0c0c0"), "navy": BrandColor("#000080"),
    "green": BrandColor("#008000"), "blue": BrandColor("#0000ff"), "yellow": BrandColor("#ffff00"),
    "orange": BrandColor("#ffa500"), "maroon": BrandColor("#800000"), "purple": BrandColor("#800080"),
  ]

  var hexadecimal: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Black or white, whichever is read better on it: one of them always has 4.5 : 1.
  var textColor: BrandColor {
    contrast(with: .white) >= contrast(with: .black) ? .white : .black
  }

  /// From 1 to 21 (WCAG 2.2, "contrast ratio").
  func contrast(with other: BrandColor) -> Double {
    let (one, two) = (luminance, other.luminance)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }

  /// WCAG 2.2, "relative luminance".
  private var luminance: Double {
    let parts = [red, green, blue].map { byte in
      let part = Double(byte) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
