import Contracts
import Inquiry
import JSON
import Messages
import ServiceKit

/// `loyalty templates publish FILE,…`: checks template documents, shows what they change and publishes them.
enum TemplatesPublish: Subcommand {
  private static let dryRun = Setting.toggle("dry-run", help: "Show what would change and publish nothing.")

  static let command = CommandDeclaration(
    "publish",
    summary: "check template documents, naming every error by its JSON path, line and column, show what they change, "
      + "and publish them; messages that were not attempted yet go by them.",
    arguments: [TemplateFile.several], settings: [dryRun])

  static func run(_ context: CommandContext) throws -> ExitCode {
    // What is wrong with the documents is told without a broker, too.
    let files = try TemplateFile.read(context.settings[TemplateFile.several])
    let published = try PublishedTemplates(context.cluster)
    let plans = try files.map { try TemplatePlan($0, against: published) }
    if !context.wantsJSON { for plan in plans { tell(plan, published, context) } }
    let tooOld = plans.filter { if case .tooOld = $0.outcome { true } else { false } }
    guard tooOld.isEmpty else {
      throw CommandFailure(
        "nothing is published; raise the version in \(tooOld.map(\.file.name).joined(separator: ", "))")
    }
    let new = plans.filter(\.isNew)
    guard published.hasRoom(for: new.map(\.file)) else {
      throw CommandFailure(
        "\(Topic.templates.name) would hold more than the \(TemplateCatalog.documentsMax) documents or the "
          + "\(TemplateCatalog.documentBytesMax) bytes that the notifier keeps. Delete old versions, with a record of "
          + "their keys without a value")
    }
    let isDry = context.settings[dryRun]
    if !isDry { try publish(new.map(\.file), context.cluster) }
    context.tell(
      isDry ? "Nothing is published: --dry-run" : words(of: new),
      .array(plans.map { $0.json(isPublished: $0.isNew && !isDry) }))
    return .done
  }

  private static func tell(_ plan: TemplatePlan, _ published: PublishedTemplates, _ context: CommandContext) {
    context.console.say(plan.text)
    let brand = plan.file.document.programId.map { published.catalog.brand(of: $0) } ?? .plain
    for remark in plan.remarks(brand) { context.console.note("  \(plan.file.name): \(remark)") }
  }

  private static func words(of new: [TemplatePlan]) -> String {
    guard !new.isEmpty else { return "Nothing is new" }
    return new.map { "\($0.file.document.title) is published" }.joined(separator: "\n")
  }

  private static func publish(_ files: [TemplateFile], _ cluster: Cluster) throws {
    let records = try RecordWriter(cluster, topic: .templates)
    defer { records.close() }
    for file in files {
      var writer = JSONWriter()
      file.value.write(to: &writer)
      try records.write(key: file.document.key, value: writer)
    }
    try records.finish()
  }
}
