import Kafka

/// Properties of Kafka's clients as text. What is wrong is told by its place, never by its content.
enum KafkaPropertyText {
  typealias Reading = (pairs: [(name: String, value: String)], problems: [String])

  /// Lines `KEY=VALUE`, as Java's properties files have them but without escapes: a value is all that follows the first
  /// `=`, white space at its ends left out. Empty lines and those that begin with # say nothing.
  static func lines(_ text: String) -> Reading {
    var reading: Reading = ([], [])
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let content = line.trimmed
      guard !content.isEmpty, content.first != "#" else { continue }
      append(content, "line \(index + 1)", &reading)
    }
    return reading
  }

  /// `KEY=VALUE,KEY=VALUE`. A comma parts pairs where a name and `=` follow it: a name with a point in it, or one that
  /// is known. So a value may hold commas, as `debug=broker,security` does. A line end parts them wherever it stands.
  static func pairs(_ text: String) -> Reading {
    var reading: Reading = ([], [])
    var number = 0
    for line in text.split(whereSeparator: \.isNewline) {
      var pair = ""
      for piece in line.split(separator: ",", omittingEmptySubsequences: false) {
        if pair.isEmpty || !beginsPair(piece) {
          pair += pair.isEmpty ? String(piece) : ",\(piece)"
        } else {
          appendPair(pair, &number, &reading)
          pair = String(piece)
        }
      }
      appendPair(pair, &number, &reading)
    }
    return reading
  }

  private static func appendPair(_ pair: String, _ number: inout Int, _ reading: inout Reading) {
    var content = Substring(pair).trimmed
    // What a comma leaves behind that nothing follows.
    while content.last == "," || content.last?.isWhitespace == true { content = content.dropLast() }
    guard !content.isEmpty else { return }
    number += 1
    append(content, "pair \(number)", &reading)
  }

  private static func append(_ content: Substring, _ place: String, _ reading: inout Reading) {
    guard let equals = content.firstIndex(of: "="), equals > content.startIndex else {
      reading.problems.append("\(place) is not KEY=VALUE")
      return
    }
    let name = content[..<equals].trimmed
    guard isName(name) else {
      reading.problems.append("\(place): what stands before = is no name of a property")
      return
    }
    reading.pairs.append((String(name), String(content[content.index(after: equals)...].trimmed)))
  }

  private static func beginsPair(_ piece: Substring) -> Bool {
    guard let equals = piece.firstIndex(of: "=") else { return false }
    let name = piece[..<equals].trimmed
    return isName(name) && (name.contains(".") || KafkaProperty.named(String(name)) != .unknown)
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || isJoint($0) }
  }

  private static func isJoint(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }
}
