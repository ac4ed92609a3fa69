import JSON

/// What a line of a replay file tells about where it belongs, without judging it: whether a purchase is valid is for
/// `transaction-ingest` to say, with a rejection that its sender can read.
package struct ReplayKey: Equatable {
  /// The record's key: the member as the shop names it, so that a member's purchases keep their order.
  package var bytes: [UInt8]
  /// The line is a CloudEvent in structured mode.
  package var isCloudEvent: Bool

  package init(ofLine line: UnsafeRawBufferPointer) {
    var reader = JSONReader(line)
    var member: [UInt8]?
    isCloudEvent = false
    do throws(JSONError) {
      try reader.beginObject()
      fields: while let name = try reader.nextKey() {
        switch name {
        case "member":
          member = try Self.member(&reader)
          break fields
        case "data":
          member = try Self.memberOfData(&reader)
        case "specversion":
          isCloudEvent = true
          try reader.skipValue()
        default:
          try reader.skipValue()
        }
        if isCloudEvent, member != nil { break }
      }
    } catch {
      // No JSON as far as it goes: the line is published as it stands, under a key of its own.
    }
    bytes = member ?? Self.digest(line)
  }

  /// A file is JSON lines where its first line is a whole JSON object. What is wrong with a later one its sender reads
  /// in a rejection.
  package static func refuseOtherThanNDJSON(_ first: UnsafeRawBufferPointer, _ lines: LineSource) throws {
    if case .object? = try? JSONValue(parsing: Array(first)) { return }
    throw CommandFailure(
      "\(lines.name), line \(lines.lineNumber): is no JSON object, so the file is not NDJSON (an event a line); nothing of "
        + "it was published. CSV goes through `loyalty inbox --mapping`")
  }

  private static func memberOfData(_ reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
    guard try reader.peek() == .object else {
      try reader.skipValue()
      return nil
    }
    var member: [UInt8]?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "member" { member = try Self.member(&reader) } else { try reader.skipValue() }
    }
    return member
  }

  /// The text of `{"id"}`. What else names the member is personal data, which does not belong in a key.
  private static func member(_ reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
    guard try reader.peek() == .object else {
      try reader.skipValue()
      return nil
    }
    var member: [UInt8]?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "id", member == nil, try reader.peek() == .string {
        let text = try reader.text()
        if !text.isEmpty { member = Array(text.bytes) }
      } else {
        try reader.skipValue()
      }
    }
    return member
  }

  /// For a line that names nobody: the same line gets the same key. FNV-1a, as hexadecimal digits.
  private static func digest(_ line: UnsafeRawBufferPointer) -> [UInt8] {
    let hash = line.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return Array(String(hash, radix: 16).utf8)
  }
}
