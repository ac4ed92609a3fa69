import JSON
import Loyalty

/// What of a refused purchase may be told again: the fields that say what was bought, when and where, and how such a
/// value looks. A field that is not here is masked.
enum PassingField {
  case value(Kind)
  case object(Place)
  case list(Place)

  /// Which object a field stands in.
  enum Place { case event, data, member, line, payment }

  /// How a value looks that may pass.
  enum Kind {
    /// `purchase.completed`
    case type
    case instant
    case currency
    /// An exact decimal, as text or as a number, without a plus and without zeros in front.
    case amount
    /// An id that is no e-mail and no phone number.
    case id
    /// A word of the shop's own without spaces: names of people have them.
    case code
    /// `true`, `false` and `null`, which pass everywhere.
    case flag
  }

  init?(_ name: JSONText, in place: Place) {
    guard let field = Self.table[place]?.first(where: { name == $0.name })?.field else { return nil }
    self = field
  }

  private static let line: [(name: StaticString, field: PassingField)] = [
    ("sku", .value(.id)), ("lineId", .value(.id)), ("category", .value(.code)), ("brand", .value(.code)),
    ("tender", .value(.code)), ("quantity", .value(.amount)), ("amount", .value(.amount)),
    ("discount", .value(.amount)), ("tax", .value(.amount)), ("void", .value(.flag)),
  ]

  private static let data: [(name: StaticString, field: PassingField)] = [
    ("type", .value(.type)), ("id", .value(.id)), ("occurredAt", .value(.instant)), ("source", .value(.id)),
    ("member", .object(.member)), ("memberId", .value(.id)), ("currency", .value(.currency)),
    ("store", .value(.code)), ("channel", .value(.code)), ("programId", .value(.id)), ("purchaseId", .value(.id)),
    ("discount", .value(.amount)), ("shipping", .value(.amount)), ("tax", .value(.amount)),
    ("total", .value(.amount)), ("refund", .value(.amount)), ("lines", .list(.line)), ("returned", .list(.line)),
    ("payments", .list(.payment)),
  ]

  private static let table: [Place: [(name: StaticString, field: PassingField)]] = [
    .data: data,
    // Plain, or a CloudEvent with the event in `data`.
    .event: data + [
      ("specversion", .value(.amount)), ("time", .value(.instant)), ("data", .object(.data)),
    ],
    // Card, phone and e-mail are known, and hidden.
    .member: [("id", .value(.id))],
    .line: line,
    .payment: [("tender", .value(.code)), ("amount", .value(.amount))],
  ]
}

extension PassingField.Kind {
  private static let codeBytesMax = 64
  /// A longer number in the place of an id may be a phone's.
  private static let numberedIdDigitsMax = 6

  func passes(number: String) -> Bool {
    switch self {
    case .amount: Self.isAmount(number)
    case .id: Self.consists(of: number, upTo: Self.numberedIdDigitsMax, where: Self.isDigit)
    case .type, .instant, .currency, .code, .flag: false
    }
  }

  func passes(_ text: String) -> Bool {
    switch self {
    case .type:
      Self.consists(of: text, upTo: Self.codeBytesMax) { Self.isSmallLetter($0) || $0 == "." || $0 == "-" }
        && text.hasPrefix("purchase.")
    case .instant:
      Self.consists(of: text, upTo: 40) { Self.isDigit($0) || "TZtz:+-./ ".unicodeScalars.contains($0) }
        && Self.isDate(text)
    case .currency: Self.consists(of: text, upTo: 4, where: Self.isLetter)
    case .amount: Self.isAmount(text)
    case .id: FieldRules.isId(text) && !PersonalText.names(aPersonIn: text)
    case .code:
      Self.consists(of: text, upTo: Self.codeBytesMax) {
        $0.properties.isAlphabetic || Self.isDigit($0) || "._:/#-".unicodeScalars.contains($0)
      } && !PersonalText.names(aPersonIn: text)
    case .flag: false
    }
  }

  /// Begins with a day: not a phone number that somebody wrote in groups.
  private static func isDate(_ text: String) -> Bool {
    let parts = text.unicodeScalars.split(omittingEmptySubsequences: false) { !isDigit($0) }
    return parts.count >= 3 && [2, 4].contains(parts[0].count) && (1...2).contains(parts[1].count)
      && [1, 2, 4].contains(parts[2].count) && !PersonalText.names(aPersonIn: text)
  }

  private static func isAmount(_ text: String) -> Bool {
    let number = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let parts = number.unicodeScalars.split(omittingEmptySubsequences: false) { ".,".unicodeScalars.contains($0) }
    guard (1...6).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.count <= 15 && $0.allSatisfy(isDigit) })
    else { return false }
    return parts[0].count == 1 || parts[0].first != "0"
  }

  private static func consists(
    of text: String, upTo bytesMax: Int, where isOne: (Unicode.Scalar) -> Bool
  ) -> Bool {
    !text.isEmpty && text.utf8.count <= bytesMax && text.unicodeScalars.allSatisfy(isOne)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isSmallLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    isSmallLetter(scalar) || ("A"..."Z").contains(scalar)
  }
}
