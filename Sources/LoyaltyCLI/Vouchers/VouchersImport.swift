import Contracts
import Inquiry
import JSON
import Loyalty
import Rewards
import ServiceKit
import Signing

/// `loyalty vouchers import POOL FILE`: codes that others have made. Reads twice: first to find bad lines and codes
/// that stand there twice or are there already, then to publish the others. Broken off and begun again it goes on
/// where it was, for what has arrived is there already.
enum VouchersImport: Subcommand {
  private static let pool = Setting.text("pool", help: "The pool's id; its source is imported.")
  private static let file = Setting.path(
    "file", help: "Codes, a line each, CODE or CODE,2027-01-16 with its last day; gzip too; - is standard input.")
  private static let skipBad = Setting.toggle("skip-bad", help: "Publish the good lines even where others are bad.")
  private static let dryRun = Setting.toggle("dry-run", help: "Say what would be published and publish nothing.")

  static let command = CommandDeclaration(
    "import",
    summary:
      "publish codes that others have made, sealed, for a pool; each counts once, however often it is imported. When a "
      + "line is bad, none is published.",
    arguments: [pool, file], settings: [skipBad, dryRun, VoucherSecret.setting])

  /// More are counted, not named.
  private static let linesNamedMax = 100

  private struct Count {
    var read = 0
    var bad = 0
    var repeated = 0
    var known = 0
  }

  static func run(_ context: CommandContext) throws -> ExitCode {
    let key = try VoucherSecret.key(context)
    let id = context.settings[pool]
    let pool = try knownPool(id, context)
    let importedAt = Instant(milliseconds: LogOutput.wallClockMs())
    let reading = CodeLineReading(calendar: pool.calendar, now: importedAt)
    let lines = try LineSource(context.settings[file])
    defer { lines.close() }
    try lines.keepForSecondReading()
    let buckets = try CodeBuckets()
    defer { buckets.close() }
    var count = Count()
    try readDigests(lines, reading, key, buckets, &count, context)
    if count.bad > 0, !context.settings[skipBad] {
      throw CommandFailure(
        "nothing was published: \(grouped(Int64(count.bad))) of \(grouped(Int64(count.read))) lines are bad. Mend them, or "
          + "--skip-bad publishes the others")
    }
    try readKnown(buckets, context)
    let leftOut = try repetitions(buckets, lines.name, &count, context)
    let isDry = context.settings[dryRun]
    try lines.startOver()
    if !isDry {
      try publish(lines, reading, id, key, leftOut, count: count.read - count.bad - leftOut.count, context)
    }
    let new = count.read - count.bad - leftOut.count
    context.tell(words(count, new: new, id, isDry), json(count, new: new, id, isDry))
    return .done
  }

  private static func knownPool(_ id: String, _ context: CommandContext) throws -> VoucherPoolDocument {
    let catalog = try PublishedDocuments<VoucherPoolDocument>(context.cluster).catalog
    guard let document = catalog[id] else {
      throw CommandFailure(
        "no pool \(id) counts; `loyalty vouchers pools publish` makes it known", exitCode: .refused)
    }
    guard document.source == .imported else {
      throw CommandFailure(
        "the codes of \(id) are made by the reward engine; only a pool whose source is imported takes others",
        exitCode: .refused)
    }
    return document
  }

  // MARK: Reading

  private static func readDigests(
    _ lines: LineSource, _ reading: CodeLineReading, _ key: VoucherKey, _ buckets: CodeBuckets, _ count: inout Count,
    _ context: CommandContext
  ) throws {
    let digest = key.digest
    var named = 0
    var more = true
    while more {
      more = try lines.next { line in
        count.read += 1
        switch reading.read(line) {
        case .failure(let problem):
          count.bad += 1
          named += 1
          if named <= linesNamedMax {
            context.console.note("\(lines.name), line \(lines.lineNumber): \(problem.words)")
          }
        case .success(let code):
          try buckets.add(CodeDigest(of: code.text, digest: digest), line: CodeBuckets.Line(lines.lineNumber))
        }
      }
    }
    if named > linesNamedMax { context.console.note("… and \(named - linesNamedMax) more bad lines") }
  }

