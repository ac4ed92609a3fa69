import Contracts
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty rejections retry`: hands refused events to ingest again as they were, once a cause outside of them is
/// mended (a programme published, a profile corrected). What was taken since is dropped there as a duplicate.
enum RejectionsRetry: Subcommand {
  private static let name = Setting.text(
    "rejection", placeholder: "PARTITION@OFFSET", help: "The rejection; left out, --code says which ones."
  ).optional

  static let command = CommandDeclaration(
    "retry", summary: "hand refused events to ingest again, as they were.", arguments: [name],
    settings: [RejectionsList.code, RejectionsList.source, RejectionsList.limit])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let chosen: [RejectionRecord]
    if let name = settings[name] {
      chosen = [try RejectionFilter.find(name, context.cluster)]
    } else {
      guard let code = settings[RejectionsList.code] else {
        throw ConfigurationError([settings.problem(RejectionsList.code, "name a rejection, or a --code")])
      }
      try RejectionsList.checkCode(settings)
      chosen = try RejectionFilter(
        code: code, source: settings[RejectionsList.source], limit: settings[RejectionsList.limit]
      ).read(context.cluster)
    }
    let sent = try retry(Set(chosen.compactMap(\.origin)), context)
    let wanted = Set(chosen.map(\.origin)).count
    context.tell(
      "\(grouped(Int64(sent))) events handed to ingest again",
      .fields(["handedAgain": .count(sent), "gone": .count(wanted - sent)]))
    guard sent < wanted else { return .done }
    context.console.note("The others are no longer on \(Topic.purchases.name): their shops must send them again.")
    return .failed
  }

  private static func retry(_ origins: Set<TopicPartitionOffset>, _ context: CommandContext) throws -> Int {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let writer = try RecordWriter(context.cluster, topic: .purchases)
    defer { writer.close() }
    let count = try context.cluster.partitionCount(of: .purchases)
    var sent = 0
    for partition in 0..<Int32(count) {
      let place = KafkaTopicPartition(topic: Topic.purchases.name, partition: partition)
      let whole = try reader.range(of: place)
      let offsets = origins.filter { $0.topicPartition == place }.map(\.offset).sorted()
      for offset in offsets where (whole.from..<whole.end).contains(offset) {
        try reader.read([TopicReader.Range(place, from: offset, end: offset + 1)]) { record in
          let headers = KafkaHeaders()
          for header in record.headers { headers.append(header) }
          try writer.write(key: record.key, value: record.value, headers: headers, partition: partition)
          sent += 1
        }
      }
    }
    try writer.finish()
    return sent
  }
}
