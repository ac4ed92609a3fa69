import Foundation

extension Wording {
  /// With the way out at the end of the parts that do not show it yet.
  package func showing(wayOut url: String, in language: Language) -> Wording {
    var wording = self
    if !body.contains(url) { wording.body += "\n\(language.unsubscribeWord): \(Escaping.line(url))\n" }
    if let html, !html.contains(Escaping.link(url)) {
      let link = "<p><a href=\"\(Escaping.link(url))\">\(Escaping.markup(language.unsubscribeWord))</a></p>\n"
      let end = html.range(of: "</body>", options: [.caseInsensitive, .backwards])?.lowerBound ?? html.endIndex
      wording.html = String(html[..<end]) + link + html[end...]
    }
    return wording
  }
}
