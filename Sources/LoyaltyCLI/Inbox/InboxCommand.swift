import Contracts
import Foundation
import ServiceKit

/// `loyalty inbox DIR`: publishes the files that shops drop into a folder, for those that cannot publish themselves.
enum InboxCommand: Subcommand {
  private static let folder = Setting.path(
    "folder", help: "Where shops drop *.ndjson, *.jsonl and *.csv, gzip too. Hidden files and *.part are left alone.")
  private static let every = Setting<Rhythm>.choice(
    "every", default: .once,
    help: "Work through the folder once and end, as soon as a file appears, or at the beginning of each period (UTC).")

  static let command = ServiceKit.Command(
    "inbox", summary: "publish purchases from files in a folder; each with a result file, moved to done/ at the end.",
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
  /// 1970-01-01 was a Thursday: weeks begin on Monday.
  private static let weekBeginS: Int64 = 4 * 86_400

  static func run(_ context: CommandContext) throws -> ExitCode {
    let rhythm = context.settings[every]
    let mapping = try context.settings[ValidateCommand.mapping].map { try ColumnMapping(file: $0) }
    var period: Int64?
    repeat {
      let nowS = LogOutput.wallClockMs() / 1000
      let current = rhythm.seconds.map { (nowS - (rhythm == .weekly ? weekBeginS : 0)) / $0 }
      if current == nil || current != period {
        try workThrough(context, mapping)
        period = current
      }
      guard rhythm != .once else { break }
      Thread.sleep(forTimeInterval: lookAgainS)
    } while !context.stop.isStopping
    return .done
  }

  /// Oldest first, so that a correction comes after what it corrects.
  private static func workThrough(_ context: CommandContext, _ mapping: ColumnMapping?) throws {
    let files = try waiting(in: context.settings[folder])
    guard !files.isEmpty else { return }
    _ = try context.cluster.partitionCount(of: .purchases)
    for path in files where !context.stop.isStopping {
      let check = try PurchaseCheck(
        programs: try PublishedPrograms.read(context.cluster).values.map { $0 }, nowMs: LogOutput.wallClockMs())
      do {
        _ = try InboxFile(path: path, mapping: mapping, check: check, context: context).publish()
      } catch let failure as CommandFailure {
        // One broken file must not hold up the others; it stays where it is.
        guard context.settings[every] != .once else { throw failure }
        context.console.note("loyalty: \(failure)")
      }
    }
  }

  private static func waiting(in folder: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw CommandFailure("\(folder): cannot be read")
    }
    let endings = [".ndjson", ".jsonl", ".csv", ".ndjson.gz", ".jsonl.gz", ".csv.gz"]
    let files = names.filter { name in
      !name.hasPrefix(".") && !name.hasSuffix(".result.ndjson") && endings.contains { name.hasSuffix($0) }
    }
    return try files.map { "\(folder)/\($0)" }.map { path -> (String, Date) in
      let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return (path, date ?? .distantPast)
    }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
  }
}
