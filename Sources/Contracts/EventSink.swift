import JSON
import Loyalty

/// Where a service puts its output records; the stream runtime's outbox is one.
package protocol EventSink: AnyObject {
  func begin(topic: Int, partition: Int32?, key: UnsafeRawBufferPointer?)
  func header(_ name: StaticString, _ value: UnsafeRawBufferPointer)
  /// A nil value is a tombstone.
  func end(value: UnsafeRawBufferPointer?)
}

/// The CloudEvents 1.0 attributes of an output, which go into its headers (binary mode).
package struct EventAttributes: Sendable {
  package var id: String
  package var type: EventTypeName
  package var source: StaticString
  package var occurredAt: Instant

  package init(id: String, type: EventTypeName, source: StaticString, occurredAt: Instant) {
    self.id = id
    self.type = type
    self.source = source
    self.occurredAt = occurredAt
  }
}

extension EventSink {
  /// Puts one event, with its CloudEvents headers and the `traceparent` of the record that caused it.
  ///
  /// - Parameters:
  ///   - topic: index into the topology's output topics.
  ///   - partition: nil lets the partitioner decide by key.
  ///   - value: the writer that holds the event's JSON.
  @inlinable
  package func send(
    _ attributes: EventAttributes, topic: Int, partition: Int32? = nil, key: UnsafeRawBufferPointer?,
    traceparent: TraceParent? = nil, value: borrowing JSONWriter
  ) {
    begin(topic: topic, partition: partition, key: key)
    header("ce_specversion", Self.bytes(of: "1.0"))
    Self.withBytes(of: attributes.id) { header("ce_id", $0) }
    switch attributes.type {
    case .literal(let type): header("ce_type", Self.bytes(of: type))
    case .text(let type): Self.withBytes(of: type) { header("ce_type", $0) }
    }
    header("ce_source", Self.bytes(of: attributes.source))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
      let length = attributes.occurredAt.writeRFC3339(into: buffer)
      header("ce_time", UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<length]))
    }
    header("content-type", Self.bytes(of: "application/json"))
    traceparent?.withBytes { header(TraceParent.header, $0) }
    value.withBytes { end(value: $0) }
  }

  /// The same, with a key given as text.
  @inlinable
  package func send(
    _ attributes: EventAttributes, topic: Int, partition: Int32? = nil, key: String,
    traceparent: TraceParent? = nil, value: borrowing JSONWriter
  ) {
    var key = key
    key.withUTF8 {
      send(
        attributes, topic: topic, partition: partition, key: UnsafeRawBufferPointer($0), traceparent: traceparent,
        value: value)
    }
  }

  /// Puts an empty record, which deletes its key from a compacted topic.
  package func sendTombstone(topic: Int, partition: Int32? = nil, key: String) {
    Self.withBytes(of: key) { begin(topic: topic, partition: partition, key: $0) }
    end(value: nil)
  }

  @usableFromInline
  static func withBytes(of text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    var text = text
    text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }

  @usableFromInline
  static func bytes(of literal: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
  }
}
