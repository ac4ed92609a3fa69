import Loyalty

/// What a programme's letters look like, and who writes them.
package struct Brand: Equatable, Sendable {
  /// Shown as the sender of e-mails; nil: as the operator's `--mail-from` says.
  package var senderName: String?
  var accentColor = "#0b6e4f"
  var logoUrl: String?
  var postalAddress: String?
  /// Lines below a letter, by language.
  var footer: [Language: String] = [:]

  package static let plain = Brand()

  /// The facts with what templates may say of the brand.
  func added(to facts: TemplateFacts) -> TemplateFacts {
    var facts = facts
    facts.values["accentColor"] = .color(accentColor)
    let textColor = BrandColor(accentColor)?.textColor ?? .black
    facts.values["accentTextColor"] = .color(textColor.hexadecimal)
    facts.values["senderName"] = senderName.map { .text($0) } ?? facts.values["programName"]
    facts.values["logoUrl"] = logoUrl.map { .link($0) }
    facts.values["postalAddress"] = postalAddress.map { .text($0) }
    return facts
  }
}
