import JSON

/// Hides what names a person in an event that was refused, so that rejections can be passed around.
///
/// It overwrites whatever stands in the fields of the contract that hold personal data (`phone`, `email`, `card`,
/// `name`, `address`, `birthday`) and in fields whose names end so: texts become stars, digits nines. A text that holds
/// JSON of its own is followed, and overwritten whole where there is such a field in it. What is not JSON to its end
/// cannot be masked: a phone and a price look alike in it.
enum PersonalDataMask {
  private static let names: [[UInt8]] = ["phone", "email", "card", "name", "address", "birthday"].map { Array($0.utf8) }
  /// JSON within texts is followed so far.
  private static let nestingMax = 4

  /// The event with its personal data masked, as long as it was; nil where it is not JSON.
  static func masked(_ bytes: [UInt8]) -> [UInt8]? { try? masked(bytes, nesting: 0) }

  private static func masked(_ bytes: [UInt8], nesting: Int) throws -> [UInt8] {
    var result = bytes
    try bytes.withUnsafeBytes { source in
      var reader = JSONReader(source)
      try mask(&reader, in: &result, nesting)
      try reader.finish()
    }
    return result
  }

  private static func mask(_ reader: inout JSONReader, in result: inout [UInt8], _ nesting: Int) throws {
    switch try reader.peek() {
    case .object:
      try reader.beginObject()
      while let key = try reader.nextKey() {
        if isPersonal(key) { try hideValue(&reader, in: &result) } else { try mask(&reader, in: &result, nesting) }
      }
    case .array:
      try reader.beginArray()
      while try reader.nextElement() { try mask(&reader, in: &result, nesting) }
    case .string:
      let start = reader.mark
      let text = Array(try reader.text().bytes)
      guard isDocument(text), nesting == nestingMax || (try? masked(text, nesting: nesting + 1)) != text else { return }
      reader.rewind(to: start)
      try hideValue(&reader, in: &result)
    case .number, .bool, .null: try reader.skipValue()
    }
  }

  private static func isPersonal(_ key: JSONText) -> Bool {
    names.contains { name in
      key.count >= name.count && zip(key.bytes.suffix(name.count), name).allSatisfy { $0 | 0x20 == $1 }
    }
  }

  /// Whether a text seems to hold JSON, or what somebody took for it.
  private static func isDocument(_ text: [UInt8]) -> Bool {
    guard let first = text.first(where: { $0 > 0x20 }) else { return false }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
  }

  /// Overwrites the next value whole, keys of objects in it included.
  private static func hideValue(_ reader: inout JSONReader, in result: inout [UInt8]) throws {
    let value = try reader.rawValue()
    let start = value.start - reader.source.baseAddress.unsafelyUnwrapped
    var isText = false
    var index = start
    while index < start + value.count {
      let byte = result[index]
      if byte == UInt8(ascii: "\"") {
        isText.toggle()
      } else if isText {
        result[index] = UInt8(ascii: "*")
        if byte == UInt8(ascii: "\\") {
          index += 1
          result[index] = UInt8(ascii: "*")
        }
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        result[index] = UInt8(ascii: "9")
      }
      index += 1
    }
  }
}
