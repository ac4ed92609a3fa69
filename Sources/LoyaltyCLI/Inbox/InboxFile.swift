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
  private let name: String
  private let folder: FolderHandle
  private let state: InboxState
  private let mapping: ColumnMapping?
  private let check: PurchaseCheck
  private let output: any PurchaseOutput
  private let isStopping: () -> Bool
  private let note: (String) -> Void

  package init(
    _ name: String, in inbox: InboxFolder, mapping: ColumnMapping?, check: PurchaseCheck, output: any PurchaseOutput,
    isStopping: @escaping () -> Bool, note: @escaping (String) -> Void
  ) {
    self.name = name
    folder = inbox.handle
    state = inbox.state
    self.mapping = mapping
    self.check = check
    self.output = output
    self.isStopping = isStopping
    self.note = note
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

  /// Files that get one name in `done/` at the same time are no more than this.
  private static let namesTried = 100
  private static let resultEnding = ".result.ndjson"

  private var resultName: String { name + Self.resultEnding }

  /// - Throws: `CommandFailure` where the file cannot be read; where that is the file's own fault it is not read again
  ///   until it changes.
  package func publish() throws -> Outcome {
    guard let identity = folder.identity(of: name) else { return .changed }
    var progress = InboxProgress(of: name, identity, in: state)
    dropForeignProgress()
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
        try progress.keep(in: state)
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
    let file = try PurchaseFile(name, in: folder, mapping: mapping)
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
    var bar = ProgressBar(TerminalText.name(name), total: nil, unit: "purchases")
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
    try progress.keep(in: state)
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
    var opened = try InboxResult.open(resultName, in: folder, from: progress.resultBytes)
    if opened == nil {
      progress = InboxProgress(of: name, identity)
      opened = try InboxResult.open(resultName, in: folder, from: 0)
    }
    guard var result = opened else { throw CommandFailure("\(folder.shown(resultName)): cannot be written") }
    try result.write([], underWay: underWay(progress))
    return result
  }

  /// Earlier releases kept the progress beside the file, where whoever drops files may write it too.
  private func dropForeignProgress() {
    let foreign = ".\(name).progress"
    guard folder.has(foreign) else { return }
    folder.remove(foreign)
    note(
      "loyalty: \(folder.shown(foreign)): is of an earlier release and not trusted: the file is begun anew, and ingest "
        + "drops by their ids what was published before")
  }

  // MARK: Moving to done/

  /// The name is noted first, so that a run that is killed between the two files goes on with the second one.
  private func moveAway(_ progress: inout InboxProgress, _ identity: FileIdentity) throws -> Outcome {
    let done = try FolderHandle(Self.doneFolder, in: folder, mode: 0o755)
    defer { done.close() }
    for _ in 0..<Self.namesTried {
      guard folder.identity(of: name) == identity else { return .changed }
      let target = progress.target ?? Self.freeName(name, in: done)
      if progress.target == nil {
        progress.target = target
        try progress.keep(in: state)
      }
      let isResultMoved =
        try !folder.has(resultName) || folder.move(resultName, to: done, as: target + Self.resultEnding)
      // Once more, since a shop may rename a new file to this name at any time.
      guard folder.identity(of: name) == identity else { return .changed }
      if isResultMoved, try folder.move(name, to: done, as: target) {
        guard done.identity(of: target) == identity else { return try giveBack(target, done) }
        state.forget(identity)
        return .done(published: progress.published, refused: progress.refused)
      }
      // Somebody took the name meanwhile.
      progress.target = nil
    }
    throw CommandFailure("\(folder.shown(name)): every name that it could have in \(Self.doneFolder)/ is taken")
  }

  /// A file that a shop renamed to this name between the last look and the move has not been read.
  private func giveBack(_ target: String, _ done: FolderHandle) throws -> Outcome {
    guard
      try done.move(target, to: folder, as: name) || done.move(target, to: folder, as: Self.freeName(name, in: folder))
    else { throw CommandFailure("\(done.shown(target)): has not been read and cannot be moved back; drop it again") }
    return .changed
  }

  /// A file of that name that was done before keeps its place; this one gets a number.
  private static func freeName(_ name: String, in folder: FolderHandle) -> String {
    var free = name
    var number = 1
    while folder.has(free) || folder.has(free + resultEnding) {
      number += 1
      free = "\(number)-\(name)"
    }
    return free
  }

  private static func structured() -> KafkaHeaders {
    let headers = KafkaHeaders()
    headers.append("content-type", "application/cloudevents+json")
    return headers
  }
}
