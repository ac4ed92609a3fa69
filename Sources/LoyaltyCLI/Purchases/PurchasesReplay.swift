import Contracts
import Foundation
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty purchases replay FILE`: publishes purchases as they stand in a file, in their order, as fast as the broker
/// takes them or at a steady rate.
enum PurchasesReplay: Subcommand {
  private static let file = Setting.path("file", help: "Purchases as JSON lines, gzip too; - is standard input.")
  private static let rate = Setting.integer(
    "rate", in: 1...10_000_000, unit: "purchases a second", help: "As fast as the broker takes them if left out."
  ).optional

  static let command = CommandDeclaration(
    "replay", summary: "publish purchases, returns and cancels from a file.", arguments: [file], settings: [rate])

  static let stopsGracefully = true

  /// How long a wait for the next purchase's turn may be before deliveries are served again.
  private static let waitMsMax: Int64 = 50

  static func run(_ context: CommandContext) throws -> ExitCode {
    let lines = try LineSource(context.settings[file])
    defer { lines.close() }
    _ = try context.cluster.partitionCount(of: .purchases)
    let records = try RecordWriter(context.cluster, topic: .purchases)
    defer { records.close() }
    do {
      return try replay(lines, records, context)
    } catch {
      if records.delivered > 0 {
        context.console.note("\(grouped(Int64(records.delivered))) purchases were published before that:")
      }
      throw error
    }
  }

  private static func replay(_ lines: LineSource, _ records: RecordWriter, _ context: CommandContext) throws -> ExitCode
  {
    let startedMs = ProgressBar.monotonicMs()
    var bar = ProgressBar("replaying", total: try lines.count(), unit: "purchases")
    let structured = KafkaHeaders()
    structured.append("content-type", "application/cloudevents+json")
    var sent = 0
    var more = true
    while more, !context.stop.isStopping {
      if let rate = context.settings[rate] {
        waitForTurn(of: sent, rate: rate, startedMs: startedMs, records, context.stop)
      }
      more = try lines.next { line in
        let line = PurchaseFile.withoutMark(line, number: lines.lineNumber)
        if sent == 0 { try ReplayKey.refuseOtherThanNDJSON(line, lines) }
        let key = ReplayKey(ofLine: line)
        try key.bytes.withUnsafeBytes { bytes in
          do {
            try records.write(key: bytes, value: line, headers: key.isCloudEvent ? structured : nil)
          } catch let error as KafkaError where error.code == .messageSizeTooLarge {
            throw CommandFailure("\(lines.name), line \(lines.lineNumber): is larger than the topic takes")
          }
        }
        sent += 1
      }
      bar.update(records.delivered)
    }
    guard sent > 0 || more else { throw CommandFailure("\(lines.name): is empty") }
    try records.finish { bar.update(records.delivered) }
    bar.finish(records.delivered)
    return tell(sent, lines, tookMs: ProgressBar.monotonicMs() - startedMs, isCutShort: more, context)
  }

  private static func tell(
    _ sent: Int, _ lines: LineSource, tookMs: Int64, isCutShort: Bool, _ context: CommandContext
  ) -> ExitCode {
    let seconds = String(format: "%.1f", Double(tookMs) / 1000)
    let rate = grouped(Int64(sent) * 1000 / max(1, tookMs))
    context.tell(
      "\(grouped(Int64(sent))) purchases published in \(seconds) s, \(rate) a second",
      .fields(["published": .count(sent), "tookMs": .count(tookMs), "isWhole": .bool(!isCutShort)]))
    guard isCutShort else { return .done }
    context.console.note("Stopped after line \(lines.lineNumber) of \(lines.name); what stands before it is published.")
    return .failed
  }

  /// Waits until purchase number `index` is due, serving deliveries meanwhile.
  private static func waitForTurn(
    of index: Int, rate: Int, startedMs: Int64, _ records: RecordWriter, _ stop: StopSignal
  ) {
    let dueMs = startedMs + Int64(index) * 1000 / Int64(rate)
    while !stop.isStopping {
      let leftMs = dueMs - ProgressBar.monotonicMs()
      guard leftMs > 0 else { return }
      records.serve(waitMs: Int32(min(leftMs, waitMsMax)))
    }
  }
}
