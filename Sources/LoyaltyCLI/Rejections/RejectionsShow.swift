import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty rejections show PARTITION@OFFSET`: all of one rejection, with the event that was refused.
enum RejectionsShow: Subcommand {
  static let name = Setting.text(
    "rejection", placeholder: "PARTITION@OFFSET", help: "The rejection, as `rejections list` names it.")

  static let command = CommandDeclaration(
    "show", summary: "one rejection whole: what to do, and the event with personal data masked.", arguments: [name])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let rejection = try RejectionFilter.find(context.settings[name], context.cluster)
    var document = rejection.document
    if document["original"] == nil, case .object(var members) = document,
      let event = try original(of: rejection, context.cluster)
    {
      members.append(.init("original", .string(event)))
      document = .object(members)
    }
    context.console.say(document)
    return .done
  }

  /// A refusal that came from another partition does not carry the event: it is read where it lies, and masked the same
  /// way. Nil where it is gone, or cannot be masked.
  private static func original(of rejection: RejectionRecord, _ cluster: Cluster) throws -> String? {
    guard let origin = rejection.origin, origin.topicPartition.topic == Topic.purchases.name,
      try (0..<cluster.partitionCount(of: .purchases)).contains(Int(origin.topicPartition.partition))
    else { return nil }
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let whole = try reader.range(of: origin.topicPartition)
    guard (whole.from..<whole.end).contains(origin.offset) else { return nil }
    var masked: [UInt8]?
    try reader.read([TopicReader.Range(origin.topicPartition, from: origin.offset, end: origin.offset + 1)]) { record in
      masked = record.value.flatMap { Rejection.masked(Array($0)) }
    }
    return masked.map { String(decoding: $0, as: UTF8.self) }
  }
}
