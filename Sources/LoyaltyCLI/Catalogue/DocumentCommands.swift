import Contracts
import Foundation
import Inquiry
import JSON
import ServiceKit

/// What the commands on documents of rewards, pools and partners do alike.
enum DocumentCommands<Document: VersionedDocument> {
  // MARK: Publishing

  /// - Parameter problems: what the document names and does not find, each a sentence that begins with a JSON path.
  static func publish(
    _ context: CommandContext, problems: (Document, Cluster) throws -> [String] = { _, _ in [] }
  ) throws -> ExitCode {
    // What is wrong with the document is told without a broker, too.
    let file = try DocumentFile<Document>(context.settings[DocumentFlags.file], verb: "published")
    let document = file.document
    let published = try PublishedDocuments<Document>(context.cluster)
    let plan = try DocumentPlan(
      document, file.value, against: published, replaces: context.settings[DocumentFlags.replace])
    if !context.wantsJSON { context.console.say(plan.text) }
    switch plan.outcome {
    case .alreadyPublished:
      if context.wantsJSON { context.console.say(json(plan, isPublished: false)) }
      return .done
    case .needsReplace:
      throw CommandFailure(
        "nothing is published; raise the version in \(TerminalText.name(file.path)), or --replace it")
    case .first, .changes: break
    }
    try refuse(try problems(document, context.cluster), document, file.path, context)
    guard published.hasRoom(for: document, file.bytes) else {
      throw CommandFailure(
        "\(Document.topic.name) would hold more than the \(DocumentBounds.documentsMax) documents or the "
          + "\(DocumentBounds.bytesMax) bytes that workers keep. Delete old versions, with a record of their keys without "
          + "a value")
    }
    guard !context.settings[DocumentFlags.dryRun] else {
      context.tell("Nothing is published: --dry-run", json(plan, isPublished: false))
      return .done
    }
    if plan.needsConsent || isatty(STDIN_FILENO) == 1 {
      let sentences = plan.sentences.map { String($0.dropLast()) }
      try context.confirm(([document.title + " is published"] + sentences).joined(separator: ". "))
    }
    try write(file, context.cluster)
    context.tell("\(document.title) is published", json(plan, isPublished: true))
    return .done
  }

  /// A draft may name what is still to come.
  private static func refuse(
    _ problems: [String], _ document: Document, _ path: String, _ context: CommandContext
  ) throws {
    guard !problems.isEmpty else { return }
    guard document.status == .draft else {
      throw CommandFailure(
        (["\(TerminalText.name(path)) is not published:"] + problems.map { "  \($0)" }).joined(separator: "\n"),
        isOfInput: true)
    }
    for problem in problems { context.console.note("  \(problem)") }
  }

  private static func write(_ file: DocumentFile<Document>, _ cluster: Cluster) throws {
    let records = try RecordWriter(cluster, topic: Document.topic)
    defer { records.close() }
    var writer = JSONWriter()
    file.value.write(to: &writer)
    try records.write(key: file.document.key, value: writer)
    try records.finish()
  }

  private static func json(_ plan: DocumentPlan<Document>, isPublished: Bool) -> JSONValue {
    .fields([
      "id": .string(plan.document.id), "version": .count(plan.document.version),
      "status": .string(plan.document.status.rawValue), "published": .bool(isPublished),
      "counts": .bool(plan.document.status != .draft && plan.standsBehind == nil),
      "takesOverFrom": plan.takesOverFrom.map { .count($0.version) }, "needsConsent": .bool(plan.needsConsent),
    ])
  }

  // MARK: Looking

  static func check(_ context: CommandContext) throws -> ExitCode {
    let path = context.settings[DocumentFlags.file]
    let document = try DocumentFile<Document>(path, verb: "valid").document
    context.tell(
      "\(TerminalText.name(path)) is valid: \(document.title)",
      .fields(["id": .string(document.id), "version": .count(document.version), "valid": .bool(true)]))
    return .done
  }

  /// - Parameters:
  ///   - titles: of columns beside those of all documents.
  ///   - cells: what stands in them.
  static func list(_ context: CommandContext, titles: [String], cells: (Document) -> [String]) throws -> ExitCode {
    let published = try PublishedDocuments<Document>(context.cluster)
    for (key, problem) in published.refused.sorted(by: { $0.key < $1.key }) {
      context.console.note("\(key.toldWithin(200)) is not valid and no worker uses it: \(problem)")
    }
    let documents = published.catalog.documents
    if context.wantsJSON {
      context.console.say(.array(try documents.compactMap { try published.value(of: $0) }))
      return .done
    }
    guard !documents.isEmpty else {
      context.console.say("None is published")
      return .done
    }
    var table = TextTable(["ID", "VERSION", "STATUS", "COUNTS"] + titles + ["NAME"], rightAligned: [1])
    for document in documents {
      table.add(
        [
          document.id, "\(document.version)", document.status.rawValue,
          published.catalog.counts(document) ? "yes" : "no",
        ] + cells(document) + [document.names.name(in: ["en", "vi"]) ?? ""])
    }
    context.console.say(table.text())
    return .done
  }

  /// The document that counts, or the version that is named behind a colon.
  static func show(_ context: CommandContext) throws -> ExitCode {
    let published = try PublishedDocuments<Document>(context.cluster)
    let name = context.settings[DocumentFlags.id]
    let found = published.catalog[name] ?? published.catalog.documents.last { $0.key == name || $0.id == name }
    guard let document = found, let value = try published.value(of: document) else {
      let known = Set(published.catalog.documents.map(\.id)).sorted().prefix(20).joined(separator: ", ")
      throw CommandFailure(
        "no document of \(Document.noun) \(name) is published; \(known.isEmpty ? "none is" : "there is: \(known)")",
        exitCode: .refused)
    }
    context.console.say(value)
    return .done
  }
}

/// The settings of these commands.
enum DocumentFlags {
  static let file = Setting.path("file", help: "The document, JSON.")
  static let id = Setting.text("id", placeholder: "ID", help: "Its id; with a colon and a number, that version.")
  static let replace = Setting.toggle(
    "replace", help: "Publish even where this version is published, other than as a draft, with other words.")
  static let dryRun = Setting.toggle("dry-run", help: "Show what would change and publish nothing.")
  static let yes = Setting.toggle(
    "yes",
    help: "Do not ask. Needed where standard input is no terminal and the version takes the place of an active one."
  ).flagOnly
  static let publishing: [any AnySetting] = [replace, dryRun, yes]
}