  /// Codes that the topic holds.
  private static func readKnown(_ buckets: CodeBuckets, _ context: CommandContext) throws {
    let partitions = try context.cluster.partitionCount(of: .voucherCodes)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    for range in try reader.ranges(of: Topic.voucherCodes.name, partitionCount: partitions) {
      try reader.read([range]) { message in
        guard let bytes = message.key, let digest = CodeDigest(hexadecimal: String(decoding: bytes, as: UTF8.self))
        else { return }
        try buckets.add(digest, line: 0)
      }
    }
  }

  private static func repetitions(
    _ buckets: CodeBuckets, _ name: String, _ count: inout Count, _ context: CommandContext
  ) throws -> LineMarks {
    var marks = LineMarks()
    var first: [(line: CodeBuckets.Line, of: CodeBuckets.Line)] = []
    var repeated = 0
    try buckets.forEachRepetition { line, other in
      marks.insert(line)
      guard other > 0 else { return }
      repeated += 1
      first.append((line, other))
      if first.count >= 2 * linesNamedMax { first = Array(first.sorted { $0.line < $1.line }.prefix(linesNamedMax)) }
    }
    count.repeated = repeated
    count.known = marks.count - repeated
    for (line, other) in first.sorted(by: { $0.line < $1.line }).prefix(linesNamedMax) {
      context.console.note("\(name), line \(line): is the code of line \(other)")
    }
    if repeated > linesNamedMax { context.console.note("… and \(repeated - linesNamedMax) more lines that repeat one") }
    return marks
  }

  // MARK: Publishing

  private static func publish(
    _ lines: LineSource, _ reading: CodeLineReading, _ pool: String, _ key: VoucherKey, _ leftOut: LineMarks,
    count: Int, _ context: CommandContext
  ) throws {
    let digest = key.digest
    let records = try RecordWriter(context.cluster, topic: .voucherCodes)
    defer { records.close() }
    var bar = ProgressBar("importing", total: count, unit: "codes")
    var writer = JSONWriter()
    var more = true
    while more {
      more = try lines.next { line in
        guard !leftOut.contains(CodeBuckets.Line(lines.lineNumber)), case .success(let code) = reading.read(line) else {
          return
        }
        let imported = ImportedCode(
          digest: CodeDigest(of: code.text, digest: digest), pool: pool, sealed: key.seal(code.text),
          codeEnd: CodeDigest.lastCharacters(of: code.text), validUntil: code.validUntil, occurredAt: reading.now)
        writer.reset()
        imported.encode(to: &writer)
        try records.write(key: imported.key, value: writer)
        bar.update(records.delivered)
      }
    }
    try records.finish { bar.update(records.delivered) }
    bar.finish(records.delivered)
  }

  private static func words(_ count: Count, new: Int, _ pool: String, _ isDry: Bool) -> String {
    var parts = ["\(grouped(Int64(new))) codes \(isDry ? "would be " : "")published for \(pool)"]
    if count.known > 0 { parts.append("\(grouped(Int64(count.known))) were there already") }
    if count.repeated > 0 { parts.append("\(grouped(Int64(count.repeated))) lines repeat one") }
    if count.bad > 0 { parts.append("\(grouped(Int64(count.bad))) bad lines skipped") }
    return parts.joined(separator: ", ")
  }

  private static func json(_ count: Count, new: Int, _ pool: String, _ isDry: Bool) -> JSONValue {
    .fields([
      "pool": .string(pool), "read": .count(count.read), "new": .count(new), "published": .count(isDry ? 0 : new),
      "alreadyThere": .count(count.known), "repeated": .count(count.repeated), "skipped": .count(count.bad),
    ])
  }
}
