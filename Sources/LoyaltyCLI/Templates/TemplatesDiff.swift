import Inquiry
import JSON
import Messages
import ServiceKit

/// `loyalty templates diff FILE`: what a document changes of the version that counts.
enum TemplatesDiff: Subcommand {
  static let command = CommandDeclaration(
    "diff", summary: "what a template document changes of the one that messages go by now.",
    arguments: [TemplateFile.one])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let file = try TemplateFile(context.settings[TemplateFile.one])
    let published = try PublishedTemplates(context.cluster)
    let document = file.document
    let latest = [document.programId, nil].lazy.compactMap {
      published.catalog.latestVersion(of: document.id, programId: $0)
    }.first { $0.content != .withdrawn }
    let before: JSONValue
    if let latest, let value = try published.value(of: latest) {
      before = value
    } else {
      before = try ShippedTemplates.document(document.id).map { try JSONValue(parsing: $0) } ?? .object([])
    }
    let diff = DocumentDiff(from: before, to: file.value)
    let name = latest?.title ?? "what is shipped"
    context.tell(
      diff.isEmpty ? "Nothing differs from \(name)" : "Against \(name):\n\(diff.text(indent: "  "))",
      .array(diff.text(indent: "").split(separator: "\n").map { .string(String($0)) }))
    return diff.isEmpty ? .done : .differs
  }
}
