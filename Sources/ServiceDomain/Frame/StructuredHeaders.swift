import Contracts
import StreamRuntime

/// The headers of a record that holds a CloudEvent whole, its `traceparent` perhaps included: whoever decodes it first
/// tells that, so that no record is decoded for it alone. Valid as long as the record.
final class StructuredHeaders: HeaderSource {
  private let own: any HeaderSource
  private var onTraceparent: ((String) -> Void)?

  init(_ own: any HeaderSource, onTraceparent: @escaping (String) -> Void) {
    self.own = own
    self.onTraceparent = onTraceparent
  }

  func header(_ name: StaticString) -> UnsafeRawBufferPointer? { own.header(name) }

  func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) -> Void) { own.forEachHeader(body) }

  fileprivate func tell(_ traceparent: String) {
    onTraceparent?(traceparent)
    onTraceparent = nil
  }
}

extension InputRecord {
  /// A CloudEvent that stands in the value with its attributes.
  var isStructuredCloudEvent: Bool {
    headers.header("content-type").map { EventEnvelope.isStructured(String(decoding: $0, as: UTF8.self)) } ?? false
  }

  /// The record is decoded: what only its value tells of the trace is known.
  func tellTraceparent(of envelope: EventEnvelope) {
    guard let traceparent = envelope.attributes?.traceparent else { return }
    (headers as? StructuredHeaders)?.tell(traceparent)
  }
}
