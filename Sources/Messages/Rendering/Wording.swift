/// A message in words.
package struct Wording: Equatable, Sendable {
  package var subject: String
  package var body: String
  /// nil: it goes out as text alone.
  package var html: String?
  /// As a person would write it; `SMSText` makes it what is sent.
  package var sms: String

  package init(subject: String, body: String, html: String? = nil, sms: String) {
    self.subject = subject
    self.body = body
    self.html = html
    self.sms = sms
  }
}

extension MessageTemplate {
  /// The message of these facts. A language that the template does not have is its first one.
  package func write(_ told: TemplateFacts, in language: Language, brand: Brand) -> Wording {
    guard let texts = texts[language] ?? texts[languages[0]] else { preconditionFailure("a template has a language") }
    let facts = brand.added(to: told)
    let renderer = TemplateRenderer(facts: facts, language: language)
    let subject = Whitespace.line(renderer.text(of: texts.subject))
    let saysWayOut = TemplatePart.fieldNames(in: texts.text).contains("unsubscribeUrl")
    let html = texts.html.map { parts in
      let content = Whitespace.markup(renderer.text(of: parts))
      return texts.isDocument
        ? content + "\n"
        : LetterFrame.html(around: content, subject: subject, brand: brand, facts: facts, language: language)
    }
    return Wording(
      subject: subject,
      body: Whitespace.letter(renderer.text(of: texts.text))
        + LetterFrame.textFoot(brand, facts, language, saysWayOut: saysWayOut),
      html: html, sms: Whitespace.line(renderer.text(of: texts.sms)))
  }
}
