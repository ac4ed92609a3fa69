/// A Swift file's text taken apart as far as the tidy tests need: what is code, what is comment, what is declared
/// where.
struct SwiftText {
  /// Line by line the code without comments; of literals only what is interpolated is left.
  let code: [String]
  /// Line by line what a comment says, without its slashes; empty where there is none.
  let comments: [String]

  /// What surrounds the character at hand.
  private enum Place: Equatable {
    /// Braces or, in an interpolation, parentheses that are open yet.
    case code(parentheses: Int?)
    case string(hashes: Int, isLong: Bool)
    case lineComment
    case blockComment(depth: Int)
  }

  init(_ lines: [Substring]) {
    var code: [String] = []
    var comments: [String] = []
    var places: [Place] = [.code(parentheses: nil)]
    for line in lines {
      let (codeLine, commentLine) = Self.read(Array(line), &places)
      code.append(codeLine)
      comments.append(commentLine)
    }
    self.code = code
    self.comments = comments
  }

  private static func read(_ line: [Character], _ places: inout [Place]) -> (code: String, comment: String) {
    var code = ""
    var comment = ""
    var index = 0
    while index < line.count {
      switch places[places.count - 1] {
      case .code(let parentheses): index += readCode(line, index, parentheses, &places, &code)
      case .string(let hashes, let isLong): index += readString(line, index, hashes, isLong, &places, &code)
      case .lineComment:
        comment.append(line[index])
        index += 1
      case .blockComment(let depth):
        let ends = begins("*/", line, index)
        if ends { places.removeLast() }
        if ends, depth > 1 { places.append(.blockComment(depth: depth - 1)) }
        if begins("/*", line, index) { places[places.count - 1] = .blockComment(depth: depth + 1) }
        if !ends { comment.append(line[index]) }
        index += ends ? 2 : 1
      }
    }
    if places[places.count - 1] == .lineComment { places.removeLast() }
    return (code, comment)
  }

  private static func begins(_ text: String, _ line: [Character], _ index: Int) -> Bool {
    index + text.count <= line.count && zip(text, line[index...]).allSatisfy(==)
  }

  /// Returns how many characters it took.
  private static func readCode(
    _ line: [Character], _ index: Int, _ parentheses: Int?, _ places: inout [Place], _ code: inout String
  ) -> Int {
    if begins("//", line, index) {
      places.append(.lineComment)
      return 2
    }
    if begins("/*", line, index) {
      places.append(.blockComment(depth: 1))
      return 2
    }
    if let (place, length) = stringStart(line, index) {
      places.append(place)
      return length
    }
    let character = line[index]
    guard let open = parentheses, "()".contains(character) else {
      code.append(character)
      return 1
    }
    let left = character == "(" ? open + 1 : open - 1
    if left == 0 { places.removeLast() } else { places[places.count - 1] = .code(parentheses: left) }
    code.append(left == 0 ? " " : character)
    return 1
  }

