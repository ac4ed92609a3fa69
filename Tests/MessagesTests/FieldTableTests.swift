import Foundation
import Messages
import Testing

/// The table of fields in docs/templates.md is made of the code.
@Suite(.timeLimit(.minutes(10))) struct FieldTableTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/templates.md")

  private static func table() -> String {
    let common = TemplateKind.all.map { Set($0.fields.map(\.name)) }
      .reduce(Set(TemplateKind.all[0].fields.map(\.name))) { $0.intersection($1) }
    var lines = ["| template | field | what | says |", "|---|---|---|---|"]
    func add(_ kind: String, _ fields: [TemplateField]) {
      for field in fields {
        let always = field.isAlways ? "" : ", or nothing"
        lines.append("| \(kind) | `{{\(field.name)}}` | \(field.kind.rawValue)\(always) | \(field.means) |")
      }
    }
    for kind in TemplateKind.all {
      lines.append("| **`\(kind.id)`** | | | \(kind.means) |")
      add("", kind.fields.filter { !common.contains($0.name) })
    }
    lines.append("| **every one** | | | |")
    add("", TemplateKind.all[0].fields.filter { common.contains($0.name) })
    return lines.joined(separator: "\n")
  }

  @Test func theDocumentsTableIsCurrent() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(text.contains(Self.table()), "docs/templates.md lacks this table:\n\(Self.table())")
  }
}
