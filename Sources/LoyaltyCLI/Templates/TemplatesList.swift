import Contracts
import Inquiry
import JSON
import Messages
import ServiceKit

/// `loyalty templates list`: what messages go by.
enum TemplatesList: Subcommand {
  static let command = CommandDeclaration(
    "list", summary: "every published version of every template and brand, what is shipped, and what counts.")

  private static let keyMax = 200

  private struct Line {
    var id: String
    var programId: String?
    var version: Int?
    var counts: String
    var languages: [String]
  }

  static func run(_ context: CommandContext) throws -> ExitCode {
    let published = try PublishedTemplates(context.cluster)
    for (key, problem) in published.refused.sorted(by: { $0.key < $1.key }) {
      context.console.note("\(key.toldWithin(keyMax)) is not valid and the notifier does not use it: \(problem)")
    }
    let lines = shipped(published.catalog) + published.catalog.documents.map { line(of: $0, published.catalog) }
    context.tell(table(lines), .array(lines.map(json)))
    return .done
  }

  private static func shipped(_ catalog: TemplateCatalog) -> [Line] {
    TemplateKind.all.compactMap { kind in
      guard let template = ShippedTemplates.template(kind.id) else { return nil }
      var isReplaced = false
      if case .template? = catalog.latestVersion(of: kind.id, programId: nil)?.content { isReplaced = true }
      return Line(
        id: kind.id, counts: isReplaced ? "no more" : "yes", languages: template.languages.map(\.rawValue))
    }
  }

  private static func line(of document: TemplateDocument, _ catalog: TemplateCatalog) -> Line {
    let isLatest = catalog.latestVersion(of: document.id, programId: document.programId) == document
    var line = Line(
      id: document.id, programId: document.programId, version: document.version, counts: isLatest ? "yes" : "no more",
      languages: [])
    switch document.content {
    case .template(let template): line.languages = template.languages.map(\.rawValue)
    case .withdrawn: line.counts = isLatest ? "withdrawn" : "no more"
    case .brand: break
    }
    return line
  }

  private static func table(_ lines: [Line]) -> String {
    var table = TextTable(["TEMPLATE", "PROGRAMME", "VERSION", "COUNTS", "LANGUAGES"], rightAligned: [2])
    for line in lines {
      table.add([
        line.id, line.programId ?? "all", line.version.map { "\($0)" } ?? "shipped", line.counts,
        line.languages.joined(separator: " "),
      ])
    }
    return table.text()
  }

  private static func json(_ line: Line) -> JSONValue {
    .fields([
      "id": .string(line.id), "programId": line.programId.map { .string($0) },
      "version": line.version.map { .count($0) }, "counts": .string(line.counts),
      "languages": .array(line.languages.map { .string($0) }),
    ])
  }
}
