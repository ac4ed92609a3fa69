import Contracts
import StreamRuntime

extension Topology {
  /// The topology of one of the platform's services, whose topics stand in ``Service``.
  ///
  /// - Parameter processor: makes the processor of one partition, see ``makeProcessor``.
  package init(
    of service: Service, stores: [StoreSpec],
    processor: @escaping @Sendable (ProcessorContext, EventPublisher) throws -> any ServiceProcessor
  ) {
    let strays = StrayNotice()
    self.init(
      service: service.name, inputTopics: service.inputTopics.map(\.name), stores: stores,
      globalTopics: service.referenceTopics.map(\.name), followedTopics: service.followedTopics.map(\.name),
      outputTopics: service.writtenTopics.map(\.name),
      makeProcessor: { context in
        let publisher = EventPublisher(context, source: service.eventSource)
        return ServiceFrame(
          service.inputTopics, context, try processor(context, publisher), publisher,
          StrayRecords(service, context, publisher, strays))
      })
  }
}

extension Outbox: EventSink {}
