import Contracts

/// Whether a number can take SMS, as far as its digits tell.
enum MobileNumber {
  enum Verdict: Equatable {
    /// In today's spelling.
    case takesSMS(String)
    /// A stable reason.
    case refused(String)
  }

  static let notMobile = "phone-not-mobile"
  static let unusable = "phone-unusable"

  private static let home = "+84"
  /// Viet Nam: the first two of the nine digits behind the country code that the plan of numbers gives to mobile
  /// networks (Ministry of Information and Communications, circular 22/2014/TT-BTTTT with its changes up to 2018).
  private static let homePrefixes: Set<String> = [
    "32", "33", "34", "35", "36", "37", "38", "39", "52", "55", "56", "58", "59", "70", "76", "77", "78", "79",
    "81", "82", "83", "84", "85", "86", "87", "88", "89", "90", "91", "92", "93", "94", "96", "97", "98", "99",
  ]

  /// - Parameter phone: E.164. Of other countries than Viet Nam that alone is asked: where their mobile numbers lie is
  ///   not known here.
  static func judge(_ phone: String) -> Verdict {
    guard let number = PhoneNumber.normalised(phone) else { return .refused(unusable) }
    guard number.hasPrefix(home) else { return .takesSMS(number) }
    let national = number.dropFirst(home.count)
    let isMobile = national.count == 9 && homePrefixes.contains(String(national.prefix(2)))
    return isMobile ? .takesSMS(number) : .refused(notMobile)
  }
}
