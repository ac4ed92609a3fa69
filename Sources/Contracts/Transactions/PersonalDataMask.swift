/// Hides what names a person in an event that was refused, so that rejections can be passed around.
///
/// It looks for the fields of the contract that hold personal data (`phone`, `email`, `card`, `name`, `address`,
/// `birthday`), wherever they stand, and overwrites the letters and digits of their values. It works on bytes, since the
/// event may not even be JSON; what does not look like a field is left as it is.
enum PersonalDataMask {
  private static let names: [[UInt8]] = ["phone", "email", "card", "name", "address", "birthday"].map { Array($0.utf8) }

  static func masked(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var index = 0
    while let key = nextString(in: bytes, from: &index) {
      guard names.contains(where: { $0.elementsEqual(bytes[key]) }) else { continue }
      var value = skipSpace(in: bytes, from: index)
      guard value < bytes.count, bytes[value] == UInt8(ascii: ":") else { continue }
      value = skipSpace(in: bytes, from: value + 1)
      guard value < bytes.count else { break }
      if bytes[value] == UInt8(ascii: "\"") {
        index = value
        guard let text = nextString(in: bytes, from: &index) else { break }
        for place in text { bytes[place] = UInt8(ascii: "*") }
      } else {
        while value < bytes.count, bytes[value] >= UInt8(ascii: "0"), bytes[value] <= UInt8(ascii: "9") {
          bytes[value] = UInt8(ascii: "0")
          value += 1
        }
        index = value
      }
    }
    return bytes
  }

  /// The contents of the next quoted string; `index` moves past it. A string that is cut off ends with the bytes.
  private static func nextString(in bytes: [UInt8], from index: inout Int) -> Range<Int>? {
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
    guard index < bytes.count else { return nil }
    let start = index + 1
    index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    let end = min(index, bytes.count)
    index = min(index + 1, bytes.count)
    return start..<max(start, end)
  }

  private static func skipSpace(in bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    return index
  }
}
