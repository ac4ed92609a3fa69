/// How well the text of HTML is read on what lies behind it, as far as inline styles say.
enum HTMLContrast {
  /// WCAG 2.2, success criterion 1.4.3.
  static let least = 4.5

  struct Colors {
    var text: BrandColor
    var background: BrandColor
  }

  /// Texts with less than that, with what they have; each pair of colours once.
  static func faults(in pieces: [HTMLScanner.Piece], on page: Colors) -> [(text: String, contrast: Double)] {
    var stack = [page]
    var found: [(text: String, contrast: Double)] = []
    var seen: Set<String> = []
    for piece in pieces {
      let now = stack.last ?? page
      switch piece {
      case .open(let tag, let attributes):
        guard !HTMLRules.void.contains(tag), tag != "!doctype" else { continue }
        stack.append(colors(of: attributes, within: now))
      case .close: if stack.count > 1 { stack.removeLast() }
      case .text(let text):
        let contrast = now.text.contrast(with: now.background)
        let words = Whitespace.line(text)
        guard !words.isEmpty, contrast < least,
          seen.insert(now.text.hexadecimal + now.background.hexadecimal).inserted
        else { continue }
        found.append((words, contrast))
      }
    }
    return found
  }

  private static func colors(of attributes: [String: String], within outer: Colors) -> Colors {
    var colors = outer
    if let color = attributes["bgcolor"].flatMap({ BrandColor(css: $0) }) { colors.background = color }
    for declaration in (attributes["style"] ?? "").split(separator: ";") {
      let parts = declaration.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = Whitespace.line(String(parts[0])).lowercased()
      switch name {
      case "color": colors.text = BrandColor(css: String(parts[1])) ?? colors.text
      case "background-color", "background":
        colors.background = BrandColor(css: String(parts[1])) ?? colors.background
      default: continue
      }
    }
    return colors
  }
}
