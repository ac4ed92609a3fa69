import Contracts
import JSON
import Loyalty
import Messages
import Testing

/// Templates of points-earned in English, where nothing else is said.
enum Sample {
  static func kind(_ id: String) throws -> TemplateKind { try #require(TemplateKind.named(id)) }

  static func calendar() throws -> ZoneCalendar { try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")) }

  static func facts(_ sample: SampleCase = .usual, of id: String = "points-earned") throws -> TemplateFacts {
    sample.facts(try kind(id), calendar: try calendar())
  }

  static func json(
    subject: String = "s", text: String = "t", html: String? = nil, sms: String = "m", language: String = "en",
    id: String = "points-earned", version: Int = 1, programId: String? = nil
  ) -> JSONValue {
    var texts: [JSONValue.Member] = [
      .init("subject", .string(subject)), .init("text", .string(text)), .init("sms", .string(sms)),
    ]
    if let html { texts.append(.init("html", .string(html))) }
    var members: [JSONValue.Member] = [.init("id", .string(id)), .init("version", .number("\(version)"))]
    if let programId { members.append(.init("programId", .string(programId))) }
    return .object(members + [.init("languages", .object([.init(language, .object(texts))]))])
  }

  static func document(
    subject: String = "s", text: String = "t", html: String? = nil, sms: String = "m", language: String = "en"
  ) throws -> MessageTemplate {
    let read = try TemplateDocument(json(subject: subject, text: text, html: html, sms: sms, language: language))
    guard case .template(let template) = read.content else { throw Unexpected() }
    return template
  }

  struct Unexpected: Error {}

  static func write(_ template: MessageTemplate, _ facts: TemplateFacts? = nil) throws -> Wording {
    template.write(try facts ?? self.facts(), in: template.languages[0], brand: .plain)
  }

  /// What a subject becomes, and what is wrong with it.
  static func subject(_ template: String) throws -> (String, [String]) {
    (try write(document(subject: template)).subject, faults(template))
  }

  static func faults(_ template: String, isHTML: Bool = false) -> [String] {
    guard let kind = TemplateKind.named("points-earned") else { return ["no kind"] }
    return TemplateParser.parse(template, as: kind, in: .english, isHTML: isHTML).faults.map(\.description)
  }

  /// What of a letter's HTML the template wrote.
  static func html(_ template: String, _ facts: TemplateFacts? = nil) throws -> String {
    let page = try #require(try write(document(html: template), facts).html)
    return page
  }
}
