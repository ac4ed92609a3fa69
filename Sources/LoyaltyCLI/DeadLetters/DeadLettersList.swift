import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import ServiceKit

/// `loyalty dead-letters list SERVICE`: what a service could not take, and why.
enum DeadLettersList: Subcommand {
  static let service = Setting<Service>.choice("service", help: "The service that could not take them.")
  private static let limit = Setting.integer(
    "limit", default: 50, in: 1...100_000, help: "How many of the last ones are shown, a partition.")

  static let command = CommandDeclaration(
    "list", summary: "the records that a service could not take, and why.", arguments: [service],
    settings: [limit])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let topic = Topic.deadLetters(of: context.settings[service])
    let letters = try read(topic, context)
    if context.wantsJSON {
      context.console.say(.array(letters.map(json)))
      return .done
    }
    guard !letters.isEmpty else {
      context.console.say("\(topic) is empty")
      return .done
    }
    var table = TextTable(["DEAD LETTER", "SINCE", "FROM", "ERROR", "MESSAGE"])
    for letter in letters {
      table.add([
        "\(letter.place.partition)@\(letter.offset)", Instant(milliseconds: letter.timestampMs).rfc3339,
        letter.origin?.description ?? "?", letter.error, letter.message,
      ])
    }
    context.console.say(table.text())
    return .done
  }

  private static func read(_ topic: String, _ context: CommandContext) throws -> [DeadLetterRecord] {
    let limit = context.settings[limit]
    let count = try context.cluster.partitionCounts(of: [topic])[topic] ?? 0
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    var letters: [DeadLetterRecord] = []
    for range in try reader.ranges(of: topic, partitionCount: count) {
      var own: [DeadLetterRecord] = []
      var stretch: [DeadLetterRecord] = []
      _ = try reader.lookBack(range) {
        stretch = []
      } record: { message in
        stretch.append(DeadLetterRecord(message))
      } isEnough: {
        own = stretch.suffix(limit - own.count) + own
        return own.count == limit
      }
      letters += own
    }
    return letters
  }

  private static func json(of letter: DeadLetterRecord) -> JSONValue {
    .object([
      .init("partition", .number("\(letter.place.partition)")),
      .init("offset", .number("\(letter.offset)")),
      .init("since", .string(Instant(milliseconds: letter.timestampMs).rfc3339)),
      .init("topic", letter.origin.map { .string($0.topic) } ?? .null),
      .init("topicPartition", letter.origin.map { .number("\($0.partition)") } ?? .null),
      .init("topicOffset", letter.origin.map { .number("\($0.offset)") } ?? .null),
      .init("error", .string(letter.error)),
      .init("message", .string(letter.message)),
      .init("bytes", .number("\(letter.value?.count ?? 0)")),
    ])
  }
}
