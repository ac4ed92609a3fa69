import Contracts
import Foundation
import JSON
import Loyalty
import ServiceKit

/// `loyalty programs publish FILE`: checks a programme document and publishes it.
enum ProgramsPublish: Subcommand {
  private static let file = Setting.path("file", help: "The programme document, JSON.")
  private static let replace = Setting.toggle(
    "replace", help: "Publish even where this version is published with other rules.")

  static let command = ServiceKit.Command(
    "publish", summary: "check a programme document, naming every error by its JSON path, and publish it.",
    arguments: [file], settings: [replace])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let path = context.settings[file]
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(path): cannot be read")
    }
    let program: Program
    let document: JSONValue
    do {
      program = try ProgramDocument.decode(Array(data))
      document = try JSONValue(parsing: Array(data))
    } catch let refused as ProgramRefused {
      throw CommandFailure(
        (["\(path) is not published:"] + refused.violations.map { "  \($0)" }).joined(separator: "\n"))
    }
    let key = RecordKey.program(program.id, version: program.version)
    let name = "\(program.name) (\(program.id), version \(program.version))"
    if let published = try PublishedPrograms.read(context.cluster)[key] {
      if try JSONValue(parsing: published) == document {
        context.console.say("\(name) is published already")
        return .done
      }
      guard context.settings[replace] else {
        throw CommandFailure(
          "\(name) is published already with other rules; raise the version in \(path), or --replace it")
      }
    }
    var writer = JSONWriter()
    document.write(to: &writer)
    let records = try RecordWriter(context.cluster, topic: .programs)
    defer { records.close() }
    try records.write(key: key, value: writer)
    try records.finish()
    context.console.say("\(name) is published, in force from \(program.effectiveFrom.rfc3339)")
    return .done
  }
}
