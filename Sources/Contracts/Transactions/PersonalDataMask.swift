import JSON

/// Hides what may name a person in an event that was refused, so that rejections can be passed around.
///
/// It lets pass what it knows: the fields of ``PassingField``, each where it belongs and only where its value looks
/// like what it should be. All else is overwritten, whatever it is called: texts become stars, digits nines. Names of
/// fields that nobody knows stay where they look like names. What is not JSON to its end cannot be masked: a phone and
/// a price look alike in it.
enum PersonalDataMask {
  /// The event with all that is not known to be harmless masked, as long as it was; nil where it is not JSON.
  static func masked(_ bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBytes { source in
      var masked = bytes
      do throws(JSONError) {
        var reader = JSONReader(source)
        try mask(&reader, .event, in: &masked)
        try reader.finish()
        return masked
      } catch {
        return nil
      }
    }
  }

  private static func mask(
    _ reader: inout JSONReader, _ place: PassingField.Place, in result: inout [UInt8]
  ) throws(JSONError) {
    guard try reader.peek() == .object else { return try hideValue(&reader, in: &result) }
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let keyStart = reader.lastOffset
      guard let field = PassingField(key, in: place) else {
        hideKey(key, at: keyStart, in: &result)
        try hideValue(&reader, in: &result)
        continue
      }
      switch field {
      case .value(let kind): try pass(&reader, kind, in: &result)
      case .object(let place): try mask(&reader, place, in: &result)
      case .list(let place):
        guard try reader.peek() == .array else {
          try hideValue(&reader, in: &result)
          continue
        }
        try reader.beginArray()
        while try reader.nextElement() { try mask(&reader, place, in: &result) }
      }
    }
  }

  private static func pass(
    _ reader: inout JSONReader, _ kind: PassingField.Kind, in result: inout [UInt8]
  ) throws(JSONError) {
    let start = reader.mark
    switch try reader.peek() {
    case .bool, .null: return try reader.skipValue()
    case .string:
      if kind.passes(try reader.text().string) { return }
    case .number:
      if kind.passes(number: try reader.number().string) { return }
    case .object, .array: break
    }
    reader.rewind(to: start)
    try hideValue(&reader, in: &result)
  }

  /// A name that looks like one says what a shop sent; another may be a phone or an e-mail.
  private static func hideKey(_ key: JSONText, at start: Int, in result: inout [UInt8]) {
    if key.count <= JSONLocation.keyBytesMax, key.bytes.allSatisfy(JSONLocation.isFieldNameByte) { return }
    var index = start + 1
    while result[index] != UInt8(ascii: "\"") {
      let isEscape = result[index] == UInt8(ascii: "\\")
      result[index] = UInt8(ascii: "*")
      index += 1
      if isEscape {
        result[index] = UInt8(ascii: "*")
        index += 1
      }
    }
  }

  /// Overwrites the next value whole, keys of objects in it included.
  private static func hideValue(_ reader: inout JSONReader, in result: inout [UInt8]) throws(JSONError) {
    let value = try reader.rawValue()
    let start = value.start - reader.base
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
