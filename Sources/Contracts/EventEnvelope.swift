import JSON
import Loyalty

/// An input event as it lies on its topic: plain JSON, or CloudEvents 1.0 in binary or structured mode.
///
/// The value stands alone. Fields it leaves out (`id`, `type`, `source`, `occurredAt`) are taken from the CloudEvents
/// attributes (`id`, `type`, `source`, `time`) where there are any.
package struct EventEnvelope {
  /// The event's own JSON, borrowed from the record.
  package var data: UnsafeRawBufferPointer
  /// nil for a plain event.
  package var attributes: Attributes?
  /// Where `data` stands in the record's value: `$`, or `$.data` in structured mode.
  package var root = "$"

  package struct Attributes: Equatable, Sendable {
    package var id: String?
    package var type: String?
    package var source: String?
    package var time: String?
    /// Of structured mode; empty where it was sent and is none.
    package var traceparent: String?

    package init() {}

    func checkedId() throws(ContractViolation) -> String? {
      guard let id else { return nil }
      guard FieldRules.isId(id) else { throw Self.violation(.invalidId, "id", "1 to 128 printable characters") }
      return id
    }

    func checkedSource() throws(ContractViolation) -> String? {
      guard let source else { return nil }
      guard FieldRules.isId(source) else { throw Self.violation(.invalidId, "source", "1 to 128 printable characters") }
      return source
    }

    func checkedTime() throws(ContractViolation) -> Instant? {
      guard let time else { return nil }
      guard let instant = Instant(rfc3339: time) else {
        throw Self.violation(.invalidInstant, "time", "an RFC 3339 date and time")
      }
      return instant
    }

    private static func violation(
      _ code: ContractViolation.Code, _ name: String, _ expectation: String
    ) -> ContractViolation {
      ContractViolation(code, at: name, "The CloudEvents attribute \(name) must be \(expectation).")
    }
  }

  /// A plain event.
  package init(data: UnsafeRawBufferPointer) { self.data = data }

  /// - Parameters:
  ///   - value: the record's value.
  ///   - header: the record's last header of a name, nil where there is none.
  package init(
    value: UnsafeRawBufferPointer, header: (StaticString) -> UnsafeRawBufferPointer?
  ) throws(ContractViolation) {
    data = value
    let contentType = header("content-type").map { String(decoding: $0, as: UTF8.self).lowercased() }
    if let contentType, Self.isStructured(contentType) {
      guard contentType == "application/cloudevents+json" || contentType.hasPrefix("application/cloudevents+json;")
      else { throw Self.unsupported("$", "send one event a record, in JSON") }
      try readStructured(value)
    } else if let version = header("ce_specversion") {
      guard version.elementsEqual("1.0".utf8) else { throw Self.unsupported("$", "send ce_specversion 1.0") }
      var attributes = Attributes()
      attributes.id = header("ce_id").map { String(decoding: $0, as: UTF8.self) }
      attributes.type = header("ce_type").map { String(decoding: $0, as: UTF8.self) }
      attributes.source = header("ce_source").map { String(decoding: $0, as: UTF8.self) }
      attributes.time = header("ce_time").map { String(decoding: $0, as: UTF8.self) }
      self.attributes = attributes
    }
  }

  private static func traceparent(_ json: UnsafeBufferPointer<UInt8>) -> String? {
    guard !json.elementsEqual("null".utf8) else { return nil }
    guard json.count == TraceParent.byteCount + 2 else { return "" }
    return String(decoding: json.dropFirst().dropLast(), as: UTF8.self)
  }

  /// Whether that content type says that the value holds the whole CloudEvent.
  package static func isStructured(_ contentType: String) -> Bool {
    contentType.lowercased().hasPrefix("application/cloudevents")
  }

  private mutating func readStructured(_ value: UnsafeRawBufferPointer) throws(ContractViolation) {
    var reader = JSONReader(value)
    var body: UnsafeRawBufferPointer?
    var version: String?
    var attributes = Attributes()
    do throws(JSONError) {
      try reader.beginObject()
      while let key = try reader.nextField() {
        switch key {
        case "specversion": version = try reader.string()
        case "id": attributes.id = try reader.string()
        case "type": attributes.type = try reader.string()
        case "source": attributes.source = try reader.string()
        case "time": attributes.time = try reader.string()
        case "traceparent": attributes.traceparent = Self.traceparent(try reader.rawValue().bytes)
        case "data": body = UnsafeRawBufferPointer(try reader.rawValue().bytes)
        default: try reader.skipValue()
        }
      }
      try reader.finish()
    } catch {
      throw ContractViolation(error)
    }
    guard version == "1.0" else { throw Self.unsupported("$.specversion", "send specversion 1.0") }
    guard let body else { throw Self.unsupported("$.data", "send the event as a JSON object in data") }
    self.attributes = attributes
    data = body
    root = "$.data"
  }

  private static func unsupported(_ path: String, _ remedy: String) -> ContractViolation {
    ContractViolation(.unsupportedEnvelope, at: path, "This form of CloudEvents is not taken; \(remedy).")
  }
}
