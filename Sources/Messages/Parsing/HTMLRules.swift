import Contracts

/// What HTML a template may hold: what mail clients show, and nothing that acts.
enum HTMLRules {
  static let void: Set<String> = ["br", "hr", "img", "meta", "col"]

  /// Those that a document has and the frame of a letter brings.
  private static let ofDocument: Set<String> = ["html", "head", "title", "meta", "style", "body"]
  private static let blocks: Set<String> = [
    "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "hr", "table", "section",
    "article", "header", "footer", "main", "figure",
  ]
  private static let inline: Set<String> = [
    "a", "abbr", "b", "br", "code", "em", "i", "img", "s", "small", "span", "strong", "sub", "sup", "u",
  ]
  /// With what they stand in.
  private static let inside: [String: Set<String>] = [
    "li": ["ul", "ol"], "dt": ["dl"], "dd": ["dl"], "figcaption": ["figure"], "caption": ["table"],
    "colgroup": ["table"], "col": ["colgroup"], "thead": ["table"], "tbody": ["table"], "tfoot": ["table"],
    "tr": ["thead", "tbody", "tfoot"], "td": ["tr"], "th": ["tr"],
    "head": ["html"], "body": ["html"], "title": ["head"], "meta": ["head"], "style": ["head"],
  ]
  /// Text stands in these, and no block.
  private static let phrases: Set<String> = inline.subtracting(["a"]).union([
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "caption",
  ])
  /// These alone stand in these.
  private static let content: [String: Set<String>] = [
    "ul": ["li"], "ol": ["li"], "dl": ["dt", "dd"], "colgroup": ["col"],
    "table": ["caption", "colgroup", "thead", "tbody", "tfoot"], "thead": ["tr"], "tbody": ["tr"], "tfoot": ["tr"],
    "tr": ["td", "th"], "html": ["head", "body"], "head": ["title", "meta", "style"],
  ]

  /// nil: the tag may stand there.
  static func problem(ofTag tag: String, in open: [String], isDocument: Bool, hasDoctype: Bool) -> String? {
    guard blocks.contains(tag) || inline.contains(tag) || ofDocument.contains(tag) || inside[tag] != nil else {
      return "<\(tag.toldWithin(30))> is none of the tags that mail clients show and that do nothing"
    }
    if ofDocument.contains(tag) {
      guard isDocument else {
        return "the letter's frame has <\(tag)>; begin with <!DOCTYPE html> to write all of it"
      }
      if tag == "html" {
        return open.isEmpty && hasDoctype ? nil : "<html> stands once, right behind <!DOCTYPE html>"
      }
    } else if isDocument, !open.contains("body") {
      return "<\(tag)> stands in <body>"
    }
    let parent = open.last
    if let homes = inside[tag], !(parent.map(homes.contains) ?? false) {
      return "<\(tag)> stands in <\(homes.sorted().joined(separator: "> or <"))>"
    }
    if let parent, let allowed = content[parent], !allowed.contains(tag) {
      return "in <\(parent)> stands <\(allowed.sorted().joined(separator: "> or <"))>, and no <\(tag)>"
    }
    if blocks.contains(tag), let phrase = open.last(where: phrases.contains) {
      return "a <\(tag)> cannot stand in a <\(phrase)>"
    }
    return tag == "a" && open.contains("a") ? "a link cannot stand in a link" : nil
  }

  private static let attributes: Set<String> = [
    "align", "alt", "aria-hidden", "aria-label", "bgcolor", "border", "cellpadding", "cellspacing", "charset", "class",
    "colspan", "content", "dir", "height", "href", "id", "lang", "name", "role", "rowspan", "scope", "src", "start",
    "style", "title", "valign", "width",
  ]
  private static let links = ["https://", "http://", "mailto:", "tel:"]

  /// nil: the attribute may have the value.
  static func problem(ofAttribute name: String, _ value: String, stand: Unicode.Scalar) -> String? {
    guard attributes.contains(name) else {
      return "\(name.toldWithin(30)) is none of the attributes that mail clients look at and that do nothing"
    }
    if name == "href" || name == "src" {
      let isField = value.unicodeScalars.first == stand
      let isLink = links.contains { value.lowercased().hasPrefix($0) } && (name == "href" || value.hasPrefix("http"))
      guard isField || isLink || name == "href" && value.hasPrefix("#") else {
        return "a link begins with https://, http://, mailto:, tel: or a field that is a whole link"
      }
    }
    let small = value.lowercased()
    if name == "style", ["url(", "expression", "@import", "\\", "/*"].contains(where: small.contains) {
      return "a style holds colours and measures, and brings nothing from elsewhere"
    }
    return nil
  }
}
