import Contracts
import StreamRuntime

/// What all services do alike with a record: bring the shelves up to date, hand the record to the input of its topic
/// unless it is a stray, turn what breaks the contract into a dead letter, pass `traceparent` on; and one budget for
/// all that is due.
final class ServiceFrame: Processor {
  private let context: ProcessorContext
  private let service: any ServiceProcessor
  private let publisher: EventPublisher
  /// By ``InputRecord/topic``.
  private let inputs: [ServiceInput]
  /// By the same: written by others than the platform's services, or not by these alone.
  private let isFromOutside: [Bool]
  private let strays: StrayRecords
  private let shelves: [any Shelf]
  private let sweeps: [Sweep]

  init(
    _ topics: [Topic], _ context: ProcessorContext, _ service: any ServiceProcessor, _ publisher: EventPublisher,
    _ strays: StrayRecords
  ) {
    self.context = context
    self.service = service
    self.publisher = publisher
    self.strays = strays
    let declared = service.inputs
    inputs = topics.map { topic in
      guard let input = declared.first(where: { $0.topic == topic }) else {
        preconditionFailure("the service does not say what it does with \(topic.name)")
      }
      return input
    }
    isFromOutside = topics.map { topic in
      Service.allCases.contains { $0.forwardedTopics.contains(topic) }
        || !Service.allCases.contains { $0.outputTopics.contains(topic) }
    }
    precondition(declared.count == topics.count, "the service declares inputs that it does not read")
    shelves = service.shelves
    sweeps = service.sweeps
  }

  func process(_ record: InputRecord) throws {
    for shelf in shelves { shelf.refresh() }
    var record = record
    takeTraceparent(of: &record)
    defer { publisher.traceparent = nil }
    do {
      if inputs[record.topic].isKeyed, let partition = context.partitionElsewhere(of: record) {
        try strays.process(record, belongingTo: partition, inputs[record.topic])
      } else {
        try inputs[record.topic].process(record)
      }
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    } catch is WrongKey {
      strays.removeWronglyKeyed(record, inputs[record.topic])
      throw WrongKey.refusal
    }
  }

  /// What is none by its form is dropped, and counted. One that stands in the record's value is taken as that is
  /// decoded.
  private func takeTraceparent(of record: inout InputRecord) {
    if let sent = record.headers.header(TraceParent.header) { return take(TraceParent(sent)) }
    publisher.traceparent = nil
    guard isFromOutside[record.topic] else { return }
    if let sent = record.headers.header(TraceParent.attributeHeader) { return take(TraceParent(sent)) }
    guard record.isStructuredCloudEvent else { return }
    record.headers = StructuredHeaders(record.headers) { [unowned self] in take(TraceParent($0)) }
  }

  private func take(_ traceparent: TraceParent?) {
    if traceparent == nil { context.counts.droppedTraceparent() }
    publisher.traceparent = traceparent
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    for shelf in shelves { shelf.refresh() }
    var done = 0
    for sweep in sweeps {
      guard done < limit else { break }
      done += try sweep.run(nowMs, limit - done)
    }
    return done
  }

  func cycleEnding() throws { try service.cycleEnding() }
  func cycleCommitted() { service.cycleCommitted() }
  var wakeUpMs: Int64? { service.wakeUpMs }
  var gauges: [Gauge] { service.gauges }
}
