/// Phone numbers as people write them, brought to E.164 (`+84901234567`), so that one number has one spelling.
package enum PhoneNumber {
  /// Vietnam: numbers without a country code are taken for national ones.
  static let homeCountry = "84"
  /// What old 11-digit mobile numbers became in 2018 (decision 798/QĐ-BTTTT): 0162… is 032… today.
  private static let newPrefixes: [String: String] = [
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
  ]
  private static let separators = Set(" .-()/\u{A0}".unicodeScalars)
  private static let e164Digits = 7...15

  /// E.164, or nil where the text is no phone number: `0901 234 567`, `+84 901.234.567`, `0084901234567` and
  /// `84901234567` are all `+84901234567`.
  package static func normalised(_ text: String) -> String? {
    var digits = ""
    var isInternational = false
    for scalar in text.unicodeScalars where !separators.contains(scalar) {
      switch scalar {
      case "+" where digits.isEmpty && !isInternational: isInternational = true
      case "0"..."9": digits.unicodeScalars.append(scalar)
      default: return nil
      }
    }
    if !isInternational {
      if digits.hasPrefix("00") {
        digits.removeFirst(2)
      } else if digits.hasPrefix("0") {
        digits = homeCountry + digits.dropFirst()
      } else if !(digits.hasPrefix(homeCountry) && (11...12).contains(digits.utf8.count)) {
        return nil
      }
    }
    guard digits.first != "0", e164Digits.contains(digits.utf8.count) else { return nil }
    guard digits.hasPrefix(homeCountry) else { return "+" + digits }
    return homeNumber(digits.dropFirst(homeCountry.count)).map { "+" + homeCountry + $0 }
  }

  /// The part after the country code: a mobile number has 9 digits, a landline starting with 2 has 10.
  private static func homeNumber(_ text: Substring) -> String? {
    // Written as +84 (0)901…
    var number = text.hasPrefix("0") ? text.dropFirst() : text
    if number.utf8.count == 10, let prefix = newPrefixes[String(number.prefix(3))] {
      number = prefix + number.dropFirst(3)
    }
    let isMobile = number.utf8.count == 9 && "35789".contains(number.first ?? "0")
    let isLandline = number.utf8.count == 10 && number.first == "2"
    return isMobile || isLandline ? String(number) : nil
  }
}
