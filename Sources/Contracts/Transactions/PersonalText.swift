/// Texts that stand where an id or a code belongs and name a person all the same: an e-mail, or a phone number.
package enum PersonalText {
  /// Fewer digits than this make no phone number.
  private static let phoneDigitsMin = 8
  private static let separators = Set(" .-()/\u{A0}".unicodeScalars)

  /// Whether there is an e-mail or a phone number in a text. In doubt there is: an id of digits that begins like a
  /// phone number is taken for one.
  package static func names(aPersonIn text: String) -> Bool {
    var digits = ""
    var isInternational = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "@", "\u{FF20}", "\u{FE6B}": return true
      case "+", "\u{FF0B}":
        if isPhone(digits, isInternational) { return true }
        digits = ""
        isInternational = true
      case _ where separators.contains(scalar): continue
      case "0"..."9": digits.unicodeScalars.append(scalar)
      default:
        if let digit = foreignDigit(scalar) {
          digits += "\(digit)"
        } else {
          if isPhone(digits, isInternational) { return true }
          digits = ""
          isInternational = false
        }
      }
    }
    return isPhone(digits, isInternational)
  }

  /// A digit of another script, such as those of full width.
  private static func foreignDigit(_ scalar: Unicode.Scalar) -> Int? {
    guard !scalar.isASCII, scalar.properties.numericType == .decimal else { return nil }
    return scalar.properties.numericValue.map { Int($0) }
  }

  /// `text` as it may be told again: overwritten whole where it names a person.
  package static func shown(_ text: String) -> String {
    names(aPersonIn: text)
      ? String(repeating: "*", count: min(text.unicodeScalars.count, FieldRules.idLengthMax)) : text
  }

  /// With its plus, after a zero of the line or two of the country, or with the code of the home country.
  private static func isPhone(_ digits: String, _ isInternational: Bool) -> Bool {
    let count = digits.utf8.count
    guard count >= phoneDigitsMin, count <= 17 else { return false }
    if isInternational { return true }
    if digits.hasPrefix("00") { return !digits.hasPrefix("000") && count >= 10 }
    if digits.hasPrefix("0") { return (9...11).contains(count) }
    return digits.hasPrefix(PhoneNumber.homeCountry) && PhoneNumber.normalised(digits) != nil
  }
}
