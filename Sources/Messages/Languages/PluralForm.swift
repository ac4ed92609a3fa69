import Loyalty

/// The plural categories of CLDR.
package enum PluralForm: String, CaseIterable, Sendable {
  case zero, one, two, few, many, other
}

extension Language {
  /// Those that the language has for whole numbers, by the rules of CLDR (supplemental/plurals).
  package var pluralForms: [PluralForm] {
    switch self {
    case .vietnamese, .chinese, .indonesian, .japanese, .korean: [.other]
    case .english, .german: [.one, .other]
    case .french, .spanish: [.one, .many, .other]
    case .russian: [.one, .few, .many, .other]
    }
  }

  package func pluralForm(of count: Points) -> PluralForm {
    let number = count.value.magnitude
    switch self {
    case .vietnamese, .chinese, .indonesian, .japanese, .korean: return .other
    case .english, .german: return number == 1 ? .one : .other
    case .french: return number <= 1 ? .one : Self.isMillions(number) ? .many : .other
    case .spanish: return number == 1 ? .one : Self.isMillions(number) ? .many : .other
    case .russian:
      let tens = number % 100
      switch number % 10 {
      case 1 where tens != 11: return .one
      case 2...4 where !(12...14).contains(tens): return .few
      default: return .many
      }
    }
  }

  private static func isMillions(_ number: UInt64) -> Bool { number > 0 && number % 1_000_000 == 0 }
}
