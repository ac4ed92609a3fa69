import Contracts
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty topics apply`: creates topics that are missing, tells what differs, changes nothing that exists.
enum TopicsApply: Subcommand {
  private static let topicsDirectory = Setting.path(
    "topics-dir", default: "topics", help: "Folder of the topic files.")
  private static let partitions = Setting.integer(
    "partitions", in: 1...10_000,
    help: "Partitions of the topics that are partitioned by member; left out: as many as such topics have, or 6."
  ).optional
  private static let replicationFactor = Setting.integer(
    "replication-factor", in: 1...32,
    help: "Copies of each partition; left out: the cluster's default.replication.factor. 3 in production."
  ).optional
  private static let dryRun = Setting.toggle("dry-run", help: "Only tell what would be created.")

  static let command = CommandDeclaration(
    "apply",
    summary: "create what is missing, tell what differs (then exit code 3), change nothing that exists.",
    settings: [topicsDirectory, partitions, replicationFactor, dryRun])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let specs = try TopicFiles.read(in: context.settings[topicsDirectory])
    let plan = try context.cluster.withAdmin { admin in
      let existing = try existing(specs, admin, context.cluster)
      let memberPartitions =
        context.settings[partitions] ?? MemberPartitions.inUse(specs: specs, existing: existing)
        ?? MemberPartitions.standard
      let copies = try context.settings[replicationFactor] ?? defaultReplicationFactor(admin, context.cluster)
      let plan = TopicPlan(
        specs: specs, existing: existing, memberPartitions: memberPartitions, replicationFactor: copies)
      if !context.settings[dryRun] {
        try create(plan.creations, replicationFactor: copies, admin, context.cluster)
      }
      return plan
    }
    context.tell(plan.report, json(of: plan, isDryRun: context.settings[dryRun]))
    if let warning = plan.warning { context.console.note(warning) }
    if !plan.creations.isEmpty {
      context.console.note(context.settings[dryRun] ? "Nothing was created: --dry-run." : "All of them are created.")
    }
    return plan.differences.isEmpty ? .done : .differs
  }

  private static func json(of plan: TopicPlan, isDryRun: Bool) -> JSONValue {
    .fields([
      "created": .array(isDryRun ? [] : plan.creations.map { .string($0.name) }),
      "missing": .array(isDryRun ? plan.creations.map { .string($0.name) } : []),
      "settled": .array(plan.settled.map { .string($0) }),
      "differences": .array(
        plan.differences.map {
          .fields([
            "topic": .string($0.topic), "what": .string($0.what), "wanted": .string($0.wanted),
            "found": .string($0.found),
          ])
        }),
    ])
  }

  private static func existing(
    _ specs: [TopicSpec], _ admin: KafkaAdmin, _ cluster: Cluster
  ) throws -> [TopicPlan.Existing] {
    let wanted = Set(specs.map(\.name))
    return try cluster.allTopics(admin).filter { wanted.contains($0.name) }.map { topic in
      TopicPlan.Existing(
        name: topic.name, partitions: topic.partitionCount, replicationFactor: topic.replicationFactor,
        config: try cluster.patiently {
          try admin.describeConfigs(topic: topic.name, timeoutMs: Cluster.timeoutMs)
        })
    }
  }

  private static func defaultReplicationFactor(_ admin: KafkaAdmin, _ cluster: Cluster) throws -> Int {
    let told = try cluster.patiently { try admin.defaultReplicationFactor(timeoutMs: Cluster.timeoutMs) }
    guard let copies = told else {
      throw CommandFailure("the cluster does not tell its default.replication.factor; give --replication-factor")
    }
    return copies
  }

  private static func create(
    _ creations: [TopicPlan.Creation], replicationFactor: Int, _ admin: KafkaAdmin, _ cluster: Cluster
  ) throws {
    guard !creations.isEmpty else { return }
    let specs = creations.map { creation in
      KafkaTopicSpec(
        name: creation.name, partitions: Int32(creation.partitions), replicationFactor: Int32(replicationFactor),
        config: Dictionary(creation.config.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }))
    }
    let failures = try cluster.patiently {
      let failures = try admin.createTopics(specs, timeoutMs: Cluster.timeoutMs)
        // Someone else created it meanwhile, or this did the time before; the next run compares it.
        .filter { $0.value.code != .topicAlreadyExists }
      if let passing = failures.values.first(where: { $0.fault == .passing }) { throw passing }
      return failures
    }
    guard failures.isEmpty else {
      throw CommandFailure(failures.sorted { $0.key < $1.key }.map { "\($0.value)" }.joined(separator: "\n"))
    }
  }
}

/// The number of partitions that all topics partitioned by member share.
package enum MemberPartitions {
  package static let standard = 6

  /// What the topics that are there already have; nil when there is none, or when they do not agree.
  package static func inUse(specs: [TopicSpec], existing: [TopicPlan.Existing]) -> Int? {
    let names = Set(specs.filter { $0.partitions == .members }.map(\.name))
    let counts = Set(existing.filter { names.contains($0.name) }.map(\.partitions))
    return counts.count == 1 ? counts.first : nil
  }
}
