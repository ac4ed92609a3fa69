import Contracts
import JSON

/// Reads a template document, and notes all that is wrong with it by its JSON path. Fields that nobody knows are wrong:
/// a document that relies on one must not look accepted.
final class TemplateReading {
  private(set) var problems: [String] = []

  /// Bytes of one text.
  private static let subjectMax = 500
  private static let textMax = 16 << 10
  private static let htmlMax = 64 << 10
  private static let smsMax = 1 << 10
  private static let pushTitleMax = 500
  private static let pushBodyMax = 2 << 10
  private static let linesMax = 2_000
  private static let footerMax = 1 << 10

  func document(_ node: JSONNode) -> TemplateDocument? {
    guard
      members(node, ["id", "programId", "version", "withdrawn", "languages", "brand"]) != nil
    else { return nil }
    let programId = node["programId"].flatMap { readId($0) }
    let version = required(node, "version").flatMap { readVersion($0) }
    guard let field = required(node, "id"), let id = readId(field), let version else { return nil }
    let isWithdrawn = node["withdrawn"].map { readFlag($0) } ?? false
    let content: TemplateDocument.Content?
    if id == TemplateDocument.brandId {
      refuse(node, "languages", "is a template's; a brand has brand")
      content = isWithdrawn ? withdrawn(node) : required(node, "brand").flatMap { brand($0) }.map { .brand($0) }
    } else if let kind = TemplateKind.named(id) {
      refuse(node, "brand", "belongs in a document of its own, with the id brand")
      content =
        isWithdrawn
        ? withdrawn(node)
        : required(node, "languages").flatMap { template(kind, programId, version, $0) }.map { .template($0) }
    } else {
      let known = (TemplateKind.all.map(\.id) + [TemplateDocument.brandId]).joined(separator: ", ")
      note(field, "must be one of \(known)")
      return nil
    }
    return content.map { TemplateDocument(id: id, programId: programId, version: version, content: $0) }
  }

  private func withdrawn(_ node: JSONNode) -> TemplateDocument.Content {
    for name in ["languages", "brand"] { refuse(node, name, "says nothing in a document that withdraws") }
    return .withdrawn
  }

  // MARK: Languages

  private func template(
    _ kind: TemplateKind, _ programId: String?, _ version: Int, _ node: JSONNode
  ) -> MessageTemplate? {
    guard let members = members(node, Language.allCases.map(\.rawValue)) else { return nil }
    if node.members?.isEmpty == true { note(node, "must hold a language, such as \"vi\"") }
    var texts: [Language: TemplateTexts] = [:]
    var languages: [Language] = []
    for (tag, member) in members {
      guard let language = Language(rawValue: tag) else { continue }
      texts[language] = self.texts(kind, language, member)
      languages.append(language)
    }
    guard !languages.isEmpty, texts.count == languages.count else { return nil }
    return MessageTemplate(kind, programId: programId, version: version, languages: languages, texts: texts)
  }

  private func texts(_ kind: TemplateKind, _ language: Language, _ node: JSONNode) -> TemplateTexts? {
    guard members(node, ["subject", "text", "html", "sms", "push"]) != nil else { return nil }
    func parts(_ field: JSONNode, _ most: Int, isHTML: Bool = false) -> [TemplatePart]? {
      guard let text = lines(field, most) else { return nil }
      let (parts, faults) = TemplateParser.parse(text, as: kind, in: language, isHTML: isHTML)
      for fault in faults { note(field, "\(fault)") }
      return faults.isEmpty ? parts : nil
    }
    let subject = required(node, "subject").flatMap { parts($0, Self.subjectMax) }
    let text = required(node, "text").flatMap { parts($0, Self.textMax) }
    let sms = required(node, "sms").flatMap { parts($0, Self.smsMax) }
    let html = node["html"].map { parts($0, Self.htmlMax, isHTML: true) }
    let isDocument = node["html"].flatMap { lines($0, Self.htmlMax) }.map(HTMLScanner.isDocument) ?? false
    var push: TemplateTexts.Push?
    if let field = node["push"], members(field, ["title", "body"]) != nil {
      let title = required(field, "title").flatMap { parts($0, Self.pushTitleMax) }
      let body = required(field, "body").flatMap { parts($0, Self.pushBodyMax) }
      if let title, let body { push = TemplateTexts.Push(title: title, body: body) }
    }
    guard let subject, let text, let sms, html == nil || html != .some(nil), node["push"] == nil || push != nil
    else { return nil }
    return TemplateTexts(
      subject: subject, text: text, html: html ?? nil, isDocument: isDocument, sms: sms, push: push)
  }

