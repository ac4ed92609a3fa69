import Contracts
import Testing

@Suite(.timeLimit(.minutes(10))) struct TopicTests {
  private func specs() throws -> [String: TopicSpec] {
    try TopicFolder.topics().mapValues { try TopicSpec(parsing: $0) }
  }

  @Test func everyTopicHasAFileUnderItsName() throws {
    let specs = try specs()
    for (file, spec) in specs { #expect(spec.name == file) }
    for topic in Topic.allCases { #expect(specs[topic.name] != nil, "\(topic.name)") }
    for service in Service.allCases { #expect(specs[Topic.deadLetters(of: service)] != nil) }
    let schemas = try TopicFolder.files(in: "schemas")
    for spec in specs.values {
      guard let schema = spec.schema else { continue }
      #expect(schemas["\(schema.dropFirst("schemas/".count).dropLast(".json".count))"] != nil, "\(schema)")
    }
  }

  @Test func aServiceHasItsOwnTopicsInItsFolder() throws {
    for service in Service.allCases {
      let own = try TopicFolder.files(in: service.name)
      #expect(own[Topic.deadLetters(of: service)] != nil, "\(service.name)")
      for name in try specs().keys where name.hasPrefix("\(service.name).") { #expect(own[name] != nil, "\(name)") }
    }
  }

  @Test func topicsThatHoldMembersArePartitionedAlike() throws {
    let others = [
      Topic.programs, .templates, .privacyCertificates, .forwardings, .commandKeys, .messageControls, .suppressions,
      .rewards, .voucherPools, .partners,
    ].map(\.name)
    for (name, spec) in try specs() where !others.contains(name) {
      #expect(spec.partitions == (name.hasSuffix(".dead-letters") ? .count(1) : .members), "\(name)")
    }
  }

  /// One service, of those that read it, sends strays on: none would be lost, or sent twice.
  @Test func eachTopicByMemberFromOutsideHasOneServiceForItsStrays() {
    let forwarded = Service.allCases.flatMap(\.forwardedTopics)
    #expect(
      Set(forwarded)
        == [
          .members, .claimRequests, .commands, .activities, .privacyRequests, .preferenceRequests, .messageRequests,
          .rewardRequests, .voucherCommands, .voucherCodes,
        ])
    #expect(Set(forwarded).count == forwarded.count)
    for service in Service.allCases { #expect(Set(service.forwardedTopics).isSubset(of: service.inputTopics)) }
  }

  @Test func noTopicIsContentWithOneCopyOfARecord() throws {
    for (name, spec) in try specs() { #expect(spec.config.contains(.init("min.insync.replicas", "2")), "\(name)") }
  }

  @Test func changelogsAreCompacted() throws {
    for (name, spec) in try specs() where name.hasSuffix(".changelog") {
      #expect(spec.config.contains(TopicSpec.Setting("cleanup.policy", "compact")))
    }
  }

  @Test(arguments: [
    ("{}", "$.name"),
    ("{\"name\":\"a\",\"description\":\"b\",\"key\":\"c\",\"partitions\":0,\"config\":{}}", "$.partitions"),
    ("{\"name\":\"a\",\"description\":\"b\",\"key\":\"c\",\"partitions\":1,\"config\":{\"x\":1}}", "$.config.x"),
    (
      "{\"name\":\"a\",\"description\":\"b\",\"key\":\"c\",\"partitioner\":\"crc32\",\"partitions\":1}", "$.partitioner"
    ),
    ("{\"nam\":\"a\"}", "$.nam"), ("{\"name\":}", "$.name"),
  ])
  func brokenTopicFileIsRefusedByPath(text: String, path: String) {
    let error = #expect(throws: TopicSpec.FileError.self) { try TopicSpec(parsing: Array(text.utf8)) }
    #expect(error?.path == path)
  }
}

@Suite(.timeLimit(.minutes(10))) struct TopicPlanTests {
  private let ledger = TopicSpec(
    name: "ledger", description: "d", key: "k", partitions: .members,
    config: [.init("cleanup.policy", "delete"), .init("retention.ms", "1000")])
  private let programs = TopicSpec(
    name: "programs", description: "d", key: "k", partitions: .count(1), config: [.init("cleanup.policy", "compact")])

  @Test func missingTopicsAreToBeCreatedAsTheFileSays() {
    let plan = TopicPlan(specs: [programs, ledger], existing: [], memberPartitions: 6, replicationFactor: 3)
    #expect(plan.creations.map(\.name) == ["ledger", "programs"])
    #expect(plan.creations.map(\.partitions) == [6, 1])
    #expect(plan.creations[0].config == ledger.config)
    #expect(plan.report.contains("create   ledger  partitions=6 cleanup.policy=delete retention.ms=1000"))
  }

  @Test func topicsThatAreAsAgreedAreLeftAlone() {
    let plan = TopicPlan(
      specs: [ledger],
      existing: [
        .init(
          name: "ledger", partitions: 6, replicationFactor: 3,
          config: ["cleanup.policy": "delete", "retention.ms": "1000", "x": "y"]),
        .init(name: "other", partitions: 1, replicationFactor: 3, config: [:]),
      ], memberPartitions: 6, replicationFactor: 3)
    #expect(plan.creations.isEmpty && plan.differences.isEmpty)
    #expect(plan.settled == ["ledger"])
    #expect(plan.report == "0 to create, 0 that differ, 1 as agreed")
  }

  @Test func differencesAreToldAndNothingElseHappens() {
    let plan = TopicPlan(
      specs: [ledger],
      existing: [.init(name: "ledger", partitions: 4, replicationFactor: 3, config: ["retention.ms": "9"])],
      memberPartitions: 6, replicationFactor: 3)
    #expect(plan.creations.isEmpty)
    #expect(plan.differences.map(\.what) == ["partitions", "retention.ms"])
    #expect(plan.report.contains("differs  ledger  retention.ms is 9, topics/ says 1000"))
    #expect(plan.report.contains("0 to create, 1 that differ, 0 as agreed"))
  }

  private let synced = TopicSpec(
    name: "synced", description: "d", key: "k", partitions: .members, config: [.init("min.insync.replicas", "2")])

  /// With one broker a topic that asks for two copies of each record could not be written.
  @Test func noMoreCopiesAreAskedForThanThereAre() {
    for (copies, inSync) in [(1, "1"), (2, "2"), (3, "2")] {
      let plan = TopicPlan(specs: [synced], existing: [], memberPartitions: 6, replicationFactor: copies)
      #expect(plan.creations.map(\.config) == [[.init("min.insync.replicas", inSync)]])
      let there = TopicPlan.Existing(
        name: "synced", partitions: 6, replicationFactor: copies, config: ["min.insync.replicas": "1"])
      let compared = TopicPlan(specs: [synced], existing: [there], memberPartitions: 6, replicationFactor: 3)
      #expect(compared.differences.map(\.wanted) == (copies == 1 ? [] : ["2"]))
    }
  }

  @Test func fewCopiesAreWarnedOfWhetherMadeNowOrThere() {
    let there = TopicPlan.Existing(name: "synced", partitions: 6, replicationFactor: 2, config: [:])
    let plan = TopicPlan(
      specs: [synced, ledger, programs], existing: [there], memberPartitions: 6, replicationFactor: 1)
    #expect(plan.warning?.contains("A record has 1 copy on 2 topics, 2 copies on synced:") == true)
    #expect(TopicPlan(specs: [ledger], existing: [], memberPartitions: 6, replicationFactor: 3).warning == nil)
  }
}
