import Contracts
import StreamRuntime

extension Topology {
  /// The topology of one of the platform's services. What it reads is ``Service/inputTopics``, in that order, so that
  /// the same index names the topic of a record.
  package init(
    of service: Service, stores: [StoreSpec], globals: [Topic] = [], followed: [Topic] = [], outputs: [Topic],
    makeProcessor: @escaping @Sendable (ProcessorContext) throws -> any Processor
  ) {
    self.init(
      service: service.name, inputTopics: service.inputTopics.map(\.name), stores: stores,
      globalTopics: globals.map(\.name), followedTopics: followed.map(\.name), outputTopics: outputs.map(\.name),
      makeProcessor: makeProcessor)
  }
}

extension Outbox: EventSink {}
