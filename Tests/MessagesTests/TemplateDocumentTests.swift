import Contracts
import Foundation
import JSON
import Loyalty
import Messages
import Testing

/// Documents, and which of those that are published counts.
@Suite(.timeLimit(.minutes(10))) struct TemplateDocumentTests {
  private func sentences(_ json: String) -> [String] {
    do throws(TemplateRefused) {
      _ = try TemplateDocument(Array(json.utf8))
      return []
    } catch {
      return error.sentences
    }
  }

  private static let texts = #""languages":{"en":{"subject":"s","text":["a","{{points}}"],"sms":"m"}}"#

  /// With how what is wrong begins.
  private static let documents: [(String, [String])] = [
    (#"{"id":"points-earned","version":1,\#(texts)}"#, []),
    (#"{"id":"points-earned","programId":"coffee","version":2,"withdrawn":true}"#, []),
    (##"{"id":"brand","version":1,"brand":{"accentColor":"#abc","footer":{"vi":["a","b"]}}}"##, []),
    ("[]", ["$ must be an object, not an array"]),
    ("{", ["$ is not JSON"]),
    (#"{"id":"points-earned"}"#, ["$.version is missing"]),
    (#"{"version":1,\#(texts)}"#, ["$.id is missing"]),
    (#"{"id":"points","version":1,\#(texts)}"#, ["$.id must be one of points-earned, points-redeemed"]),
    (
      #"{"id":"points-earned","version":0,"colour":1,\#(texts)}"#,
      [
        "$.colour is none of id, programId", "$.version must be a whole number from 1 to 1000000",
      ]
    ),
    (#"{"id":"points-earned","version":1,"languages":{}}"#, ["$.languages must hold a language"]),
    (#"{"id":"points-earned","version":1,"languages":{"xx":{}}}"#, ["$.languages.xx is none of vi, en"]),
    (
      #"{"id":"points-earned","version":1,"languages":{"en":{"subject":"","text":[1]}}}"#,
      [
        "$.languages.en.subject must have 1 to 500 bytes", "$.languages.en.text must be a text, or a list",
        "$.languages.en.sms is missing",
      ]
    ),
    (
      #"{"id":"points-earned","version":1,"languages":{"en":{"subject":"s","text":["a","b {{pionts}}"],"sms":"m"}}}"#,
      [
        "$.languages.en.text line 2, column 3: points-earned has no field pionts; did you mean {{points}}?"
      ]
    ),
    (#"{"id":"points-earned","version":1,"brand":{},\#(texts)}"#, ["$.brand belongs in a document of its own"]),
    (
      #"{"id":"brand","version":1,"brand":{"accentColor":"red","logoUrl":"http://x","senderName":"a\nb","x":1}}"#,
      [
        "$.brand.x is none of senderName", "$.brand.senderName must be a text of one line",
        "$.brand.accentColor must be a colour such as #8a4b2a", "$.brand.logoUrl must be a link",
      ]
    ),
  ]

  @Test(arguments: documents)
  func whatIsWrongIsToldByItsPath(_ json: String, _ expected: [String]) {
    let told = sentences(json)
    #expect(told.count == expected.count, "\(told)")
    for (sentence, start) in zip(told, expected) { #expect(sentence.hasPrefix(start), "\(sentence)") }
  }

  @Test func keysNameIdProgrammeAndVersion() throws {
    #expect(try TemplateDocument(Sample.json(version: 3)).key == "points-earned:3")
    #expect(try TemplateDocument(Sample.json(version: 3, programId: "a:b")).key == "points-earned:a:b:3")
  }

  @Test func theProgrammesOwnCountsThenThatOfAllThenTheShipped() throws {
    let own = try TemplateDocument(Sample.json(subject: "own", programId: "coffee"))
    let all = try [1, 3, 2].map { try TemplateDocument(Sample.json(subject: "all \($0)", version: $0)) }
    let catalog = TemplateCatalog(all + [own])
    #expect(catalog.template("points-earned", for: "coffee")?.programId == "coffee")
    #expect(catalog.template("points-earned", for: "tea")?.version == 3)
    #expect(catalog.template("tier-reached", for: "tea") === ShippedTemplates.template("tier-reached"))
    #expect(catalog.version(2, of: "points-earned", programId: nil)?.version == 2)
    let gone = #"{"id":"points-earned","programId":"coffee","version":2,"withdrawn":true}"#
    let without = TemplateCatalog(all + [own, try TemplateDocument(Array(gone.utf8))])
    #expect(without.template("points-earned", for: "coffee")?.version == 3)
    #expect(without.version(1, of: "points-earned", programId: "coffee") != nil, "what began with it ends with it")
  }

  @Test func aBrandStandsAroundTheLetterOfItsProgramme() throws {
    let json = ##"""
      {"id":"brand","programId":"coffee","version":1,"brand":{"senderName":"Sen Coffee","accentColor":"#8a4b2a",
       "logoUrl":"https://sen.example/logo.png","postalAddress":"12 Lê Lợi, Quận 1","footer":{"en":"Drink well."}}}
      """##
    let catalog = TemplateCatalog([try TemplateDocument(Array(json.utf8))])
    #expect(catalog.brand(of: "tea") == .plain)
    let brand = catalog.brand(of: "coffee")
    #expect(brand.senderName == "Sen Coffee")
    var facts = try Sample.facts()
    facts.values["unsubscribeUrl"] = .link("https://sen.example/u/1")
    let template = try #require(ShippedTemplates.template("points-earned"))
    let wording = template.write(facts, in: .english, brand: brand)
    let page = try #require(wording.html)
    for text in [
      "background-color:#8a4b2a", "src=\"https://sen.example/logo.png\"", "12 Lê Lợi, Quận 1", "Drink well.",
      "href=\"https://sen.example/u/1\"",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(
      wording.body.hasSuffix("\n--\nDrink well.\n12 Lê Lợi, Quận 1\nUnsubscribe: https://sen.example/u/1\n"))
    let own = try Sample.document(text: "Bye: {{unsubscribeUrl}}")
    #expect(own.write(facts, in: .english, brand: .plain).body == "Bye: https://sen.example/u/1\n")
  }

  private func push(_ push: String) throws -> Wording {
    let text = #"""
      {"id":"points-earned","version":1,"languages":{"en":{"subject":"You earned {{points}}","text":"t","sms":"S {{points}}"\#(push)}}}
      """#
    guard case .template(let template) = try TemplateDocument(Array(text.utf8)).content else {
      throw Sample.Unexpected()
    }
    return try Sample.write(template)
  }

  /// A template from before there were any has none, and so may a new one.
  @Test func subjectAndSMSStandForANotificationThatIsNotThere() throws {
    let plain = try push("")
    #expect(plain.push == PushText(title: plain.subject, body: plain.sms))
    #expect(try push(#", "push": null"#).push == plain.push)
    let own = try push(#", "push": {"title": "{{points}}\n points", "body": ["<b> & {{programName}}", "now"]}"#)
    #expect(own.push.title.hasSuffix(" points") && own.push.body.hasPrefix("<b> & ") && own.push.body.hasSuffix(" now"))
    let empty = try push(#", "push": {"title": "{{#if isClosed}}x{{/if}}", "body": "{{points}}"}"#)
    #expect(empty.push == plain.push)
  }

  @Test(arguments: [
    (#"{"title": "t"}"#, "$.languages.en.push.body is missing"),
    (#"{"title": "t", "body": "b", "icon": "i"}"#, "$.languages.en.push.icon is none of title, body"),
    (#"{"title": "{{nothing}}", "body": "b"}"#, "$.languages.en.push.title"),
    (#""text""#, "$.languages.en.push must be an object"),
  ])
  func aNotificationThatIsNoneIsRefused(_ json: String, _ problem: String) throws {
    let refused = #expect(throws: TemplateRefused.self) { try push(#", "push": \#(json)"#) }
    #expect(refused?.sentences.contains { $0.hasPrefix(problem) } == true, "\(refused?.sentences ?? [])")
  }
}
