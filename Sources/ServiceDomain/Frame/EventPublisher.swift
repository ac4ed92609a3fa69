import Contracts
import JSON
import Loyalty
import StreamRuntime

/// The way out of a service's partition: puts events into the outbox with their CloudEvents headers (binary mode) and
/// the `traceparent` of the record that caused them. One thread, that of the task.
package final class EventPublisher {
  /// Of the record at hand; nil while timers run and as the cycle ends.
  package var traceparent: TraceParent?
  @usableFromInline let outbox: Outbox
  @usableFromInline let source: StaticString
  @usableFromInline var writer = JSONWriter(capacity: 4096)
  private let context: ProcessorContext

  /// One of the service's output topics.
  package struct Output {
    @usableFromInline let index: Int
    /// nil: the key's hash decides.
    @usableFromInline let partition: Int32?
  }

  /// - Parameter source: the CloudEvents attribute: the service's name.
  init(_ context: ProcessorContext, source: StaticString) {
    self.context = context
    self.source = source
    outbox = context.outbox
  }

  /// A topic whose records go where their keys belong.
  package func output(_ topic: Topic) -> Output { Output(index: context.output(topic.name), partition: nil) }

  /// A topic of which this task writes its own partition, as it does with what concerns the members in it.
  package func ownPartition(of topic: Topic) -> Output {
    Output(index: context.output(topic.name), partition: context.partition)
  }

  /// - Parameters:
  ///   - partition: instead of the output's.
  ///   - key: nil for a record without a key.
  @inlinable
  package func publish<Event: PublishedEvent>(
    _ event: borrowing Event, to output: Output, partition: Int32? = nil, key: String?
  ) {
    write(event)
    publishWritten(event, to: output, partition: partition, key: key)
  }

  /// The same for what was caused by an earlier record, whose `traceparent` was kept.
  @inlinable
  package func publish<Event: PublishedEvent>(
    _ event: Event, to output: Output, key: String?, causedUnder traceparent: TraceParent?
  ) {
    let current = self.traceparent
    defer { self.traceparent = current }
    self.traceparent = traceparent
    publish(event, to: output, key: key)
  }

  /// Writes an event's value, for ``publishWritten(_:to:partition:key:)``, and lends it.
  @inlinable
  package func written<Event: PublishedEvent, Result>(
    _ event: borrowing Event, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    write(event)
    return writer.withBytes(body)
  }

  /// Publishes the event that was written last.
  @inlinable
  package func publishWritten<Event: PublishedEvent>(
    _ event: borrowing Event, to output: Output, partition: Int32? = nil, key: String?
  ) {
    let attributes = EventAttributes(
      id: event.eventId, type: event.eventType, source: source, occurredAt: event.occurredAt)
    let partition = partition ?? output.partition
    if let key {
      outbox.send(
        attributes, topic: output.index, partition: partition, key: key, traceparent: traceparent, value: writer)
    } else {
      outbox.send(
        attributes, topic: output.index, partition: partition, key: nil, traceparent: traceparent, value: writer)
    }
  }

  /// Puts a value without CloudEvents headers, for a topic that the service itself reads.
  package func send(
    to output: Output, partition: Int32? = nil, key: String, _ encode: (inout JSONWriter) -> Void
  ) {
    writer.reset()
    encode(&writer)
    var key = key
    key.withUTF8 {
      outbox.begin(topic: output.index, partition: partition ?? output.partition, key: UnsafeRawBufferPointer($0))
    }
    traceparent?.withBytes { outbox.header(TraceParent.header, $0) }
    writer.withBytes { outbox.end(value: $0) }
  }

  /// Puts an empty record, which deletes its key from a compacted topic.
  package func sendTombstone(to output: Output, key: String) {
    outbox.sendTombstone(topic: output.index, partition: output.partition, key: key)
  }

  /// Takes a record away from a partition of a compacted topic in which it should not lie, by a tombstone that says
  /// nothing of whom the key names.
  package func clear(_ key: UnsafeRawBufferPointer, of output: Output, partition: Int32) {
    outbox.begin(topic: output.index, partition: partition, key: key)
    outbox.header(
      PlacementHeader.clearedBy, UnsafeRawBufferPointer(start: source.utf8Start, count: source.utf8CodeUnitCount))
    outbox.end(value: nil)
  }

  /// The same, by a key given as text.
  package func clear(_ key: String, of output: Output, partition: Int32) {
    var key = key
    key.withUTF8 { clear(UnsafeRawBufferPointer($0), of: output, partition: partition) }
  }

  @inlinable func write<Event: PublishedEvent>(_ event: borrowing Event) {
    writer.reset()
    event.encode(to: &writer)
  }
}
