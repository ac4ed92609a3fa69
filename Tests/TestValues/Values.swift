import JSON
import Loyalty

/// Values as tests write them down. What cannot be read ends the test at once.

/// A day alone stands for noon in Greenwich.
package func time(_ text: String) -> Instant {
  guard let instant = Instant(rfc3339: text.count == 10 ? text + "T12:00:00Z" : text) else {
    preconditionFailure("not an instant: \(text)")
  }
  return instant
}

package func decimal(_ text: String) -> ExactDecimal {
  guard let value = ExactDecimal(text) else { preconditionFailure("not a decimal: \(text)") }
  return value
}

package func currency(_ code: String) -> Currency {
  guard let currency = Currency.known(code) else { preconditionFailure("unknown currency \(code)") }
  return currency
}

package let usd = currency("USD")

/// What an encoder writes.
package func json(_ write: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter()
  write(&writer)
  return writer.string
}

/// What a decoder makes of a text.
package func bytes<Value>(_ text: String, _ read: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
  try Array(text.utf8).withUnsafeBytes { try read($0) }
}
