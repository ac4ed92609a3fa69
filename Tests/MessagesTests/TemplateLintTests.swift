import Contracts
import Loyalty
import Messages
import Testing

/// What an author is told before others read it.
@Suite(.timeLimit(.minutes(10))) struct TemplateLintTests {
  private func remarks(_ template: MessageTemplate) throws -> [String] {
    TemplateLint(template, brand: .plain, calendar: try Sample.calendar()).remarks
  }

  @Test(arguments: TemplateKind.all.map(\.id)) func whatIsShippedHasNothingToMend(_ id: String) throws {
    let template = try #require(ShippedTemplates.template(id))
    #expect(template.languages == Language.shipped && template.version == nil)
    #expect(try remarks(template).filter { !$0.contains("with the sample long") } == [])
  }

  @Test func whatIsMissingOrMayBeIsTold() throws {
    let template = try Sample.document(
      subject: "{{points}}", text: "You: {{memberName}} {{#if usableUntil}}until {{usableUntil}}{{/if}}",
      html: "<p>{{points}} {{#plural points}}{{other}}points{{/plural}}</p>", sms: "{{points}}")
    let told = try remarks(template)
    #expect(told.contains("en.text does not say {{points}}"))
    #expect(
      told.contains("en.text says {{memberName}}, which is not always there: put it in {{#if memberName}}…{{/if}}"))
    #expect(told.contains("en.html has a {{#plural}} without {{one}}, which the language has"))
    #expect(!told.contains { $0.contains("usableUntil}}, which") })
  }

  @Test func whatAPhoneCutsOffIsTold() throws {
    let long = String(repeating: "a", count: 70)
    let text = #"""
      {"id":"points-earned","version":1,"languages":{"en":{"subject":"s","text":"{{points}}","sms":"{{points}}",
       "push":{"title":"\#(long)","body":"\#(long)\#(long)\#(long)\#(long) {{#if isClosed}}{{memberName}}{{/if}}"}}}}
      """#
    guard case .template(let template) = try TemplateDocument(Array(text.utf8)).content else {
      throw Sample.Unexpected()
    }
    let told = try remarks(template)
    #expect(told.contains("en.push does not say {{points}}"))
    #expect(told.contains("en.push.title has 70 characters with the sample usual; phones show 65 or so"))
    #expect(told.contains { $0.hasPrefix("en.push.body has 28") && $0.hasSuffix("phones show 240 or so") })
  }

  @Test func otherNumbersAreTold() throws {
    let template = try Sample.document(
      text: "{{points}} of 100", html: "<p><b>{{points}}</b> of 1&#48;1</p>", sms: "{{points}}")
    #expect(
      try remarks(template).contains("en.html says other numbers than the text with the sample usual: 100, 101"))
    let same = try Sample.document(
      text: "{{points}} of 100", html: "<p><b>{{points}}</b> of <i>1</i>00</p>", sms: "{{points}}")
    #expect(try !remarks(same).contains { $0.contains("numbers") })
  }

  @Test(arguments: [
    ("color:#767676", "where it is dark"), ("color:#999", "2.8 : 1 where 4.5 is asked for"),
    ("color:#ffffff;background-color:#8a4b2a", ""), ("background:#ffff00;color:white", "1.0 : 1"),
  ])
  func coloursThatAreHardToReadAreTold(_ style: String, _ expected: String) throws {
    let template = try Sample.document(
      text: "{{points}}", html: "<div style=\"\(style)\"><p>{{points}}</p></div>", sms: "{{points}}")
    let told = try remarks(template).filter { $0.contains("hard to read") }
    #expect(expected.isEmpty ? told.isEmpty : told.contains { $0.contains(expected) }, "\(told)")
  }

  @Test func aDocumentWithoutAWayOutIsTold() throws {
    let page = "<!DOCTYPE html><html lang=\"en\"><head><title>t</title></head><body><p>{{points}}</p></body></html>"
    let template = try Sample.document(text: "{{points}}", html: page, sms: "{{points}}")
    #expect(try remarks(template).contains { $0.hasPrefix("en.html is a whole document without {{unsubscribeUrl}}") })
  }

  @Test func segmentsAreCountedInBothAlphabets() throws {
    let template = try Sample.document(
      text: "{{points}}", sms: String(repeating: "điểm ", count: 40) + "{{points}}")
    let lint = TemplateLint(template, brand: .plain, calendar: try Sample.calendar())
    let usual = try #require(lint.segments.first { $0.sample == .usual })
    #expect(usual.plain == SMSForm(encoding: .gsm7, segments: 2))
    #expect(usual.marked == SMSForm(encoding: .ucs2, segments: 4))
    let long = try Sample.document(text: "{{points}}", sms: String(repeating: "{{points}} ", count: 90))
    #expect(try remarks(long).contains { $0.contains("en.sms takes 4 segments with the sample usual") })
  }
}
