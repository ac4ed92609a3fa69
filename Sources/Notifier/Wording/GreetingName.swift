import Foundation

/// The name that a greeting may say.
///
/// A profile's name is whatever somebody wrote into a form. One that is no name would make the message say what its
/// writer wants, to whoever owns the address: a link, an address, a phone number, marks that turn the writing round.
/// So a name is what consists of letters and of what names have between them; anything else is greeted without one.
package enum GreetingName {
  private static let charactersMax = 80
  private static let bytesMax = 320
  /// In all: `Minh 2` is a name, a phone number is none.
  private static let digitsMax = 3
  /// On one letter; more are there to deface what stands around it.
  private static let marksMax = 4
  private static let betweenLetters = Set("-‐‑'’‘ʼ·・".unicodeScalars)
  private static let joiners = Set("\u{200C}\u{200D}".unicodeScalars)

  /// With single spaces; nil for what is no name.
  package static func read(_ text: String?) -> String? {
    guard let text, text.utf8.count <= bytesMax else { return nil }
    let words = text.precomposedStringWithCanonicalMapping.unicodeScalars.split { scalar in
      scalar.properties.generalCategory == .spaceSeparator
    }
    guard !words.isEmpty, words.allSatisfy(isWord), words.contains(where: { $0.contains(where: isLetter) }),
      words.joined().filter({ $0.properties.generalCategory == .decimalNumber }).count <= digitsMax
    else { return nil }
    let name = words.map { String($0) }.joined(separator: " ")
    return name.count <= charactersMax ? name : nil
  }

  private static func isWord(_ word: Substring.UnicodeScalarView) -> Bool {
    var last: Unicode.Scalar?
    var marks = 0
    for (index, scalar) in zip(word.indices, word) {
      let next = word[word.index(after: index)...].first
      guard belongs(scalar, after: last, before: next) else { return false }
      marks = isMark(scalar) ? marks + 1 : 0
      guard marks <= marksMax else { return false }
      if scalar == ".", !endsInitial(word[word.index(after: index)...]) { return false }
      last = scalar
    }
    return true
  }

  private static func belongs(
    _ scalar: Unicode.Scalar, after last: Unicode.Scalar?, before next: Unicode.Scalar?
  ) -> Bool {
    let follows = last.map { isLetter($0) || isMark($0) } ?? false
    // Some scripts need them between two letters, and some names a form of a letter that is not the usual one.
    if joiners.contains(scalar) { return follows && (next.map(isLetter) ?? false) }
    if scalar.properties.isVariationSelector { return follows }
    // What cannot be seen is no part of a name, though some of it counts as a letter.
    if scalar.properties.isDefaultIgnorableCodePoint { return false }
    if isMark(scalar) { return follows || (last.map { joiners.contains($0) } ?? false) }
    if isLetter(scalar) || scalar.properties.generalCategory == .decimalNumber { return true }
    // `Smith, John`; `O'Brien`, `'t Hooft`; `J. R. R.`
    if scalar == "," { return last != nil && next == nil }
    return scalar == "." ? follows : betweenLetters.contains(scalar) && (last != nil || next != nil)
  }

  /// After a full stop a word ends, or has one letter more: `J.R.R.` and `Ph.D.` do not become links, `evil.example`
  /// would.
  private static func endsInitial(_ rest: Substring.UnicodeScalarView) -> Bool {
    let letters = rest.prefix { isLetter($0) || isMark($0) || $0.properties.generalCategory == .decimalNumber }
    return letters.filter { !isMark($0) }.count <= 1
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: true
    default: false
    }
  }
}
