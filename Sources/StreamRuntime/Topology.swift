/// What a service is to the runtime: its inputs, stores, outputs, and how to make a processor for one partition.
package struct Topology: Sendable {
  /// One changelogged table.
  package struct StoreSpec: Sendable {
    /// As in the changelog's name: `<service>.<name>.changelog`.
    package var name: String
    /// Clean rows kept decoded in memory, a partition. 0 for rows that are written once and seldom looked at again: a
    /// change of such a row is encoded at once and not kept.
    package var cacheRowsMax: Int
    /// Whose clock the rows' due instants are told by.
    package var timers: StoreTimers

    package init(name: String, cacheRowsMax: Int, timers: StoreTimers = .task) {
      self.name = name
      self.cacheRowsMax = cacheRowsMax
      self.timers = timers
    }
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
  /// processed with it, so a cycle that one came to is done again. The others are only followed: what was written before a
  /// cycle began is known in it.
  package let awaitedGlobals: Int
  /// Every topic the service writes: its outputs in the order given, then its dead letters, then its changelogs.
  package let outputTopics: [String]
  /// Makes the processor of one partition. Called again after an aborted cycle: it must start from its stores only.
  package let makeProcessor: @Sendable (ProcessorContext) throws -> any Processor

  package init(
    service: String, inputTopics: [String], stores: [StoreSpec], globalTopics: [String] = [],
    followedTopics: [String] = [], outputTopics: [String],
    makeProcessor: @escaping @Sendable (ProcessorContext) throws -> any Processor
  ) {
    self.service = service
    self.inputTopics = inputTopics
    self.stores = stores
    self.globalTopics = globalTopics + followedTopics
    awaitedGlobals = globalTopics.count
    deadLetterTopic = outputTopics.count
    firstChangelogTopic = outputTopics.count + 1
    self.outputTopics =
      outputTopics + ["\(service).dead-letters"] + stores.map { "\(service).\($0.name).changelog" }
    self.makeProcessor = makeProcessor
  }

  var hasFollowedGlobals: Bool { awaitedGlobals < globalTopics.count }

  let deadLetterTopic: Int
  let firstChangelogTopic: Int

  package func changelogTopic(table: Int) -> String { outputTopics[firstChangelogTopic + table] }
}

/// Who looks after the due instants of a store's rows, and by which clock.
package enum StoreTimers: Sendable {
  /// The task, by its own clock: it calls ``Processor/runTimers(upToMs:limit:)`` when a row is due.
  case task
  /// The processor, by the machine's clock whatever the task's: it asks to be called by ``Processor/wakeUpMs``.
  case processor
}
