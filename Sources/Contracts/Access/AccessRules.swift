/// What each principal of the platform needs of the cluster, and no more. A principal is called as its program is.
package enum AccessRules {
  /// The principal of `loyalty`.
  package static let operatorName = "loyalty"

  /// The principal of the notifier's HTTP server, which the world may call: it reads and writes as little as can be.
  package static let webName = "notifier-web"

  package static let all = Service.allCases.flatMap(of) + ofWeb + ofOperator

  /// A service reads what comes in, writes what goes out, and keeps to itself. It asks how large a record its topics
  /// take.
  static func of(_ service: Service) -> [AccessRule] {
    let name = service.name
    let read = Set(service.inputTopics + service.referenceTopics + service.signingTopics + service.followedTopics)
    return [
      AccessRule(name, .topic, sorted(read), [.read], "its inputs and reference topics"),
      AccessRule(name, .topic, sorted(Set(service.writtenTopics)), [.write, .describeConfigs], writes(service)),
      AccessRule(
        name, .topic, ["\(name)."], isPrefix: true, [.read, .write, .describeConfigs],
        "changelogs, which its stores are restored from, and dead letters"),
      AccessRule(name, .group, [name], [.read], "its consumer group, whose offsets its transactions commit"),
      AccessRule(
        name, .group, ["\(name)-"], isPrefix: true, [.describe],
        "what its readers of single partitions are called; nothing joins these groups"),
      AccessRule(
        name, .transactionalId, ["\(name)-"], isPrefix: true, [.write], "one transactional id an instance and thread"),
    ]
  }

  private static func writes(_ service: Service) -> String {
    let strays = service.forwardedTopics.map { "`\($0.name)`" }.sorted().joined(separator: ", ")
    return strays.isEmpty
      ? "its outputs" : "its outputs; \(strays): records that lie where their keys do not belong, sent on"
  }

  private static let ofWeb = [
    AccessRule(webName, .topic, [Topic.preferences.name], [.read], "what members want now, for the page that shows it"),
    AccessRule(webName, .topic, [Topic.preferenceRequests.name], [.write], "what members say there and by SMS"),
    AccessRule(webName, .topic, [Topic.feedback.name], [.write], "what providers report of messages"),
    AccessRule(
      webName, .group, ["\(webName)-"], isPrefix: true, [.describe],
      "what its readers of single partitions are called; nothing joins these groups"),
  ]

  /// The operator's command creates and compares topics, reads all of them, and writes what services take.
  private static var ofOperator: [AccessRule] {
    let taken = Set(
      Service.allCases.flatMap(\.inputTopics) + [
        .programs, .templates, .commandKeys, .messageControls, .suppressions, .rewards, .voucherPools, .partners,
      ])
    let deadLetters = Service.allCases.map { Topic.deadLetters(of: $0) }
    return [
      AccessRule(operatorName, .cluster, [], [.describeConfigs], "`topics apply`: how many copies the cluster makes"),
      AccessRule(
        operatorName, .topic, topicPrefixes, isPrefix: true, [.create, .describeConfigs, .read],
        "`topics apply`; `audit`, `account`, `status` and whatever else reads"),
      AccessRule(
        operatorName, .topic, sorted(taken) + deadLetters, [.write],
        "`programs publish`, `templates publish`, `members import`, `points`, `messages`, `feedback`, `suppressions`, `keys publish`, "
          + "`purchases replay`, `dead-letters replay` and the like; `offsets accept-loss`: who gave up what"),
      AccessRule(
        operatorName, .group, ["\(operatorName)-"], isPrefix: true, [.describe],
        "what its readers are called; nothing joins these groups"),
      AccessRule(
        operatorName, .group, Service.allCases.map(\.name), [.read],
        "`status`: how far the services have come; `offsets accept-loss`: where one goes on"),
      AccessRule(
        operatorName, .group, deadLetters, isPrefix: true, [.read],
        "`dead-letters replay`: how far it has come"),
      AccessRule(
        operatorName, .transactionalId, ["\(operatorName)."], isPrefix: true, [.write],
        "`dead-letters replay`, `offsets accept-loss`, `members check --mend`"),
      AccessRule(
        operatorName, .transactionalId, Service.allCases.map { "\($0.name)-" }, isPrefix: true, [.write], "`fence`"),
    ]
  }

  /// Of every topic there is.
  private static var topicPrefixes: [String] {
    let areas = Set(Topic.allCases.map { "\($0.name.prefix { $0 != "." })." })
    return areas.sorted() + Service.allCases.map { "\($0.name)." }
  }

  private static func sorted(_ topics: Set<Topic>) -> [String] { topics.map(\.name).sorted() }
}
