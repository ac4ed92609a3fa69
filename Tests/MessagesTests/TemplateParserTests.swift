import Contracts
import Loyalty
import Messages
import Testing

/// The language of templates, by values.
@Suite(.timeLimit(.minutes(10))) struct TemplateParserTests {
  @Test(arguments: [
    ("{{points}} points", "1,234 points"),
    ("{{#if memberName}}Hello {{memberName}}{{else}}Hello{{/if}}", "Hello Lan"),
    ("{{#if not memberName}}nobody{{else if byPurchase}}bought{{else}}joined{{/if}}", "bought"),
    ("{{#if owedPoints}}owes{{else if not usableNow}}later{{else}}now{{/if}}", "now"),
    ("{{ points }}{{#if  isFrozen }} frozen{{/if}}", "1,234"),
    ("{{#plural points}} {{one}}point{{other}}points{{/plural}}", "points"),
    ("until {{usableUntil}}", "until 9 June 2027"), ("{ {{points}} } }}", "{ 1,234 } }}"),
    ("{{#if owedPoints}}{{/if}}a  b\n\n c", "a b c"),
  ])
  func whatIsReadIsWritten(_ template: String, _ expected: String) throws {
    #expect(try Sample.subject(template).0 == expected)
  }

  @Test func conditionsLeaveNoEmptyLinesBehind() throws {
    let text = "Hello\n\n{{#if isFrozen}}\nhold\n{{/if}}\n\n{{#if points}}\n{{points}}\n{{/if}}\n\n\nBye\n\n"
    #expect(try Sample.write(Sample.document(text: text)).body == "Hello\n\n1,234\n\nBye\n")
  }

  @Test(arguments: [
    ("{{pionts}}", "line 1, column 1: points-earned has no field pionts; did you mean {{points}}?"),
    (
      "{{somethingElse}}",
      "line 1, column 1: points-earned has no field somethingElse; docs/templates.md lists its fields"
    ),
    ("a\n b {{isFrozen}}", "line 2, column 4: {{isFrozen}} says nothing itself; ask for it: {{#if isFrozen}}…{{/if}}"),
    ("{{#if points}}x", "line 1, column 1: this {{#if}} has no {{/if}}"),
    ("{{#if}}x{{/if}}", "line 1, column 1: {{#if}} is none of"),
    ("x{{/if}}", "line 1, column 2: this stands in no {{#if}} and no {{#plural}}"),
    ("x{{one}}", "line 1, column 2: this stands in no {{#if}} and no {{#plural}}"),
    ("{{#if points}}a{{else}}b{{else}}c{{/if}}", "line 1, column 25: {{/if}} must come first"),
    ("{{points", "line 1, column 1: this {{ has no }}"),
    ("{{points + 1}}", "line 1, column 1: {{points + 1}} is none of {{field}}, {{#if field}}"),
    ("{{#each points}}", "line 1, column 1: {{#each points}} is none of"),
    ("{{#plural memberName}}{{other}}x{{/plural}}", "{{memberName}} is no whole number, and has no plural forms"),
    ("{{#plural points}}{{one}}x{{/plural}}", "this {{#plural}} lacks {{other}}"),
    ("{{#plural points}}{{few}}x{{other}}y{{/plural}}", "the language en has the forms one, other"),
    ("{{#plural points}}x{{other}}y{{/plural}}", "between {{#plural}} and the first form stands something"),
    ("{{#plural points}}{{other}}y{{other}}z{{/plural}}", "{{other}} stands twice"),
    ("{{#plural points}}{{other}}y{{/if}}", "this {{#plural}} has no {{/plural}}"),
  ])
  func whatIsWrongIsToldWithItsPlaceAndARemedy(_ template: String, _ expected: String) {
    let faults = Sample.faults(template)
    #expect(faults.contains { $0.contains(expected) }, "\(faults)")
  }

  @Test func blocksNestSoDeepAndNoDeeper() {
    func nested(_ depth: Int) -> String {
      String(repeating: "{{#if points}}", count: depth) + "x" + String(repeating: "{{/if}}", count: depth)
    }
    #expect(Sample.faults(nested(TemplateParser.depthMax)).isEmpty)
    #expect(Sample.faults(nested(TemplateParser.depthMax + 1)).first?.contains("more than 8 deep") == true)
    #expect(Sample.faults(nested(10_000)).first?.contains("more than 8 deep") == true)
  }

  @Test func partsAreBounded() {
    #expect(
      Sample.faults(String(repeating: "{{points}}", count: 3_000)).first?.contains("more than 2000 parts") == true)
  }

  private static let plurals: [(Language, [Int64: PluralForm])] = [
    (.english, [0: .other, 1: .one, 2: .other, 21: .other]),
    (.vietnamese, [0: .other, 1: .other, 5: .other]), (.german, [0: .other, 1: .one, 2: .other]),
    (.french, [0: .one, 1: .one, 2: .other, 1_000_000: .many, 2_000_001: .other]),
    (.spanish, [0: .other, 1: .one, 2: .other, 3_000_000: .many]),
    (.russian, [0: .many, 1: .one, 2: .few, 5: .many, 11: .many, 12: .many, 21: .one, 22: .few, 111: .many]),
    (.japanese, [1: .other]),
  ]

  /// Of `common/supplemental/plurals.xml` of CLDR.
  @Test(arguments: plurals)
  func pluralFormsAreThoseOfCLDR(_ language: Language, _ forms: [Int64: PluralForm]) {
    for (number, form) in forms {
      #expect(language.pluralForm(of: Points(number)) == form && language.pluralForms.contains(form), "\(number)")
    }
  }

  @Test func russianCountsInFourForms() throws {
    let words = "{{points}} {{#plural points}}{{one}}балл{{few}}балла{{many}}баллов{{other}}балла{{/plural}}"
    let (parts, faults) = TemplateParser.parse(words, as: try Sample.kind("points-earned"), in: .russian)
    #expect(!parts.isEmpty && faults.isEmpty)
    let document = try Sample.document(subject: words, language: "ru")
    for (points, expected) in [(1, "1 балл"), (3, "3 балла"), (5, "5 баллов"), (21, "21 балл")] {
      var facts = try Sample.facts()
      facts.values["points"] = .points(Points(Int64(points)))
      #expect(document.write(facts, in: .russian, brand: .plain).subject == expected)
    }
  }
}
