import Contracts
import Foundation
import JSON
import Loyalty
import Messages
import Testing

/// The documents in docs/templates.md are ones that are taken, with nothing to mend.
@Suite(.timeLimit(.minutes(10))) struct DocumentedTemplateTests {
  private static func documents() throws -> [TemplateDocument] {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/templates.md")
    let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```json\n").dropFirst()
    return try blocks.map { try TemplateDocument(Array($0.components(separatedBy: "```")[0].utf8)) }
  }

  @Test func theWorkedExampleIsTakenAndHasNothingToMend() throws {
    let documents = try Self.documents()
    #expect(documents.map(\.key) == ["brand:sen-coffee:1", "points-earned:sen-coffee:1"])
    let catalog = TemplateCatalog(documents)
    let template = try #require(catalog.template("points-earned", for: "sen-coffee"))
    let brand = catalog.brand(of: "sen-coffee")
    #expect(TemplateLint(template, brand: brand, calendar: try Sample.calendar()).remarks == [])
    var facts = try Sample.facts()
    facts.values["points"] = .points(12)
    #expect(template.write(facts, in: .vietnamese, brand: brand).subject == "Thêm 12 điểm trong ly của bạn")
  }

  @Test func theSchemasExamplesAreTaken() throws {
    let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "topics/schemas/template.schema.json")
    let value = try JSONValue(parsing: Array(try Data(contentsOf: schema)))
    let examples = try #require(value["examples"]?.elements)
    #expect(try examples.map { try TemplateDocument($0).version } == [2, 1, 3])
  }
}
