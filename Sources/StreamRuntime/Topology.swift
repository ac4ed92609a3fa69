/// What a service is to the runtime: its inputs, stores, outputs, and how to make a processor for one partition.
package struct Topology: Sendable {
  /// One changelogged table, as ``StoreDefinition/caching(_:)`` makes it.
  package struct StoreSpec: Sendable {
    package let name: String
    /// The type of its rows, which knows their formats.
    package let row: any StoreRow.Type
    package let cacheRowsMax: Int
    package let timers: StoreTimers
  }

  /// The service's name: consumer group, changelog prefix, dead-letter topic, `stampede_service` label.
  package let service: String
  /// Co-partitioned topics: a task takes the same partition of each.
  package let inputTopics: [String]
  package let stores: [StoreSpec]
  /// Topics read whole by every thread before it takes partitions, and kept current (reference data, compacted): those
  /// that cycles wait for, then those that they follow.
  package let globalTopics: [String]
  /// How many of ``globalTopics`` are waited for: a record that was written after one of theirs was acknowledged is
  /// processed with it, so a cycle that one came to is done again. The others are only followed: what was written
  /// before a cycle began is known in it.
  package let awaitedGlobals: Int
  /// By global topic, what is taken of it; all where there is no rule.
  let references: [String: ReferenceRule]
  /// Every topic the service writes: its outputs in the order given, then its dead letters, then its changelogs.
  package let outputTopics: [String]
  /// Whether a cycle is processed while the one before commits. Not where processors act outside of what is committed,
  /// for ``Processor/cycleCommitted()`` then comes in the midst of the next cycle.
  package let overlapsCommits: Bool
  /// Makes the processor of one partition. Called again after an aborted cycle: it must start from its stores only.
  package var makeProcessor: @Sendable (ProcessorContext) throws -> any Processor

  package init(
    service: String, inputTopics: [String], stores: [StoreSpec], globalTopics: [String] = [],
    followedTopics: [String] = [], references: [String: ReferenceRule] = [:], outputTopics: [String],
    overlapsCommits: Bool = true,
    makeProcessor: @escaping @Sendable (ProcessorContext) throws -> any Processor
  ) {
    self.service = service
    self.inputTopics = inputTopics
    self.overlapsCommits = overlapsCommits
    self.stores = stores
    self.globalTopics = globalTopics + followedTopics
    awaitedGlobals = globalTopics.count
    self.references = references
    deadLetterTopic = outputTopics.count
    firstChangelogTopic = outputTopics.count + 1
    self.outputTopics =
      outputTopics + ["\(service).dead-letters"] + stores.map { "\(service).\($0.name).changelog" }
    self.makeProcessor = makeProcessor
  }

  var hasFollowedGlobals: Bool { awaitedGlobals < globalTopics.count }

  /// The numbers of these partitions of the inputs. Throws where one input's partition came without the others'.
  func numbers(of partitions: [TopicPartition]) throws -> Set<Int32> {
    let numbers = Set(partitions.map(\.partition))
    for number in numbers.sorted() {
      for topic in inputTopics where !partitions.contains(TopicPartition(topic: topic, partition: number)) {
        throw StreamError(
          .fatal,
          "partition \(number) of \(topic) was not assigned together with the others of \(service): its input topics "
            + "must have the same number of partitions. Compare them with `loyalty topics apply`")
      }
    }
    return numbers
  }

  let deadLetterTopic: Int
  let firstChangelogTopic: Int

  package func changelogTopic(table: Int) -> String { outputTopics[firstChangelogTopic + table] }

  /// The place of a store among ``stores``; nil: the topology declares none of that name.
  package func table(of store: String) -> Int? { stores.firstIndex { $0.name == store } }
}
