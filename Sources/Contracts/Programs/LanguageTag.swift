import Foundation
import JSON
import Loyalty

/// Languages as documents name them: tags of BCP 47.
enum LanguageTag {
  static func isTag(_ text: String) -> Bool {
    (2...35).contains(text.utf8.count) && text.utf8.allSatisfy { isTagByte($0) }
  }

  /// Whether a tag begins with a language of ISO 639.
  static func isLanguage(_ tag: String) -> Bool {
    guard let code = tag.split(separator: "-").first else { return false }
    return Locale.LanguageCode(code.lowercased()).isISOLanguage
  }

  private static func isTagByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// The `names` of a programme, a level, a rule or a multiplier.
enum DisplayNamesDocument {
  static func names(_ fields: ProgramFields) -> DisplayNames {
    guard let node = fields.node["names"] else { return DisplayNames() }
    guard let members = node.members else {
      fields.problems.add(node.path, "must be an object of language tags and names, not \(node.kind)")
      return DisplayNames()
    }
    if members.isEmpty { fields.problems.add(node.path, "must hold a name, such as \"en\": \"Gold\"") }
    var names = DisplayNames()
    for (tag, field) in members {
      if !LanguageTag.isTag(tag) || !LanguageTag.isLanguage(tag) {
        fields.problems.add(field.path, "is named by no language tag, such as vi or en-GB")
      }
      if names.names.keys.contains(where: { $0.lowercased() == tag.lowercased() }) {
        fields.problems.add(field.path, "stands twice")
      }
      guard let name = fields.text(field) else { continue }
      if name.allSatisfy(\.isWhitespace) || name.contains(where: \.isNewline) {
        fields.problems.add(field.path, "must be a name of one line")
      }
      names.names[tag] = name
    }
    return names
  }
}
