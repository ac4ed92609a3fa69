/// What stands around the HTML of a letter: a page that mail clients show light and dark, the brand above it, its
/// address and the way out below.
///
/// Styles stand inline, for clients that drop `<style>`; what is in there only turns the page dark. No tables.
enum LetterFrame {
  static func html(
    around content: String, subject: String, brand: Brand, facts: TemplateFacts, language: Language
  ) -> String {
    let accent = (BrandColor(brand.accentColor) ?? BrandColor.black).hexadecimal
    return """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
      <title>\(Escaping.markup(subject))</title>
      <style>
      \(style)
      </style>
      </head>
      <body class="page" style="margin:0;padding:0;background-color:#f3f4f6;color:#1c2024">
      <div class="page" style="padding:24px 12px;background-color:#f3f4f6;color:#1c2024;\(font)">
      <div class="card" style="max-width:504px;margin:0 auto;padding:28px;\(card)">
      <div style="height:4px;margin:-28px -28px 24px;border-radius:10px 10px 0 0;background-color:\(accent)"></div>
      \(heading(brand, facts))
      \(content)
      </div>
      \(foot(brand, facts, language))
      </div>
      </body>
      </html>

      """
  }

  private static let font =
    "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:16px;line-height:1.5"
  private static let card =
    "background-color:#ffffff;color:#1c2024;border:1px solid #e2e5ea;border-radius:12px;overflow-wrap:break-word"

  private static let style = """
    :root { color-scheme: light dark; supported-color-schemes: light dark; }
    .card a { color: #0b57d0; }
    @media (prefers-color-scheme: dark) {
    .page { background-color: #15171b !important; color: #e9ebee !important; }
    .card { background-color: #23262c !important; color: #e9ebee !important; border-color: #3a3f48 !important; }
    .card a { color: #a8c7fa !important; }
    .foot, .foot a { color: #aab1bc !important; }
    }
    """

  /// A logo, or the programme's name where there is none.
  private static func heading(_ brand: Brand, _ facts: TemplateFacts) -> String {
    guard case .text(let program)? = facts.values["programName"] else { return "" }
    let name = Escaping.markup(program)
    guard let logo = brand.logoUrl else {
      return "<p style=\"margin:0 0 20px;font-size:14px;font-weight:600;letter-spacing:.02em\">\(name)</p>"
    }
    return "<p style=\"margin:0 0 20px\"><img src=\"\(Escaping.link(logo))\" alt=\"\(name)\" height=\"40\""
      + " style=\"display:block;height:40px;max-width:100%;border:0\"></p>"
  }

  private static func foot(_ brand: Brand, _ facts: TemplateFacts, _ language: Language) -> String {
    var lines = footLines(brand, facts, language).map(Escaping.markup)
    if case .link(let url)? = facts.values["unsubscribeUrl"] {
      let word = Escaping.markup(language.unsubscribeWord)
      lines.append("<a href=\"\(Escaping.link(url))\" style=\"color:#596170;text-decoration:underline\">\(word)</a>")
    }
    guard !lines.isEmpty else { return "" }
    return "<p class=\"foot\" style=\"max-width:504px;margin:16px auto 0;padding:0 28px;color:#596170;"
      + "font-size:13px;line-height:1.5;overflow-wrap:break-word\">\(lines.joined(separator: "<br>\n"))</p>"
  }

  private static func footLines(_ brand: Brand, _ facts: TemplateFacts, _ language: Language) -> [String] {
    let words = brand.footer[language] ?? brand.footer[.english]
    return [words, brand.postalAddress].compactMap { $0 }.flatMap { text in
      text.split(whereSeparator: \.isNewline).map(String.init)
    }
  }

  /// The same below a text; empty where there is nothing to say.
  static func textFoot(_ brand: Brand, _ facts: TemplateFacts, _ language: Language, saysWayOut: Bool) -> String {
    var lines = footLines(brand, facts, language).map(Escaping.line)
    if !saysWayOut, case .link(let url)? = facts.values["unsubscribeUrl"] {
      lines.append("\(language.unsubscribeWord): \(Escaping.line(url))")
    }
    return lines.isEmpty ? "" : "\n--\n" + lines.joined(separator: "\n") + "\n"
  }
}
