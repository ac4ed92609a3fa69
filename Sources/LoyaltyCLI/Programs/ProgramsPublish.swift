import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty programs publish FILE`: checks a programme document, shows what it changes and publishes it.
enum ProgramsPublish: Subcommand {
  private static let file = Setting.path("file", help: "The programme document, JSON.")
  private static let replace = Setting.toggle(
    "replace", help: "Publish even where this version is published, other than as a draft, with other rules.")
  private static let dryRun = Setting.toggle("dry-run", help: "Show what would change and publish nothing.")
  private static let yes = Setting.toggle("yes", help: "Do not ask; nobody is asked either where input is no terminal.")

  static let command = CommandDeclaration(
    "publish",
    summary: "check a programme document, naming every error by its JSON path, show what it changes, and publish it.",
    arguments: [file], settings: [replace, dryRun, yes])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let plan = try plan(context)
    context.console.say(plan.text)
    switch plan.outcome {
    case .alreadyPublished: return .done
    case .needsReplace:
      throw CommandFailure("nothing is published; raise the version in \(context.settings[file]), or --replace it")
    case .first, .changes: break
    }
    guard !context.settings[dryRun] else {
      context.console.say("Nothing is published: --dry-run")
      return .done
    }
    guard context.settings[yes] || Confirmation.isGiven("Publish it?", context.console) else {
      throw CommandFailure("nothing is published")
    }
    try publish(plan, context.cluster)
    context.console.say("\(plan.name) is published, in force from \(plan.program.effectiveFrom.rfc3339)")
    return .done
  }

  private static func plan(_ context: CommandContext) throws -> PublishPlan {
    let path = context.settings[file]
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(path): cannot be read")
    }
    do {
      // What is wrong with the document is told without a broker, too.
      _ = try ProgramDocument.decode(Array(data), isNew: true)
      return try PublishPlan(
        Array(data), published: try PublishedPrograms.read(context.cluster), replaces: context.settings[replace])
    } catch let refused as ProgramRefused {
      throw CommandFailure(
        (["\(path) is not published:"] + refused.violations.map { "  \($0)" }).joined(separator: "\n"))
    }
  }

  private static func publish(_ plan: PublishPlan, _ cluster: Cluster) throws {
    var writer = JSONWriter()
    plan.document.write(to: &writer)
    let records = try RecordWriter(cluster, topic: .programs)
    defer { records.close() }
    try records.write(key: RecordKey.program(plan.program.id, version: plan.program.version), value: writer)
    try records.finish()
  }
}
