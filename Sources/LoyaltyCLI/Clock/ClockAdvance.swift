import Contracts
import JSON
import Kafka
import Loyalty
import ServiceKit

/// `loyalty clock advance --to INSTANT`: lets time pass for workers on stream time.
enum ClockAdvance: Subcommand {
  private static let to = Setting.text(
    "to", placeholder: "INSTANT", help: "RFC 3339, such as 2017-07-08T00:00:00-04:00."
  ).flagOnly

  static let command = CommandDeclaration(
    "advance",
    summary: "let time pass for workers on stream time: what is due by then is released, expires or is judged.",
    settings: [to])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let instant = try context.settings.instant(to)
    let count = try context.cluster.partitionCount(of: .commands)
    let time = try WorkersTime(context.cluster, told: nil)
    guard time.isOnStream || !time.isKnown else {
      throw CommandFailure("the workers live on wall time, where no tick moves them; nothing is done")
    }
    let records = try RecordWriter(context.cluster, topic: .commands)
    defer { records.close() }
    var writer = JSONWriter()
    Command.clockTick(id: "clock.tick:\(instant.rfc3339)", to: instant).encode(to: &writer)
    let headers = try writer.withBytes { (bytes) throws in try CommandSigner(context).headers(key: nil, value: bytes) }
    for partition in 0..<Int32(count) {
      try writer.withBytes { (bytes) throws in
        try records.write(key: nil, value: bytes, headers: headers, partition: partition)
      }
    }
    try records.finish()
    context.tell(
      "The clock ticks to \(instant.rfc3339) in each of \(count) partitions",
      .fields(["to": .instant(instant), "partitions": .count(count)]))
    return .done
  }
}