  private static func readString(
    _ line: [Character], _ index: Int, _ hashes: Int, _ isLong: Bool, _ places: inout [Place], _ code: inout String
  ) -> Int {
    let escape = "\\" + String(repeating: "#", count: hashes)
    let end = (isLong ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
    if begins(escape + "(", line, index) {
      places.append(.code(parentheses: 1))
      code.append(" ")
      return escape.count + 1
    }
    if begins(escape, line, index) { return escape.count + 1 }
    guard begins(end, line, index) else { return 1 }
    places.removeLast()
    code.append(" ")
    return end.count
  }

  private static func stringStart(_ line: [Character], _ start: Int) -> (Place, length: Int)? {
    var index = start
    while index < line.count, line[index] == "#" { index += 1 }
    let hashes = index - start
    guard index < line.count, line[index] == "\"" else { return nil }
    let isLong = index + 2 < line.count && line[index + 1] == "\"" && line[index + 2] == "\""
    return (.string(hashes: hashes, isLong: isLong), hashes + (isLong ? 3 : 1))
  }

  // MARK: Declarations

  struct Declaration {
    enum Kind: String, CaseIterable {
      case `struct`, `class`, `enum`, `protocol`, `typealias`, `actor`, `func`, `var`, `let`, `init`, `subscript`,
        `case`
      case `associatedtype`, `deinit`

      var isType: Bool { [.struct, .class, .enum, .protocol, .typealias, .actor].contains(self) }
      var isFunction: Bool { [.func, .`init`, .subscript, .deinit].contains(self) }
    }

    var kind: Kind
    var name: String
    /// Counted from 1.
    var line: Int
    /// Columns before it.
    var indent: Int
    var isPrivate: Bool
    /// Of a function with arguments, `name(label:_:)`.
    var signature: String?
  }

  private static let modifiers: Set<String> = [
    "package", "public", "private", "fileprivate", "internal", "static", "final", "mutating", "nonmutating", "override",
    "indirect", "lazy", "weak", "unowned", "consuming", "borrowing", "nonisolated", "required", "convenience", "open",
  ]

  /// Those that begin a line. Several names of one `case` or `let` count each.
  func declarations() -> [Declaration] {
    code.indices.flatMap { declarations(at: $0) }
  }

  private func declarations(at index: Int) -> [Declaration] {
    let text = code[index]
    let indent = text.prefix { $0 == " " }.count
    var isPrivate = false
    var rest = Substring(text).drop { $0 == " " }
    while true {
      if rest.first == "@" {
        rest = Self.withoutAttribute(rest)
        continue
      }
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      guard Self.modifiers.contains(String(word)) else { break }
      isPrivate = isPrivate || word == "private" || word == "fileprivate"
      rest = rest.dropFirst(word.count)
      if rest.first == "(" { rest = rest.drop { $0 != ")" }.dropFirst() }
      rest = rest.drop { $0 == " " }
    }
    let word = rest.prefix { $0.isLetter }
    // `class func` declares a function.
    guard var kind = Declaration.Kind(rawValue: String(word)) else { return [] }
    rest = rest.dropFirst(word.count)
    guard let separator = rest.first, " (?<{".contains(separator) else { return [] }
    rest = rest.drop { $0 == " " }
    if kind == .class, rest.hasPrefix("func ") {
      kind = .func
      rest = rest.dropFirst(5)
    }
    let made = Declaration(kind: kind, name: "", line: index + 1, indent: indent, isPrivate: isPrivate)
    if kind == .`init` || kind == .subscript || kind == .deinit {
      var own = made
      own.name = kind.rawValue
      own.signature = signature(kind.rawValue, from: index)
      return [own]
    }
    return Self.names(rest, kind).map { name in
      var own = made
      own.name = name
      if kind == .func || kind == .case { own.signature = signature(name, from: index) }
      return own
    }
  }

  private static func withoutAttribute(_ text: Substring) -> Substring {
    let rest = text.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" }
    return (rest.first == "(" ? behindBrackets(rest) : rest).drop { $0 == " " }
  }

  /// What follows the brackets with which the text begins.
  private static func behindBrackets(_ text: Substring) -> Substring {
    var depth = 0
    for index in text.indices {
      if "(<".contains(text[index]) { depth += 1 }
      if ")>".contains(text[index]) { depth -= 1 }
      if depth == 0 { return text[text.index(after: index)...] }
    }
    return ""
  }

  private static func names(_ text: Substring, _ kind: Declaration.Kind) -> [String] {
    let name = { (part: Substring) in
      String(part.drop { " `(".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
    switch kind {
    case .case:
      // `case .a:` and `case let x` stand in a switch.
      guard let first = text.first, first.isLetter || first == "`", !text.hasPrefix("let "), !text.hasSuffix(":")
      else { return [] }
      return parts(of: text).map(name).filter { !$0.isEmpty }
    case .let where text.hasPrefix("("), .var where text.hasPrefix("("):
      return text.prefix { $0 != ")" }.split(separator: ",").map(name).filter { !$0.isEmpty }
    default:
      return [name(text)].filter { !$0.isEmpty }
    }
  }

  /// Between commas that stand in no parentheses.
  private static func parts(of text: Substring) -> [Substring] {
    var depth = 0
    return text.split { character in
      if "([<".contains(character) { depth += 1 }
      if ")]>".contains(character) { depth -= 1 }
      return character == "," && depth == 0
    }
  }

  /// `name(label:_:)` of the parameters that begin in that line or soon after.
  private func signature(_ name: String, from index: Int) -> String? {
    let text = code[index..<min(index + 12, code.count)].joined(separator: " ")
    guard let found = text.range(of: name) else { return nil }
    var rest = text[found.upperBound...]
    if rest.first == "<" { rest = Self.behindBrackets(rest) }
    rest = rest.drop { "?!".contains($0) }
    guard rest.first == "(" else { return nil }
    return "\(name)(\(Self.parameters(rest).map { Self.label(of: $0) }.joined()))"
  }

  /// What stands between the commas of the list with which the text begins.
  private static func parameters(_ text: Substring) -> [String] {
    var depth = 0
    var parameters = [""]
    for character in text {
      if ")]}".contains(character) { depth -= 1 }
      if depth == 0, character == ")" { break }
      if depth == 1, character == "," {
        parameters.append("")
      } else if depth > 0 {
        parameters[parameters.count - 1].append(character)
      }
      if "([{".contains(character) { depth += 1 }
    }
    return parameters.filter { !$0.allSatisfy { $0 == " " } }
  }

  /// `label:` of `label name: Type`; `_:` of what has none.
  private static func label(of parameter: String) -> String {
    let words = parameter.prefix { $0 != ":" }.split(separator: " ")
    guard parameter.contains(":"), let first = words.first, !first.contains("["), !first.contains("(") else {
      return "_:"
    }
    return "\(first):"
  }

  /// Lines from a function's first to its last.
  func length(of function: Declaration) -> Int {
    var depth = 0
    var hasBody = false
    for index in (function.line - 1)..<code.count {
      for character in code[index] {
        if character == "{" {
          depth += 1
          hasBody = true
        }
        if character == "}" { depth -= 1 }
        // The end of what surrounds it: a requirement of a protocol has no body.
        if depth < 0 { return 0 }
      }
      if hasBody, depth == 0 { return index + 2 - function.line }
      if !hasBody, index > function.line - 1, declares(index) { return 0 }
    }
    return 0
  }

  private func declares(_ index: Int) -> Bool { !declarations(at: index).isEmpty }

  /// Every word of the code.
  func words() -> [Substring] {
    code.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" } }
  }
}
