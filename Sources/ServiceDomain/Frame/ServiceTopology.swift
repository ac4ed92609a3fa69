import Contracts
import StreamRuntime

extension Topology {
  /// The topology of one of the platform's services. It reads ``Service/inputTopics``.
  ///
  /// - Parameters:
  ///   - globals: reference topics that cycles wait for; `followed`: those that they only follow.
  ///   - processor: makes the processor of one partition, see ``makeProcessor``.
  package init(
    of service: Service, stores: [StoreSpec], globals: [Topic] = [], followed: [Topic] = [], outputs: [Topic],
    processor: @escaping @Sendable (ProcessorContext, EventPublisher) throws -> any ServiceProcessor
  ) {
    self.init(
      service: service.name, inputTopics: service.inputTopics.map(\.name), stores: stores,
      globalTopics: globals.map(\.name), followedTopics: followed.map(\.name), outputTopics: outputs.map(\.name),
      makeProcessor: { context in
        let publisher = EventPublisher(context, source: service.eventSource)
        return ServiceFrame(service.inputTopics, try processor(context, publisher), publisher)
      })
  }
}

extension Outbox: EventSink {}
