/// Why bytes are not the JSON that was asked for.
///
/// `message` and `path` never repeat a value of the input, so both may be logged: a path names object keys only where
/// they look like field names (see `JSONLocation`).
@usableFromInline
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package var kind: Kind
  /// A sentence fragment such as `expected a string`.
  package var message: String
  /// Bytes from the start of the input.
  package var offset: Int
  /// Where in the document, as in `$.lines[1].amount`; worked out only once an error has happened.
  package var path: String

  @usableFromInline
  package enum Kind: Sendable {
    case endOfInput
    case syntax
    /// Bytes that are not UTF-8.
    case encoding
    /// The document is JSON, but holds another kind of value here.
    case type
    case depth
    case trailingBytes
    case duplicateKey
  }

  package init(_ kind: Kind, _ message: String, offset: Int, path: String) {
    self.kind = kind
    self.message = message
    self.offset = offset
    self.path = path
  }

  @usableFromInline package var description: String { "\(message) at \(path) (byte \(offset))" }
}
