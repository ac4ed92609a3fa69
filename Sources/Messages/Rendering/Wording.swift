/// A message in words.
package struct Wording: Equatable, Sendable {
  package var subject: String
  package var body: String
  /// nil: it goes out as text alone.
  package var html: String?
  /// As a person would write it; `SMSText` makes it what is sent.
  package var sms: String
  package var push: PushText

  /// - Parameter push: nil: the subject and the SMS stand for it.
  package init(subject: String, body: String, html: String? = nil, sms: String, push: PushText? = nil) {
    self.subject = subject
    self.body = body
    self.html = html
    self.sms = sms
    self.push = push ?? PushText(title: subject, body: sms)
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
      html: html, sms: Whitespace.line(renderer.text(of: texts.sms)), push: push(texts, renderer))
  }

  /// nil where the template has none, or has nothing to say of these facts: a phone shows no empty message.
  private func push(_ texts: TemplateTexts, _ renderer: TemplateRenderer) -> PushText? {
    guard let parts = texts.push else { return nil }
    let push = PushText(
      title: Whitespace.line(renderer.text(of: parts.title)), body: Whitespace.line(renderer.text(of: parts.body)))
    return push.title.isEmpty || push.body.isEmpty ? nil : push
  }
}
