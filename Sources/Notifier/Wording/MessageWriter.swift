import Contracts
import Loyalty
import Messages
import StreamRuntime

/// Puts a message into words: by the template that counts when it is first attempted, and by the same one when it is
/// tried again, so that it says the same.
struct MessageWriter {
  private let templates: TemplateShelf

  init(_ templates: TemplateShelf) { self.templates = templates }

  struct Written {
    var wording: Wording
    let language: Language
    let template: TemplateUsed
    /// What it says, for those who have words of their own for it.
    let facts: TemplateFacts
    let brand: Brand

    /// Shown as the sender of an e-mail; nil: as the operator says.
    var senderName: String? { brand.senderName }
  }

  /// - Parameters:
  ///   - also: what the same purchase gave in other programmes.
  ///   - wayOut: where the member wants no more of these; nil: nowhere.
  func write(
    _ announcement: Announcement, _ program: Program, to profile: MemberProfile?, _ delivery: MessageRow.Delivery,
    also: [MessageFacts.Also], wayOut: String?
  ) -> Written {
    let catalog = templates.catalog
    let template = template(of: announcement, delivery, catalog)
    let again = delivery.attempts > 0 ? delivery.language : nil
    let language =
      again.flatMap { template.languages.contains($0) ? $0 : nil }
      ?? Language.choose(
        memberLocale: profile?.locale, programLocales: program.locales, among: template.languages)
    var told = announcement.facts(program, memberName: profile?.name, locale: profile?.locale)
    told.also = also
    var facts = told.fields(in: language)
    facts.values["unsubscribeUrl"] = wayOut.map { .link($0) }
    let brand = catalog.brand(of: announcement.programId)
    return Written(
      wording: template.write(facts, in: language, brand: brand), language: language,
      template: TemplateUsed(version: template.version, isOfProgramme: template.programId != nil),
      facts: facts, brand: brand)
  }

  private func template(
    of announcement: Announcement, _ delivery: MessageRow.Delivery, _ catalog: TemplateCatalog
  ) -> MessageTemplate {
    let id = announcement.template.rawValue
    if delivery.attempts > 0, let used = delivery.template {
      let programId = used.isOfProgramme ? announcement.programId : nil
      let before =
        used.version.map { catalog.version($0, of: id, programId: programId) } ?? ShippedTemplates.template(id)
      if let before { return before }
    }
    guard let template = catalog.template(id, for: announcement.programId) else {
      preconditionFailure("no template of \(id) is shipped")
    }
    return template
  }
}

/// Which version of its template a message was written by.
package struct TemplateUsed: Equatable, Sendable {
  /// nil: the shipped one.
  package var version: Int?
  /// It is the programme's own; else the one of all programmes.
  package var isOfProgramme: Bool

  package init(version: Int?, isOfProgramme: Bool) {
    self.version = version
    self.isOfProgramme = isOfProgramme
  }
}
