import Contracts
import Foundation
import JSON
import Kafka
import ServiceKit

/// Publishes one file of the inbox: good rows to `commerce.purchases`, bad ones to a result file beside it, and both files
/// to `done/` at the end.
///
/// Every so many rows the broker's acknowledgements are waited for and the place is kept. A run that is killed begins
/// again there; rows published twice by that are dropped by ingest, which knows their ids.
struct InboxFile {
  let path: String
  let mapping: ColumnMapping?
  let check: PurchaseCheck
  let context: CommandContext

  static let doneFolder = "done"
  private static let rowsBetweenKeeping = 5_000

  private var resultPath: String { path + ".result.ndjson" }

  /// False where a request to stop came first: the rest is for the next run.
  func publish() throws -> Bool {
    var progress = try InboxProgress(of: path)
    let file = try PurchaseFile(path, mapping: mapping)
    defer { file.close() }
    let writer = try RecordWriter(context.cluster, topic: .purchases)
    defer { writer.close() }
    let result = try openResult(at: progress.resultBytes)
    defer { try? result.close() }
    var bar = ProgressBar(URL(fileURLWithPath: path).lastPathComponent, total: nil, unit: "rows")
    var sinceKept = 0
    var isWhole = true
    let doneBefore = progress.row
    try file.forEach { row, event in
      guard row > doneBefore else { return true }
      try take(row, event, writer, result, &progress)
      sinceKept += 1
      if sinceKept == Self.rowsBetweenKeeping {
        sinceKept = 0
        try keep(&progress, writer, result)
        bar.update(progress.published + progress.refused)
        isWhole = !context.stop.isStopping
      }
      return isWhole
    }
    try keep(&progress, writer, result)
    bar.finish(progress.published + progress.refused)
    guard isWhole else { return false }
    let summary = JSONValue.object([
      .init("finished", .bool(true)), .init("published", .number("\(progress.published)")),
      .init("refused", .number("\(progress.refused)")),
    ])
    try result.write(contentsOf: Data((summary.compact + "\n").utf8))
    try moveAway()
    context.console.say(
      "\(URL(fileURLWithPath: path).lastPathComponent): \(grouped(Int64(progress.published))) published, "
        + "\(grouped(Int64(progress.refused))) refused")
    return true
  }

  private func take(
    _ row: Int, _ event: UnsafeRawBufferPointer, _ writer: RecordWriter, _ result: FileHandle,
    _ progress: inout InboxProgress
  ) throws {
    let isCloudEvent = ReplayKey(ofLine: event).isCloudEvent
    do {
      let transaction = try check.check(event, isCloudEvent: isCloudEvent)
      var key = transaction.id
      let headers = isCloudEvent ? Self.structured() : nil
      try key.withUTF8 { try writer.write(key: UnsafeRawBufferPointer($0), value: event, headers: headers) }
      progress.published += 1
    } catch let violation as ContractViolation {
      let line = Data((violation.report(row: row).compact + "\n").utf8)
      try result.write(contentsOf: line)
      progress.resultBytes += Int64(line.count)
      progress.refused += 1
    }
    progress.row = row
  }

  private func keep(_ progress: inout InboxProgress, _ writer: RecordWriter, _ result: FileHandle) throws {
    try writer.finish()
    try result.synchronize()
    try progress.keep(for: path)
  }

  /// The result file, cut off behind what belongs to the rows that are done.
  private func openResult(at length: Int64) throws -> FileHandle {
    let isThere = FileManager.default.fileExists(atPath: resultPath)
    guard isThere || FileManager.default.createFile(atPath: resultPath, contents: nil),
      let handle = FileHandle(forUpdatingAtPath: resultPath)
    else {
      throw CommandFailure("\(resultPath): cannot be written")
    }
    try handle.truncate(atOffset: UInt64(length))
    try handle.seekToEnd()
    return handle
  }

  /// A file of that name that was done before keeps its place; this one gets a number.
  private func moveAway() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: Self.doneFolder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = URL(fileURLWithPath: path).lastPathComponent
    var target = folder.appending(path: name)
    var number = 1
    while FileManager.default.fileExists(atPath: target.path) {
      number += 1
      target = folder.appending(path: "\(number)-\(name)")
    }
    try FileManager.default.moveItem(
      at: URL(fileURLWithPath: resultPath), to: URL(fileURLWithPath: target.path + ".result.ndjson"))
    try FileManager.default.moveItem(at: URL(fileURLWithPath: path), to: target)
    try FileManager.default.removeItem(atPath: InboxProgress.path(of: path))
  }

  private static func structured() -> KafkaHeaders {
    let headers = KafkaHeaders()
    headers.append("content-type", "application/cloudevents+json")
    return headers
  }
}
