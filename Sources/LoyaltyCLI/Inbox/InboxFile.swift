import Contracts
import Foundation
import JSON
import Kafka
import ServiceKit

/// Publishes one file of the inbox: good rows to `commerce.purchases`, bad ones to a result file beside it, and both
/// files to `done/` at the end.
///
/// Every so many rows the broker's acknowledgements are waited for and the place is kept. A run that is killed begins
/// again there; rows published twice by that are dropped by ingest, which knows their ids.
package struct InboxFile {
  package let path: String
  package let mapping: ColumnMapping?
  package let check: PurchaseCheck
  package let output: any PurchaseOutput
  package let isStopping: () -> Bool

  package init(
    path: String, mapping: ColumnMapping?, check: PurchaseCheck, output: any PurchaseOutput,
    isStopping: @escaping () -> Bool
  ) {
    self.path = path
    self.mapping = mapping
    self.check = check
    self.output = output
    self.isStopping = isStopping
  }

  package enum Outcome: Equatable {
    case done(published: Int, refused: Int)
    /// A request to stop came first: the rest is for the next run.
    case stopped
    /// Written to, or another one took its place, while it was read: it is begun anew.
    case changed
  }

  package static let doneFolder = "done"
  package static let rowsBetweenKeeping = 5_000
  /// Refused purchases that the result file names; of a file with more of them the rest is counted.
  package static let listedMax = 10_000
  /// Beyond this length of the result file refused purchases are counted only.
  package static let listedBytesMax: Int64 = 16 << 20

  private var name: String { URL(fileURLWithPath: path).lastPathComponent }
  private var resultPath: String { path + ".result.ndjson" }

  /// - Throws: `CommandFailure` where the file cannot be read; where that is the file's own fault it is not read again
  ///   until it changes.
  package func publish() throws -> Outcome {
    guard let identity = FileIdentity(path: path) else { return .changed }
    var progress = InboxProgress(of: path, identity: identity)
    if let problem = progress.problem { throw CommandFailure(problem) }
    if progress.target != nil { return try moveAway(&progress, identity) }
    var result = try openResult(&progress, identity)
    defer { try? result.close() }
    do {
      switch try read(identity, &result, &progress) {
      case .done: break
      case .stopped:
        try result.conclude(summary(progress, "stopped before its end; the next run goes on"))
        return .stopped
      case .changed:
        try result.conclude(summary(progress, "changed while it was read; the next run begins it anew"))
        return .changed
      }
    } catch {
      if let failure = error as? CommandFailure, failure.isOfInput {
        progress.problem = failure.description
        try progress.keep(for: path)
      }
      try result.conclude(summary(progress, "\(error)"))
      throw error
    }
    try result.conclude(summary(progress))
    return try moveAway(&progress, identity)
  }

  /// What was done is kept, also where the file breaks off.
  private func read(
    _ identity: FileIdentity, _ result: inout InboxResult, _ progress: inout InboxProgress
  ) throws -> Outcome {
    let file = try PurchaseFile(path, mapping: mapping, isTrusted: false)
    defer { file.close() }
    guard file.identity == identity else { return .changed }
    do {
      guard try publish(file, &result, &progress) else { return .stopped }
    } catch let failure as CommandFailure where failure.isOfInput {
      try keep(&progress, &result)
      throw failure
    }
    guard file.identity == identity else { return .changed }
    return .done(published: progress.published, refused: progress.refused)
  }

  /// False where a request to stop came first.
  private func publish(
    _ file: PurchaseFile, _ result: inout InboxResult, _ progress: inout InboxProgress
  ) throws -> Bool {
    var bar = ProgressBar(name, total: nil, unit: "purchases")
    var sinceKept = 0
    var isWhole = true
    let doneBefore = progress.row
    try file.forEach { row, content in
      guard row > doneBefore else { return true }
      try take(row, content, &result, &progress)
      sinceKept += 1
      if sinceKept == Self.rowsBetweenKeeping {
        sinceKept = 0
        try keep(&progress, &result)
        bar.update(progress.published + progress.refused)
        isWhole = !isStopping()
      }
      return isWhole
    }
    try keep(&progress, &result)
    bar.finish(progress.published + progress.refused)
    return isWhole
  }

  private func take(
    _ row: Int, _ content: PurchaseFile.Row, _ result: inout InboxResult, _ progress: inout InboxProgress
  ) throws {
    let reports = try check.judge(content, row: row) { taken in
      var key = taken.received.transaction.id
      let headers = taken.isCloudEvent ? Self.structured() : nil
      try key.withUTF8 { try output.publish(key: UnsafeRawBufferPointer($0), value: taken.event, headers: headers) }
    }
    if reports.isEmpty {
      progress.published += 1
    } else {
      progress.refused += 1
      if progress.listed < Self.listedMax, result.bytes < Self.listedBytesMax {
        progress.listed += 1
        try result.write(reports.map(\.json), underWay: underWay(progress))
      }
    }
    progress.row = row
  }

  private func keep(_ progress: inout InboxProgress, _ result: inout InboxResult) throws {
    try output.flush()
    try result.write([], underWay: underWay(progress))
    try result.synchronize()
    progress.resultBytes = result.bytes
    try progress.keep(for: path)
  }

  /// The last line of the result file.
  ///
  /// - Parameter problem: why the file has not come to its end; nil where it has.
  private func summary(_ progress: InboxProgress, _ problem: String? = nil) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("finished", .bool(problem == nil)), .init("published", .number("\(progress.published)")),
      .init("refused", .number("\(progress.refused)")),
    ]
    if progress.listed < progress.refused {
      members += [
        .init("unlisted", .count(progress.refused - progress.listed)),
        .init("advice", .string("Only the first refused rows are named; mend their cause and hand the file in again.")),
      ]
    }
    if let problem { members.append(.init("problem", .string(problem))) }
    return .object(members)
  }

  /// What stands there while the file is read, and stays where the process is killed.
  private func underWay(_ progress: InboxProgress) -> JSONValue {
    summary(progress, "is being read, or the run that read it was killed; the next run goes on")
  }

  /// Where the result file has lost what the progress counts on, the file is begun anew.
  private func openResult(_ progress: inout InboxProgress, _ identity: FileIdentity) throws -> InboxResult {
    var opened = try InboxResult.open(resultPath, from: progress.resultBytes)
    if opened == nil {
      progress = InboxProgress(identity: identity)
      opened = try InboxResult.open(resultPath, from: 0)
    }
    guard var result = opened else { throw CommandFailure("\(resultPath): cannot be written") }
    try result.write([], underWay: underWay(progress))
    return result
  }

  // MARK: Moving to done/

  /// The name is noted first, so that a run that is killed between the two files goes on with the second one.
  private func moveAway(_ progress: inout InboxProgress, _ identity: FileIdentity) throws -> Outcome {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: Self.doneFolder).path
    try makeFolder(folder)
    guard FileIdentity(path: path) == identity else { return .changed }
    let target = progress.target ?? freeName(in: folder)
    if progress.target == nil {
      progress.target = target
      try progress.keep(for: path)
    }
    if FileIdentity(path: resultPath) != nil {
      try move(resultPath, to: "\(folder)/\(target).result.ndjson")
    }
    // Once more, since a shop may rename a new file to this name at any time.
    guard FileIdentity(path: path) == identity else { return .changed }
    try move(path, to: "\(folder)/\(target)")
    unlink(InboxProgress.path(of: path))
    return .done(published: progress.published, refused: progress.refused)
  }

  /// A file of that name that was done before keeps its place; this one gets a number.
  private func freeName(in folder: String) -> String {
    func isTaken(_ name: String) -> Bool {
      var status = stat()
      return lstat("\(folder)/\(name)", &status) == 0 || lstat("\(folder)/\(name).result.ndjson", &status) == 0
    }
    var free = name
    var number = 1
    while isTaken(free) {
      number += 1
      free = "\(number)-\(name)"
    }
    return free
  }

  private func makeFolder(_ folder: String) throws {
    var status = stat()
    if mkdir(folder, 0o755) == 0 { return }
    guard errno == EEXIST, lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure("\(folder): is no folder, and none can be made")
    }
  }

  private func move(_ from: String, to target: String) throws {
    guard rename(from, target) == 0 else {
      throw CommandFailure("\(from): cannot be moved to \(target): \(String(cString: strerror(errno)))")
    }
  }

  private static func structured() -> KafkaHeaders {
    let headers = KafkaHeaders()
    headers.append("content-type", "application/cloudevents+json")
    return headers
  }
}
