import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty programs publish FILE`: checks a programme document, shows what it changes and publishes it.
enum ProgramsPublish: Subcommand {
  private static let replace = Setting.toggle(
    "replace", help: "Publish even where this version is published, other than as a draft, with other rules.")
  private static let dryRun = Setting.toggle("dry-run", help: "Show what would change and publish nothing.")
  private static let yes = Setting.toggle(
    "yes",
    help:
      "Do not ask. Needed where standard input is no terminal and the version changes what the past goes by, or what "
      + "other versions do."
  ).flagOnly

  static let command = CommandDeclaration(
    "publish",
    summary: "check a programme document, naming every error by its JSON path, show what it changes, and publish it.",
    arguments: [ProgramFile.file], settings: [replace, dryRun, yes])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let plan = try plan(context)
    if !context.wantsJSON { context.console.say(plan.text) }
    switch plan.outcome {
    case .alreadyPublished:
      if context.wantsJSON { context.console.say(json(plan, isPublished: false)) }
      return .done
    case .needsReplace:
      throw CommandFailure(
        "nothing is published; raise the version in \(context.settings[ProgramFile.file]), or --replace it")
    case .first, .changes: break
    }
    guard !context.settings[dryRun] else {
      context.tell("Nothing is published: --dry-run", json(plan, isPublished: false))
      return .done
    }
    try consent(to: plan, context)
    try publish(plan, context.cluster)
    context.tell(
      "\(plan.name) is published, in force from \(plan.program.effectiveFrom.rfc3339)", json(plan, isPublished: true))
    return .done
  }

  private static func consent(to plan: PublishPlan, _ context: CommandContext) throws {
    guard plan.effects.needsConsent || isatty(STDIN_FILENO) == 1 else { return }
    let sentences = plan.effects.needsConsent ? plan.effects.sentences(of: plan.program) : []
    try context.confirm(([plan.name + " is published"] + sentences).joined(separator: ". ").replacing("..", with: "."))
  }

  private static func json(_ plan: PublishPlan, isPublished: Bool) -> JSONValue {
    .fields([
      "programId": .string(plan.program.id), "version": .count(plan.program.version),
      "effectiveFrom": .instant(plan.program.effectiveFrom), "published": .bool(isPublished),
      "takesOverFrom": plan.effects.takesOverFrom.map { .count($0) },
      "until": plan.effects.followedBy.map { .instant($0.at) },
      "neverInForceAnyMore": .array(plan.effects.neverAnyMore.map { .count($0) }),
      "reachesBack": .bool(plan.effects.reachesBack), "needsConsent": .bool(plan.effects.needsConsent),
    ])
  }

  private static func plan(_ context: CommandContext) throws -> PublishPlan {
    // What is wrong with the document is told without a broker, too.
    let document = try ProgramFile(context.settings[ProgramFile.file], verb: "published")
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let now = try WorkersTime(context.cluster, told: nil).now(context.cluster, reader)
    return try PublishPlan(
      document.bytes, published: try PublishedPrograms.read(context.cluster), replaces: context.settings[replace],
      now: now)
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
