import Contracts
import Foundation
import Loyalty
import Messages
import Testing

/// Which messages go by a provider's templates, and what stands in their parameters.
@Suite(.timeLimit(.minutes(10))) struct ProviderTemplatesTests {
  private static let document = #"""
    {"templates": [
      {"message": "points-earned", "language": "vi", "templateId": "t-all",
       "parameters": {"points": "{{points}}", "left": "{{availablePoints}}"}},
      {"message": "points-earned", "programId": "sen", "language": "vi", "templateId": "t-sen",
       "parameters": {"name": "{{#if memberName}}{{memberName}}{{else}}bạn{{/if}}", "points": "{{points}} điểm"}},
      {"message": "claims-locked", "language": "en", "templateId": "t-locked"}
    ]}
    """#

  private func templates() throws -> ProviderTemplates { try ProviderTemplates(parsing: Array(Self.document.utf8)) }

  private func facts(_ values: [String: FieldValue]) throws -> TemplateFacts {
    TemplateFacts(values, calendar: try Sample.calendar())
  }

  private func told(_ message: TemplateMessage?) -> [String]? {
    message.map { [$0.templateId] + $0.parameters.map { "\($0.name)=\($0.value)" } }
  }

  @Test func aProgrammesOwnTemplateComesFirst() throws {
    let templates = try templates()
    let facts = try facts(["points": .points(1_234), "availablePoints": .points(5_000)])
    let brand = Brand.plain
    #expect(
      told(templates.message("points-earned", of: "sen", facts, in: .vietnamese, brand: brand))
        == ["t-sen", "name=bạn", "points=1.234 điểm"])
    #expect(
      told(templates.message("points-earned", of: "other", facts, in: .vietnamese, brand: brand))
        == ["t-all", "points=1.234", "left=5.000"])
  }

  @Test func theDocumentInTheDocsIsTaken() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/providers.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```json\n").dropFirst().first)
    let templates = try ProviderTemplates(parsing: Array(block.components(separatedBy: "```")[0].utf8))
    let message = templates.message(
      "points-earned", of: "sen-coffee", try facts(["points": .points(9)]), in: .vietnamese, brand: .plain)
    #expect(told(message) == ["7895417a7d3f9461cd2e", "customer_name=bạn", "points=9"])
  }

  @Test func anotherLanguageOrMessageHasNone() throws {
    let templates = try templates()
    let facts = try facts(["points": .points(1)])
    #expect(templates.message("points-earned", of: "sen", facts, in: .english, brand: .plain) == nil)
    #expect(templates.message("tier-reached", of: "sen", facts, in: .vietnamese, brand: .plain) == nil)
    #expect(templates.has("points-earned", of: "other") && templates.has("claims-locked", of: "sen"))
    #expect(!templates.has("tier-reached", of: "sen") && !ProviderTemplates.none.has("points-earned", of: "sen"))
  }

  /// Providers refuse a template with an empty parameter: then the message goes another way from the start.
  @Test func aParameterWithNothingToSayMakesNoMessage() throws {
    let templates = try templates()
    let facts = try facts(["points": .points(1)])
    #expect(templates.message("points-earned", of: "other", facts, in: .vietnamese, brand: .plain) == nil)
    let named = try self.facts(["points": .points(1), "memberName": .text("  ")])
    #expect(templates.message("points-earned", of: "sen", named, in: .vietnamese, brand: .plain) == nil)
  }

  @Test func aTemplateMayHaveNoParameters() throws {
    let message = try templates().message("claims-locked", of: "sen", try facts([:]), in: .english, brand: .plain)
    #expect(told(message) == ["t-locked"])
  }

  @Test(
    arguments: [
      (#"{}"#, "$.templates is missing"),
      (#"{"templates":[]}"#, "$.templates must be a list"),
      (
        #"{"templates":[{"message":"points-lost","language":"vi","templateId":"t"}]}"#,
        "$.templates[0].message must be one of"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"xx","templateId":"t"}]}"#,
        "$.templates[0].language must be one of"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"vi","templateId":"a b"}]}"#,
        "$.templates[0].templateId must be a text"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"vi","templateId":"t","parameters":{"a":"{{pints}}"}}]}"#,
        "$.templates[0].parameters.a line 1, column 1: points-earned has no field pints"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"vi","templateId":"t","parameters":{"a b":"x"}}]}"#,
        "has a name of other than"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"vi","templateId":"t","parameters":["x"]}]}"#,
        "$.templates[0] needs parameters that are an object"
      ),
      (
        #"{"templates":[{"message":"points-earned","language":"vi","templateId":"t"},"#
          + #"{"message":"points-earned","language":"vi","templateId":"u"}]}"#,
        "$.templates[1] has the message, programme and language of one before it"
      ),
    ])
  func whatIsWrongIsNamedByItsPath(json: String, problem: String) {
    do throws(TemplateRefused) {
      _ = try ProviderTemplates(parsing: Array(json.utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.sentences.contains { $0.contains(problem) }, "\(error)")
    }
  }
}
