import Contracts
import JSON

/// Which messages go by templates that a provider has (Zalo ZNS): the template's id there, and what stands in each of
/// its parameters. One document of an operator's, for ids belong to an account.
package struct ProviderTemplates: Equatable, Sendable {
  private let entries: [Place: Entry]

  private struct Place: Hashable, Sendable {
    let kindId: String
    /// nil: of all programmes that have none of their own.
    let programId: String?
    let language: Language
  }

  struct Entry: Equatable, Sendable {
    let templateId: String
    let parameters: [Parameter]
  }

  struct Parameter: Equatable, Sendable {
    let name: String
    let parts: [TemplatePart]
  }

  package static let bytesMax = 256 << 10
  package static let none = ProviderTemplates(entries: [:])

  private init(entries: [Place: Entry]) { self.entries = entries }

  /// Throws everything that is wrong with the document.
  package init(parsing bytes: [UInt8]) throws(TemplateRefused) {
    guard bytes.count <= Self.bytesMax else { throw TemplateRefused(["$ has more than \(Self.bytesMax) bytes"]) }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw TemplateRefused(["\(error.path) is not JSON: \(error.message) at byte \(error.offset)"])
    }
    let reading = TemplateReading()
    var entries: [Place: Entry] = [:]
    for read in reading.providerTemplates(JSONNode(value)) {
      let place = Place(kindId: read.kind.id, programId: read.programId, language: read.language)
      if entries.updateValue(read.entry, forKey: place) != nil {
        reading.note(read.node, "has the message, programme and language of one before it")
      }
    }
    guard reading.problems.isEmpty else { throw TemplateRefused(reading.problems) }
    self.entries = entries
  }

  /// Whether a message of this kind may go by a template at all, whatever its language.
  package func has(_ kindId: String, of programId: String) -> Bool {
    Language.allCases.contains { entry(kindId, programId, $0) != nil }
  }

  /// nil: there is no template in this language, or a parameter would stay empty, which providers refuse.
  package func message(
    _ kindId: String, of programId: String, _ told: TemplateFacts, in language: Language, brand: Brand
  ) -> TemplateMessage? {
    guard let entry = entry(kindId, programId, language) else { return nil }
    let facts = brand.added(to: told)
    let renderer = TemplateRenderer(facts: facts, language: language)
    var parameters: [TemplateMessage.Parameter] = []
    for parameter in entry.parameters {
      guard TemplatePart.unasked(in: parameter.parts).allSatisfy(facts.has) else { return nil }
      let text = Whitespace.line(renderer.text(of: parameter.parts))
      guard !text.isEmpty else { return nil }
      parameters.append(.init(name: parameter.name, value: text))
    }
    return TemplateMessage(templateId: entry.templateId, parameters: parameters)
  }

  private func entry(_ kindId: String, _ programId: String, _ language: Language) -> Entry? {
    entries[Place(kindId: kindId, programId: programId, language: language)]
      ?? entries[Place(kindId: kindId, programId: nil, language: language)]
  }
}

/// A message as a provider that has its template takes it.
package struct TemplateMessage: Equatable, Sendable {
  package let templateId: String
  package let parameters: [Parameter]

  package struct Parameter: Equatable, Sendable {
    package let name: String
    package let value: String
  }
}

extension TemplateReading {
  private static let templatesMax = 500
  private static let parametersMax = 50
  private static let parameterMax = 500

  struct ProviderTemplate {
    let node: JSONNode
    let kind: TemplateKind
    let programId: String?
    let language: Language
    let entry: ProviderTemplates.Entry
  }

  func providerTemplates(_ node: JSONNode) -> [ProviderTemplate] {
    guard members(node, ["templates"]) != nil, let list = required(node, "templates") else { return [] }
    guard let elements = list.elements, (1...Self.templatesMax).contains(elements.count) else {
      note(list, "must be a list of 1 to \(Self.templatesMax) templates")
      return []
    }
    return elements.compactMap(providerTemplate)
  }

  private func providerTemplate(_ node: JSONNode) -> ProviderTemplate? {
    guard members(node, ["message", "programId", "language", "templateId", "parameters"]) != nil else { return nil }
    let programId = node["programId"].flatMap { readId($0) }
    let kind = required(node, "message").flatMap { field -> TemplateKind? in
      if let kind = field.string.flatMap({ TemplateKind.named($0) }) { return kind }
      note(field, "must be one of \(TemplateKind.all.map(\.id).joined(separator: ", "))")
      return nil
    }
    let language = required(node, "language").flatMap { field -> Language? in
      if let language = field.string.flatMap({ Language(rawValue: $0) }) { return language }
      note(field, "must be one of \(Language.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    let templateId = required(node, "templateId").flatMap { name($0) }
    guard let kind, let language, let templateId else { return nil }
    guard let members = node["parameters"]?.members ?? (node["parameters"] == nil ? [] : nil),
      members.count <= Self.parametersMax
    else {
      note(node, "needs parameters that are an object of at most \(Self.parametersMax) texts")
      return nil
    }
    let parameters = members.compactMap { parameter($0.key, $0.node, kind, language) }
    return ProviderTemplate(
      node: node, kind: kind, programId: programId, language: language,
      entry: .init(templateId: templateId, parameters: parameters))
  }

  private func parameter(
    _ key: String, _ node: JSONNode, _ kind: TemplateKind, _ language: Language
  ) -> ProviderTemplates.Parameter? {
    guard Self.isName(key) else {
      note(node, "has a name of other than 1 to 64 letters, digits, - and _")
      return nil
    }
    guard let text = lines(node, Self.parameterMax) else { return nil }
    let (parts, faults) = TemplateParser.parse(text, as: kind, in: language)
    for fault in faults { note(node, "\(fault)") }
    return .init(name: key, parts: parts)
  }

  private func name(_ field: JSONNode) -> String? {
    if let text = field.string, Self.isName(text) { return text }
    note(field, "must be a text of 1 to 64 letters, digits, - and _")
    return nil
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        let small = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_")
      }
  }
}
