import Contracts
import Foundation
import Inquiry
import ServiceKit

/// `loyalty inbox DIR`: publishes the files that shops drop into a folder, for those that cannot publish themselves.
enum InboxCommand: Subcommand {
  private static let folder = Setting.path(
    "folder",
    help:
      "Where shops drop *.ndjson, *.jsonl and *.csv, gzip too. What else lies there is named; hidden files and *.part are not."
  )
  private static let every = Setting<Rhythm>.choice(
    "every", default: .once,
    help: "Work through the folder once and end, as soon as a file appears, or at the beginning of each period (UTC).")

  static let command = CommandDeclaration(
    "inbox",
    summary:
      "publish purchases from files in a folder; each with a result file, moved to done/ at the end. Exit code 0 "
      + "when all was taken, 4 when some was refused, 1 when nothing was taken.",
    arguments: [folder], settings: [every, ValidateCommand.mapping])

  static let stopsGracefully = true

  package enum Rhythm: String, CaseIterable, Sendable {
    case once, always, hourly, daily, weekly

    /// Seconds; nil where there is no period.
    var seconds: Int64? {
      switch self {
      case .once, .always: nil
      case .hourly: 3_600
      case .daily: 86_400
      case .weekly: 604_800
      }
    }
  }

  /// Between two looks at the folder, or at the clock.
  private static let lookAgainS = 1.0
  /// Under `--every always`: a file that changed since may still be written to.
  private static let quietS: Int64 = 5
  /// 1970-01-01 was a Thursday: weeks begin on Monday.
  private static let weekBeginS: Int64 = 4 * 86_400

  static func run(_ context: CommandContext) throws -> ExitCode {
    let rhythm = context.settings[every]
    let mapping = try context.settings[ValidateCommand.mapping].map { try ColumnMapping(file: $0) }
    let inbox = try InboxFolder(context.settings[folder])
    defer { inbox.close() }
    if rhythm == .once { return try workThrough(inbox, context, mapping).exitCode }
    var period: Int64?
    var toldProblem: String?
    repeat {
      let nowS = LogOutput.wallClockMs() / 1000
      let current = rhythm.seconds.map { (nowS - (rhythm == .weekly ? weekBeginS : 0)) / $0 }
      if current == nil || current != period {
        do {
          _ = try workThrough(inbox, context, mapping, changedBefore: rhythm == .always ? nowS - quietS : nil)
          period = current
          toldProblem = nil
        } catch {
          // The folder or the broker is out of reach: it is tried again, and told once.
          if toldProblem != "\(error)" { context.console.note("loyalty: \(error)") }
          toldProblem = "\(error)"
        }
      }
      Thread.sleep(forTimeInterval: lookAgainS)
    } while !context.stop.isStopping
    return .done
  }

  private static func workThrough(
    _ inbox: InboxFolder, _ context: CommandContext, _ mapping: ColumnMapping?, changedBefore limitS: Int64? = nil
  ) throws -> InboxFolder.Tally {
    let contents = try inbox.contents(changedBefore: limitS)
    if !contents.files.isEmpty { _ = try context.cluster.partitionCount(of: .purchases) }
    return inbox.workThrough(
      contents, isStopping: { context.stop.isStopping }, note: context.console.note
    ) { path in
      try publish(path, mapping, context)
    }
  }

  private static func publish(
    _ path: String, _ mapping: ColumnMapping?, _ context: CommandContext
  ) throws -> InboxFile.Outcome {
    let check = try PurchaseCheck(
      programs: try PublishedPrograms.read(context.cluster).values.map { $0 }, nowMs: LogOutput.wallClockMs())
    let writer = try RecordWriter(context.cluster, topic: .purchases)
    defer { writer.close() }
    let file = InboxFile(
      path: path, mapping: mapping, check: check, output: writer, isStopping: { context.stop.isStopping })
    let name = URL(fileURLWithPath: path).lastPathComponent
    let outcome = try file.publish()
    switch outcome {
    case .done(let published, let refused):
      context.console.say("\(name): \(grouped(Int64(published))) published, \(grouped(Int64(refused))) refused")
    case .changed:
      context.console.note("\(name): changed while it was read; the next run begins it anew")
    case .stopped: break
    }
    return outcome
  }
}
