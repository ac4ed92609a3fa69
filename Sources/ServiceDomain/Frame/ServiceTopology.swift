import Contracts
import StreamRuntime

extension Topology {
  /// The topology of one of the platform's services, whose topics stand in ``Service``.
  ///
  /// - Parameters:
  ///   - readsKeys: whether it takes signed commands alone, and so reads whose keys count.
  ///   - actsOutside: whether its processors act on ``Processor/cycleCommitted()``.
  ///   - processor: makes the processor of one partition, see ``makeProcessor``.
  package init(
    of service: Service, stores: [StoreSpec], readsKeys: Bool = false, actsOutside: Bool = false,
    processor: @escaping @Sendable (ProcessorContext, EventPublisher) throws -> any ServiceProcessor
  ) {
    let strays = StrayNotice()
    let references = service.referenceTopics + (readsKeys ? service.signingTopics : [])
    self.init(
      service: service.name, inputTopics: service.inputTopics.map(\.name), stores: stores,
      globalTopics: references.map(\.name), followedTopics: service.followedTopics.map(\.name),
      references: ReferenceRule.all,
      outputTopics: service.writtenTopics.map(\.name), overlapsCommits: !actsOutside,
      makeProcessor: { context in
        let publisher = EventPublisher(context, source: service.eventSource)
        return ServiceFrame(
          service.inputTopics, context, try processor(context, publisher), publisher,
          StrayRecords(service, context, publisher, strays))
      })
  }
}

extension Outbox: EventSink {}
