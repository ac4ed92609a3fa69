import Contracts
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty members check`: what lies wrong on `loyalty.members`, where services do not see it and an erasure did not
/// reach it before strays were sent on; `--mend` moves it to where it belongs.
enum MembersCheck: Subcommand {
  private static let mend = Setting.toggle(
    "mend",
    help: "Move each newest profile to where its key belongs, and remove the others from where they lie.")

  static let command = CommandDeclaration(
    "check",
    summary:
      "list the profiles that lie in a partition where their keys do not belong, or under a key that is not their "
      + "member's; exit code 1 when some do and are not mended.",
    settings: [mend])

  private static let timeoutMs: Int32 = 60_000
  private static let strayATransaction = 500

  static func run(_ context: CommandContext) throws -> ExitCode {
    let strays = try StrayProfileReading.strays(context.cluster)
    let mends = context.settings[mend] && !strays.isEmpty
    if mends { try mend(strays, context.cluster) }
    if context.wantsJSON {
      context.console.say(json(of: strays, mended: mends))
    } else {
      context.console.say(text(of: strays, mended: mends))
    }
    return strays.isEmpty || mends ? .done : .failed
  }

  /// Each profile arrives and goes from where it lay in one transaction.
  private static func mend(_ strays: [StrayProfile], _ cluster: Cluster) throws {
    let producer = try cluster.transactionalProducer("loyalty.members-check")
    defer { producer.close() }
    try cluster.patiently { try producer.initTransactions(timeoutMs: timeoutMs) }
    let topic = try producer.topic(Topic.members.name)
    let headers = KafkaHeaders()
    for start in stride(from: 0, to: strays.count, by: strayATransaction) {
      try producer.begin()
      for stray in strays[start..<min(start + strayATransaction, strays.count)] {
        try stray.key.withUnsafeBytes { key in
          if stray.isMoved {
            headers.removeAll()
            for header in stray.headers where header.name != "\(PlacementHeader.forwardedFrom)" {
              headers.append(header)
            }
            headers.append("\(PlacementHeader.forwardedFrom)", "\(stray.place.partition)@\(stray.offset)")
            try stray.value.withUnsafeBytes {
              try producer.produce(to: topic, partition: stray.ownPartition, key: key, value: $0, headers: headers)
            }
          }
          headers.removeAll()
          headers.append("\(PlacementHeader.clearedBy)", Cluster.clientId)
          try producer.produce(to: topic, partition: stray.place.partition, key: key, value: nil, headers: headers)
        }
      }
      try producer.commit(timeoutMs: timeoutMs)
    }
  }

  private static func json(of strays: [StrayProfile], mended: Bool) -> JSONValue {
    .object([
      .init("topic", .string(Topic.members.name)),
      .init("mended", .bool(mended)),
      .init("strays", .array(strays.map(\.json))),
    ])
  }

  private static func text(of strays: [StrayProfile], mended: Bool) -> String {
    guard !strays.isEmpty else { return "Every profile on \(Topic.members.name) lies where its key belongs" }
    var table = TextTable(["KEY", "LIES AT", "BELONGS IN", "PROBLEM", mended ? "MENDED" : "--mend"], rightAligned: [2])
    for stray in strays {
      let mend = stray.isMoved ? (mended ? "moved" : "moves it") : (mended ? "removed" : "removes it")
      table.add([
        stray.keyText, "\(stray.place.partition)@\(stray.offset)", "\(stray.ownPartition)", stray.problem.rawValue,
        mend,
      ])
    }
    return table.text() + "\n" + Self.remedy
  }

  private static let remedy =
    "Have whoever writes them partition by murmur2_random (kcat: -X topic.partitioner=murmur2_random; clients of "
    + "librdkafka: partitioner=murmur2_random; Java: its own default), under the member's id as key."
}
