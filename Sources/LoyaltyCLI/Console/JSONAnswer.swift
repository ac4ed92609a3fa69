import JSON
import Loyalty

/// Answers for programs, put together field by field.
extension JSONValue {
  /// An object; a field without a value is left out.
  static func fields(_ fields: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(fields.compactMap { name, value in value.map { .init(name, $0) } })
  }

  static func count(_ count: some BinaryInteger) -> JSONValue { .number("\(count)") }

  static func points(_ points: Points) -> JSONValue { .number("\(points.value)") }

  static func instant(_ instant: Instant) -> JSONValue { .string(instant.rfc3339) }
}
