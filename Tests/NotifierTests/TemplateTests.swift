import Foundation
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct TemplateTests {
  @Test func theSchemaNamesEveryTemplate() throws {
    let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "topics/schemas/notification.schema.json")
    let text = try String(contentsOf: schema, encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.contains("What it tells: ") })
    let words = Set(line.split { !($0.isLetter || $0 == "-") }.map(String.init))
    for template in Template.allCases { #expect(words.contains(template.rawValue), "\(template.rawValue)") }
  }
}
