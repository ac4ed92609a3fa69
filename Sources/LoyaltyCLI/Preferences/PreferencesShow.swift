import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import Partitioning
import ServiceKit

/// `loyalty preferences show MEMBER`: which messages a member wants, as they have said.
enum PreferencesShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "which messages a member wants, by channel and topic.", arguments: [MemberCommandSettings.member])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let memberId = context.settings[MemberCommandSettings.member]
    guard FieldRules.isId(memberId) else {
      throw ConfigurationError([
        context.settings.problem(
          MemberCommandSettings.member, "needs 1 to \(FieldRules.idLengthMax) printable characters")
      ])
    }
    let preferences = try read(memberId, context.cluster)
    context.tell(text(memberId, preferences), json(memberId, preferences))
    return .done
  }

  /// The newest record of the member; nil: there is none, or they were erased.
  private static func read(_ memberId: String, _ cluster: Cluster) throws -> MemberPreferences? {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let count = try cluster.partitionCount(of: .preferences)
    let partition = KeyPartitioner.partition(of: memberId, among: count)
    let range = try reader.range(of: KafkaTopicPartition(topic: Topic.preferences.name, partition: partition))
    var isFound = false
    var latest: MemberPreferences?
    _ = try reader.lookBack(range) { message in
      guard let key = message.key, key.elementsEqual(memberId.utf8) else { return }
      isFound = true
      latest = try message.value.flatMap { $0.isEmpty ? nil : try MemberPreferences(decoding: $0) }
    } isEnough: {
      isFound
    }
    return latest
  }

  private static func text(_ memberId: String, _ preferences: MemberPreferences?) -> String {
    guard let preferences, !preferences.settings.isEmpty else {
      return "\(memberId) has never said anything: messages go as the consent of their profile has it"
    }
    var table = TextTable(["CHANNEL", "TOPIC", "WANTED", "SINCE", "BY"])
    for setting in preferences.settings {
      table.add([
        setting.preference.channel.rawValue, setting.preference.topic.rawValue,
        setting.preference.isWanted ? "yes" : "no", setting.since.rfc3339, setting.source,
      ])
    }
    return table.text()
  }

  private static func json(_ memberId: String, _ preferences: MemberPreferences?) -> JSONValue {
    .fields([
      "memberId": .string(memberId),
      "settings": .array(
        (preferences?.settings ?? []).map { setting in
          .fields([
            "channel": .string(setting.preference.channel.rawValue),
            "topic": .string(setting.preference.topic.rawValue), "wanted": .bool(setting.preference.isWanted),
            "since": .instant(setting.since), "source": .string(setting.source),
          ])
        }),
    ])
  }
}
