import Foundation

/// What an SMS to the programme says, where it says one of a few words.
package enum SMSKeyword: String, CaseIterable, Sendable {
  case stop
  case start

  /// In whose language it is said.
  package struct Said: Equatable, Sendable {
    package let keyword: SMSKeyword
    package let language: PageLanguage

    package init(keyword: SMSKeyword, language: PageLanguage) {
      self.keyword = keyword
      self.language = language
    }
  }

  private static let words: [String: Said] = {
    func said(_ keyword: SMSKeyword, _ language: PageLanguage, _ words: String...) -> [(String, Said)] {
      words.map { ($0, Said(keyword: keyword, language: language)) }
    }
    let all =
      said(.stop, .english, "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")
      + said(.stop, .vietnamese, "TC", "TU CHOI", "HUY", "HUY QC", "TC QC")
      + said(.start, .english, "START", "UNSTOP", "SUBSCRIBE") + said(.start, .vietnamese, "DK", "DANG KY")
    return Dictionary(uniqueKeysWithValues: all)
  }()

  /// nil: it is another text. The whole of it must be the word, whatever its case and marks: Huy is a name, too.
  package static func read(_ text: String) -> Said? {
    let plain = PlainText.of(text).uppercased()
    let letters = plain.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    return words[letters]
  }
}

/// Letters without their marks, for phones that lack them.
enum PlainText {
  static func of(_ text: String) -> String {
    text.replacing("đ", with: "d").replacing("Đ", with: "D")
      .folding(options: .diacriticInsensitive, locale: Locale(identifier: "en_US_POSIX"))
  }
}
