import Contracts
import Foundation
import Inquiry
import JSON
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
    help:
      "Work through the folder once and end, as soon as a file appears, or at the beginning of each period (UTC). With --json "
      + "each run that took a file through is told in a line of its own.")

  private static let stateDirectory = Setting.path(
    "state-dir",
    help:
      "Where it is kept how far each file has come; outside the folder that others write to. Else XDG_STATE_HOME/stampede "
      + "or ~/.local/state/stampede."
  ).optional

  static let command = CommandDeclaration(
    "inbox",
    summary:
      "publish purchases from files in a folder; each with a result file, moved to done/ at the end. Exit code 0 "
      + "when all was taken, 4 when some was refused, 1 when nothing was taken.",
    arguments: [folder], settings: [every, ValidateCommand.mapping, stateDirectory])

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
    guard let state = context.settings[stateDirectory] ?? InboxState.defaultDirectory() else {
      throw ConfigurationError([
        context.settings.problem(stateDirectory, "is needed where neither XDG_STATE_HOME nor HOME is set")
      ])
    }
    let inbox = try InboxFolder(context.settings[folder], stateDirectory: state) {
      context.console.note("loyalty: \($0)")
    }
    defer { inbox.close() }
    let cluster = context.cluster
    let programs = InboxPrograms(read: { try PublishedPrograms.read(cluster) }, note: context.console.note)
    if rhythm == .once {
      let run = try workThrough(inbox, context, mapping, programs)
      if context.wantsJSON { context.console.say(run.json) }
      return run.tally.exitCode
    }
    var period: Int64?
    var toldProblem: String?
    repeat {
      let nowS = LogOutput.wallClockMs() / 1000
      let current = rhythm.seconds.map { (nowS - (rhythm == .weekly ? weekBeginS : 0)) / $0 }
      if current == nil || current != period {
        do {
          let run = try workThrough(
            inbox, context, mapping, programs, changedBefore: rhythm == .always ? nowS - quietS : nil)
          if context.wantsJSON, !run.files.isEmpty { context.console.say(run.json.compact) }
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

  /// One way through the folder.
  private struct Run {
    var tally: InboxFolder.Tally
    /// Those that came to their end.
    var files: [JSONValue] = []

    var json: JSONValue {
      .fields([
        "files": .array(files), "published": .count(tally.published), "refused": .count(tally.refused),
        "staying": .count(tally.staying), "passedOver": .count(tally.passedOver),
        "exitCode": .count(tally.exitCode.rawValue),
      ])
    }
  }

  private static func workThrough(
    _ inbox: InboxFolder, _ context: CommandContext, _ mapping: ColumnMapping?, _ programs: InboxPrograms,
    changedBefore limitS: Int64? = nil
  ) throws -> Run {
    let contents = try inbox.contents(changedBefore: limitS)
    if !contents.files.isEmpty { _ = try context.cluster.partitionCount(of: .purchases) }
    var run = Run(tally: InboxFolder.Tally())
    run.tally = inbox.workThrough(
      contents, isStopping: { context.stop.isStopping }, note: context.console.note
    ) { name in
      let outcome = try publish(name, in: inbox, mapping, programs, context)
      if case .done(let published, let refused) = outcome {
        run.files.append(
          .fields(["file": .string(name), "published": .count(published), "refused": .count(refused)]))
      }
      return outcome
    }
    return run
  }

  private static func publish(
    _ name: String, in inbox: InboxFolder, _ mapping: ColumnMapping?, _ programs: InboxPrograms,
    _ context: CommandContext
  ) throws -> InboxFile.Outcome {
    let check = try programs.check(nowMs: LogOutput.wallClockMs())
    let writer = try RecordWriter(context.cluster, topic: .purchases)
    defer { writer.close() }
    let file = InboxFile(
      name, in: inbox, mapping: mapping, check: check, output: writer, isStopping: { context.stop.isStopping },
      note: context.console.note)
    let outcome = try file.publish()
    switch outcome {
    case .done(let published, let refused):
      guard !context.wantsJSON else { break }
      context.console.say(
        "\(TerminalText.name(name)): \(grouped(Int64(published))) published, \(grouped(Int64(refused))) refused")
    case .changed:
      context.console.note("\(TerminalText.name(name)): changed while it was read; the next run begins it anew")
    case .stopped: break
    }
    return outcome
  }
}