  /// A text, or a list of its lines.
  func lines(_ field: JSONNode, _ most: Int) -> String? {
    let text: String
    if let whole = field.string {
      text = whole
    } else if let elements = field.elements, elements.count <= Self.linesMax, elements.allSatisfy({ $0.string != nil })
    {
      text = elements.compactMap(\.string).joined(separator: "\n")
    } else {
      note(field, "must be a text, or a list of at most \(Self.linesMax) lines")
      return nil
    }
    guard !text.allSatisfy(\.isWhitespace), text.utf8.count <= most else {
      note(field, "must have 1 to \(most) bytes")
      return nil
    }
    guard !text.unicodeScalars.contains(where: Self.isOdd) else {
      note(field, "holds a control character")
      return nil
    }
    return text
  }

  private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }

  // MARK: Brand

  private func brand(_ node: JSONNode) -> Brand? {
    guard
      members(node, ["senderName", "accentColor", "logoUrl", "postalAddress", "footer"]) != nil
    else { return nil }
    var brand = Brand()
    brand.senderName = node["senderName"].flatMap { line($0) }
    if let field = node["accentColor"] {
      if let text = field.string, BrandColor(text) != nil {
        brand.accentColor = text
      } else {
        note(field, "must be a colour such as #8a4b2a")
      }
    }
    if let field = node["logoUrl"] {
      if let url = line(field), url.hasPrefix("https://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
        brand.logoUrl = url
      } else {
        note(field, "must be a link that begins with https://, in ASCII")
      }
    }
    brand.postalAddress = node["postalAddress"].flatMap { lines($0, Self.footerMax) }
    if let footer = node["footer"], let members = members(footer, Language.allCases.map(\.rawValue)) {
      for (tag, member) in members {
        guard let language = Language(rawValue: tag) else { continue }
        brand.footer[language] = lines(member, Self.footerMax)
      }
    }
    return brand
  }

  private func line(_ field: JSONNode) -> String? {
    guard let text = field.string, !text.isEmpty, text.utf8.count <= FieldRules.textBytesMax,
      Escaping.line(text) == text
    else {
      note(field, "must be a text of one line, of 1 to \(FieldRules.textBytesMax) bytes")
      return nil
    }
    return text
  }

  // MARK: Fields

  func note(_ field: JSONNode, _ problem: String) { problems.append("\(field.path) \(problem)") }

  private func refuse(_ node: JSONNode, _ name: String, _ problem: String) {
    if let field = node[name] { note(field, problem) }
  }

  /// The members; nil where it is no object.
  func members(_ node: JSONNode, _ known: [String]) -> [(key: String, node: JSONNode)]? {
    guard let members = node.members else {
      note(node, "must be an object, not \(node.kind)")
      return nil
    }
    for (key, member) in members where !known.contains(key) {
      note(member, "is none of \(known.joined(separator: ", "))")
    }
    return members.filter { known.contains($0.key) }
  }

  func required(_ node: JSONNode, _ name: String) -> JSONNode? {
    guard let field = node[name] else {
      problems.append("\(node.path).\(name) is missing")
      return nil
    }
    return field
  }

  func readId(_ field: JSONNode) -> String? {
    guard let text = field.string, FieldRules.isId(text) else {
      note(field, "must have 1 to \(FieldRules.idLengthMax) printable characters, no spaces around")
      return nil
    }
    return text
  }

  private func readVersion(_ field: JSONNode) -> Int? {
    guard let number = field.integer, (1...TemplateDocument.versionMax).contains(number) else {
      note(field, "must be a whole number from 1 to \(TemplateDocument.versionMax)")
      return nil
    }
    return Int(number)
  }

  private func readFlag(_ field: JSONNode) -> Bool {
    guard let flag = field.bool else {
      note(field, "must be true or false")
      return false
    }
    return flag
  }
}
