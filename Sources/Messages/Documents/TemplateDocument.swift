import Contracts
import JSON

/// What one language of a template says.
package struct TemplateTexts: Equatable, Sendable {
  package var subject: [TemplatePart]
  package var text: [TemplatePart]
  package var html: [TemplatePart]?
  /// The html is a whole document, else what stands in the letter's frame.
  package var isDocument: Bool
  package var sms: [TemplatePart]
  /// nil: the subject and the SMS stand for it.
  package var push: Push?

  package struct Push: Equatable, Sendable {
    package var title: [TemplatePart]
    package var body: [TemplatePart]
  }
}

/// One version of a template.
package final class MessageTemplate: Equatable, Sendable {
  package let kind: TemplateKind
  /// nil: of all programmes that have none of their own.
  package let programId: String?
  /// nil: it is shipped.
  package let version: Int?
  /// In the document's order; one at least.
  package let languages: [Language]
  package let texts: [Language: TemplateTexts]

  init(
    _ kind: TemplateKind, programId: String?, version: Int?, languages: [Language], texts: [Language: TemplateTexts]
  ) {
    self.kind = kind
    self.programId = programId
    self.version = version
    self.languages = languages
    self.texts = texts
  }

  package static func == (left: MessageTemplate, right: MessageTemplate) -> Bool {
    left.kind.id == right.kind.id && left.programId == right.programId && left.version == right.version
      && left.languages == right.languages && left.texts == right.texts
  }
}

/// A value of `loyalty.templates`: a version of a template, or of a brand.
package struct TemplateDocument: Equatable, Sendable {
  package let id: String
  package let programId: String?
  package let version: Int
  package let content: Content

  package enum Content: Equatable, Sendable {
    case template(MessageTemplate)
    case brand(Brand)
    /// There is none any more: what is more general counts again.
    case withdrawn
  }

  package static let brandId = "brand"
  package static let versionMax: Int64 = 1_000_000

  /// The key on the topic. No template's id has a colon, so it is one document's.
  package static func key(_ id: String, programId: String?, version: Int) -> String {
    [id, programId, "\(version)"].compactMap { $0 }.joined(separator: ":")
  }

  package var key: String { Self.key(id, programId: programId, version: version) }

  /// Throws everything that is wrong with it.
  package init(_ bytes: [UInt8]) throws(TemplateRefused) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw TemplateRefused(["\(error.path) is not JSON: \(error.message) at byte \(error.offset)"])
    }
    try self.init(value)
  }

  package init(_ value: JSONValue) throws(TemplateRefused) {
    let reading = TemplateReading()
    let document = reading.document(JSONNode(value))
    guard let document, reading.problems.isEmpty else { throw TemplateRefused(reading.problems) }
    self = document
  }

  init(id: String, programId: String?, version: Int, content: Content) {
    self.id = id
    self.programId = programId
    self.version = version
    self.content = content
  }
}

/// A template document that is not taken, with what is wrong with it.
package struct TemplateRefused: Error, Equatable, CustomStringConvertible {
  /// Each begins with a JSON path.
  package let sentences: [String]

  private static let sentencesMax = 20
  private static let sentenceMax = 400

  init(_ problems: [String]) {
    let more = problems.count - Self.sentencesMax
    sentences =
      problems.prefix(Self.sentencesMax).map { $0.toldWithin(Self.sentenceMax) }
      + (more > 0 ? ["and \(more) more"] : [])
  }

  package var description: String { sentences.joined(separator: "; ") }
}
