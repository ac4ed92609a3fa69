import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty members import FILE`: member profiles, one JSON object a line. Reads twice: first to find every bad line,
/// then to publish.
enum MembersImport: Subcommand {
  private static let file = Setting.path("file", help: "Profiles as JSON lines, gzip too; - is standard input.")
  private static let skipBad = Setting.toggle("skip-bad", help: "Publish the good lines even where others are bad.")

  static let command = CommandDeclaration(
    "import", summary: "publish member profiles; when a line is bad, none is published.", arguments: [file],
    settings: [skipBad])

  /// More bad lines are counted, not named.
  private static let badLinesNamedMax = 100

  static func run(_ context: CommandContext) throws -> ExitCode {
    let lines = try LineSource(context.settings[file])
    defer { lines.close() }
    try lines.keepForSecondReading()
    let importedAt = Instant(milliseconds: LogOutput.wallClockMs())
    var good = 0
    var bad = 0
    try readProfiles(lines, importedAt) { line in
      switch line {
      case .success: good += 1
      case .failure(let violation):
        bad += 1
        if bad <= badLinesNamedMax { context.console.note("\(lines.name), line \(lines.lineNumber): \(violation)") }
      }
    }
    if bad > badLinesNamedMax { context.console.note("… and \(bad - badLinesNamedMax) more bad lines") }
    if bad > 0, !context.settings[skipBad] {
      throw CommandFailure(
        "nothing was published: \(bad) of \(good + bad) lines are bad. Mend them, or --skip-bad publishes the others")
    }
    try lines.startOver()
    try publish(lines, importedAt, count: good, context)
    context.tell(
      "\(grouped(Int64(good))) member profiles published" + (bad > 0 ? ", \(bad) lines skipped" : ""),
      .fields(["published": .count(good), "skipped": .count(bad)]))
    return .done
  }

  private static func publish(
    _ lines: LineSource, _ importedAt: Instant, count: Int, _ context: CommandContext
  ) throws {
    _ = try context.cluster.partitionCount(of: .members)
    let records = try RecordWriter(context.cluster, topic: .members)
    defer { records.close() }
    var bar = ProgressBar("importing", total: count, unit: "members")
    var writer = JSONWriter()
    try readProfiles(lines, importedAt) { line in
      guard case .success(let profile) = line else { return }
      writer.reset()
      profile.encode(to: &writer)
      try records.write(key: profile.id, value: writer)
      bar.update(records.delivered)
    }
    try records.finish { bar.update(records.delivered) }
    bar.finish(records.delivered)
  }

  /// What every service would refuse.
  private static func check(_ profile: MemberProfile, _ now: Instant) throws(ContractViolation) {
    for (field, instant) in profile.pastInstants where instant.isInTheFuture(at: now) {
      throw ContractViolation(
        .inTheFuture, at: "$.\(field)", "$.\(field) lies more than a day ahead of this machine's clock.")
    }
  }

  private static func readProfiles(
    _ lines: LineSource, _ importedAt: Instant, _ body: (Result<MemberProfile, ContractViolation>) throws -> Void
  ) throws {
    var more = true
    while more {
      more = try lines.next { line in
        let profile = Result { () throws(ContractViolation) -> MemberProfile in
          let profile = try MemberProfile(decoding: line, importedAt: importedAt)
          try check(profile, importedAt)
          return profile
        }
        try body(profile)
      }
    }
  }
}
