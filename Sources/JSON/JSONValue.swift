/// A whole document as a tree, in the document's own order and with numbers as their exact text.
///
/// For cold paths: programme documents, imports, the command line. A key that stands twice in an object is an error.
package indirect enum JSONValue: Equatable, Sendable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package init(parsing bytes: [UInt8]) throws(JSONError) {
    self = try Self.parse(bytes)
  }

  package init(parsing text: String) throws(JSONError) {
    self = try Self.parse(Array(text.utf8))
  }

  package init(reading reader: inout JSONReader) throws(JSONError) {
    switch try reader.peek() {
    case .object:
      var members: [Member] = []
      var keys: Set<String> = []
      try reader.beginObject()
      while let text = try reader.nextKey() {
        let key = text.string
        guard keys.insert(key).inserted else {
          throw reader.error(.duplicateKey, "the same key twice in an object", at: reader.lastOffset)
        }
        members.append(Member(key, try JSONValue(reading: &reader)))
      }
      self = .object(members)
    case .array:
      var elements: [JSONValue] = []
      try reader.beginArray()
      while try reader.nextElement() { elements.append(try JSONValue(reading: &reader)) }
      self = .array(elements)
    case .string: self = .string(try reader.string())
    case .number: self = .number(try reader.number().string)
    case .bool: self = .bool(try reader.bool())
    case .null:
      try reader.null()
      self = .null
    }
  }

  private static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
      var reader = JSONReader(buffer)
      do throws(JSONError) {
        let value = try JSONValue(reading: &reader)
        try reader.finish()
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The value of a key; nil where there is none or this is not an object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The number's exact text.
  package var number: String? {
    if case .number(let text) = self { text } else { nil }
  }

  /// The number, where it is a whole one of 64 bits.
  package var integer: Int64? { number.flatMap { Int64($0) } }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }
}
