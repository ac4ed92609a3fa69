import Foundation
import Inquiry
import JSON
import Loyalty
import Messages
import ServiceKit

/// A template that a command is asked about: in a file, published, or shipped.
struct TemplateSource {
  let template: MessageTemplate
  let brand: Brand
  /// As its document has it.
  let value: JSONValue

  static let named = Setting.text(
    "template", placeholder: "FILE|ID", help: "A template document, or the name of a template, such as points-earned.")
  static let program = Setting.text(
    "program", placeholder: "ID", help: "Of a template that is named: as this programme's messages go by it."
  ).optional
  static let shipped = Setting.toggle(
    "shipped", help: "Of a template that is named: the one that is shipped; needs no broker.")
  static let settings: [any AnySetting] = [program, shipped]

  init(_ context: CommandContext) throws {
    let name = context.settings[Self.named]
    guard let kind = TemplateKind.named(name) else {
      let file = try TemplateFile(name)
      guard case .template(let template) = file.document.content else {
        throw CommandFailure("\(file.name) is no template but \(file.document.id)", isOfInput: true)
      }
      (self.template, brand, value) = (template, .plain, file.value)
      return
    }
    guard !context.settings[Self.shipped] else {
      (template, brand, value) = (try Self.shippedTemplate(kind), .plain, try Self.shippedValue(kind))
      return
    }
    let published = try PublishedTemplates(context.cluster)
    // No programme has an empty id, so it gets what all programmes get.
    let programId = context.settings[Self.program] ?? ""
    brand = published.catalog.brand(of: programId)
    let counting = try published.catalog.template(kind.id, for: programId) ?? Self.shippedTemplate(kind)
    template = counting
    let document = published.catalog.documents.first { $0.content == .template(counting) }
    value = try document.flatMap { try published.value(of: $0) } ?? Self.shippedValue(kind)
  }

  private static func shippedTemplate(_ kind: TemplateKind) throws -> MessageTemplate {
    guard let template = ShippedTemplates.template(kind.id) else { throw CommandFailure("\(kind.id) is not shipped") }
    return template
  }

  private static func shippedValue(_ kind: TemplateKind) throws -> JSONValue {
    try JSONValue(parsing: ShippedTemplates.document(kind.id) ?? [])
  }
}

/// The facts that a template is looked at with.
enum TemplateSample {
  static let language = Setting<Language>.choice(
    "language", help: "In which language; the template's first one if left out."
  ).optional
  static let sample = Setting.choice(
    "case", default: SampleCase.usual, help: "With which sample facts: bare has no names, long has very long ones.")
  static let memberName = Setting.text("member-name", help: "In place of the sample's name.").optional
  static let programName = Setting.text(
    "program-name", default: "Sen Coffee", help: "How the programme is called in it.")
  static let unsubscribeURL = Setting.text(
    "unsubscribe-url", placeholder: "URL", help: "Where the member wants no more of these."
  ).optional
  static let settings: [any AnySetting] = [language, sample, memberName, programName, unsubscribeURL]

  /// That of the samples: what has a date needs one.
  static var calendar: ZoneCalendar {
    guard let calendar = ZoneCalendar.shared("Asia/Ho_Chi_Minh") else { preconditionFailure("no time zones") }
    return calendar
  }

  static func write(_ source: TemplateSource, _ settings: Settings) throws -> (wording: Wording, language: Language) {
    let written = source.template.languages
    let language = settings[Self.language] ?? written[0]
    guard written.contains(language) else {
      let known = written.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure("\(source.template.kind.id) is not written in \(language.rawValue), but in \(known)")
    }
    let facts = settings[sample].facts(
      source.template.kind, programName: settings[programName], memberName: settings[memberName],
      unsubscribeUrl: settings[unsubscribeURL], calendar: calendar)
    return (source.template.write(facts, in: language, brand: source.brand), language)
  }
}
