/// Where in HTML one stands, character by character, and what is wrong with it there.
///
/// It takes less than browsers do: known tags, each one closed, values in quotes. So there is one way to read what it
/// takes, and a field's place is certain. Browsers and mail clients read that the same way (HTML standard, §13.2.5).
package struct HTMLScanner {
  private enum State: Equatable {
    case text
    /// Inside `<style>` or `<title>`, up to its end tag.
    case raw(String)
    case tagStart, tagName, inTag, selfClosing, attributeName, afterAttributeName, beforeValue
    case value(quote: Unicode.Scalar)
    case declaration, comment
  }

  /// What it is of a whole text, for whoever looks at that.
  package enum Piece: Equatable, Sendable {
    case open(String, attributes: [String: String])
    case close(String)
    case text(String)
  }

  enum Answer {
    case place(FieldPlace)
    case refused(String)
  }

  /// Stands for a field's value.
  private static let stand: Unicode.Scalar = "\u{FFFC}"
  private static let depthMax = 100

  private let isDocument: Bool
  private var state = State.text
  private var openTags: [String] = []
  private var tag = ""
  private var isEndTag = false
  private var hasDoctype = false
  private var attributes: [String: String] = [:]
  /// Of an attribute; in a declaration or comment what was read of it.
  private var name = ""
  private var value = ""
  private var text = ""
  /// Where the tag began.
  private var tagOffset = 0
  package private(set) var pieces: [Piece] = []
  var faults: [(offset: Int, problem: String)] = []
  /// Behind a fault nothing is looked at.
  var isBroken = false

  /// - Parameter isDocument: the whole of one, else what stands inside its body.
  init(isDocument: Bool) { self.isDocument = isDocument }

  /// Whether a text is meant to be a whole document.
  package static func isDocument(_ text: String) -> Bool {
    let start = text.drop(while: \.isWhitespace).prefix(9).lowercased()
    return start.hasPrefix("<!doctype") || start.hasPrefix("<html")
  }

  /// The pieces of a text, as far as it can be read.
  package static func pieces(of text: String) -> [Piece] {
    var scanner = HTMLScanner(isDocument: isDocument(text))
    for scalar in text.unicodeScalars { scanner.feed(scalar, at: 0) }
    scanner.finish(at: 0)
    return scanner.pieces
  }

  func isAtSamePlace(as other: HTMLScanner) -> Bool {
    guard state == other.state, openTags == other.openTags else { return false }
    // In a text the last tag is past.
    return switch state {
    case .text, .raw: true
    default: tag == other.tag && name == other.name
    }
  }

  // MARK: Fields

  mutating func take(_ field: TemplateField) -> Answer {
    guard !isBroken else { return .place(.markup) }
    switch state {
    case .text, .raw("title"):
      text.unicodeScalars.append(Self.stand)
      return .place(.markup)
    case .raw where field.kind == .color:
      text.unicodeScalars.append(Self.stand)
      return .place(.markup)
    case .value:
      defer { value.unicodeScalars.append(Self.stand) }
      return inValue(field)
    default: return .refused("a field stands between tags or in the quotes of an attribute")
    }
  }

  private func inValue(_ field: TemplateField) -> Answer {
    switch name {
    case "href", "src":
      if !value.isEmpty { return .place(.linkPart) }
      return field.kind == .link
        ? .place(.link)
        : .refused("a link begins with https://, http://, mailto:, tel: or a field that is a whole link")
    case "style", "bgcolor":
      return field.kind == .color ? .place(.attribute) : .refused("in \(name) a colour alone can stand")
    case "alt", "title", "aria-label": return .place(.attribute)
    default: return .refused("no field can stand in \(name)")
    }
  }

  // MARK: Characters

  mutating func feed(_ scalar: Unicode.Scalar, at offset: Int) {
    guard !isBroken else { return }
    switch state {
    case .text:
      guard scalar == "<" else { return text.unicodeScalars.append(scalar) }
      endText()
      tagOffset = offset
      state = .tagStart
    case .raw(let element): feedRaw(scalar, element)
    case .tagStart, .tagName, .selfClosing: feedTag(scalar, offset)
    case .inTag, .attributeName, .afterAttributeName, .beforeValue: feedAttribute(scalar, offset)
    case .value(let quote):
      guard scalar == quote else { return value.unicodeScalars.append(scalar) }
      endAttribute(offset)
      state = .inTag
    case .declaration: feedDeclaration(scalar, offset)
    case .comment:
      name = String(name.suffix(2)) + String(scalar)
      if name == "-->" { state = .text }
    }
  }

  private mutating func feedRaw(_ scalar: Unicode.Scalar, _ element: String) {
    let end = text.unicodeScalars.suffix(element.count + 2)
    guard scalar == ">", String(end).lowercased() == "</" + element else {
      return text.unicodeScalars.append(scalar)
    }
    text.unicodeScalars.removeLast(element.count + 2)
    endText()
    openTags.removeLast()
    pieces.append(.close(element))
    state = .text
  }

  private mutating func feedTag(_ scalar: Unicode.Scalar, _ offset: Int) {
    switch (state, scalar) {
    case (.tagStart, "!"):
      name = ""
      state = .declaration
    case (.tagStart, "/"):
      (tag, isEndTag, attributes) = ("", true, [:])
      state = .tagName
    case (.tagStart, _) where Self.isLetter(scalar):
      (tag, isEndTag, attributes) = (Self.small(scalar), false, [:])
      state = .tagName
    case (.tagStart, _): fault(tagOffset, "a < that begins no tag is written &lt;")
    case (.tagName, ">") where !tag.isEmpty, (.selfClosing, ">"): endTag(closesItself: state == .selfClosing)
    case (.tagName, "/") where !tag.isEmpty: state = .selfClosing
    case (.tagName, _) where Self.isSpace(scalar) && !tag.isEmpty: state = .inTag
    case (.tagName, _) where Self.isLetter(scalar) || !tag.isEmpty && Self.isDigit(scalar): tag += Self.small(scalar)
    default: fault(offset, "this belongs in no tag")
    }
  }

  private mutating func feedAttribute(_ scalar: Unicode.Scalar, _ offset: Int) {
    switch (state, scalar) {
    case (.inTag, ">"): endTag(closesItself: false)
    case (.inTag, "/"): state = .selfClosing
    case (.attributeName, ">"), (.afterAttributeName, ">"):
      fault(offset, "\(name) has no value")
    case (.attributeName, "="), (.afterAttributeName, "="): state = .beforeValue
    case (.attributeName, _) where Self.isSpace(scalar): state = .afterAttributeName
    case (.inTag, _) where Self.isSpace(scalar), (.afterAttributeName, _) where Self.isSpace(scalar),
      (.beforeValue, _) where Self.isSpace(scalar):
      break
    case (.inTag, _) where Self.isLetter(scalar) && !isEndTag:
      (name, value) = (Self.small(scalar), "")
      state = .attributeName
    case (.attributeName, _) where Self.isLetter(scalar) || Self.isDigit(scalar) || scalar == "-":
      name += Self.small(scalar)
    case (.beforeValue, "\""), (.beforeValue, "'"): state = .value(quote: scalar)
    case (.beforeValue, _): fault(offset, "the value of \(name) stands in quotes")
    default: fault(offset, "this belongs in no tag")
    }
  }

  private mutating func feedDeclaration(_ scalar: Unicode.Scalar, _ offset: Int) {
    guard scalar == ">" else {
      name.unicodeScalars.append(scalar)
      if name == "--" {
        name = ""
        state = .comment
      } else if name.unicodeScalars.count > Self.depthMax {
        fault(tagOffset, "<! begins a comment, <!-- … -->, or <!DOCTYPE html>")
      }
      return
    }
    let isFirst = pieces.allSatisfy { if case .text(let text) = $0 { text.allSatisfy(\.isWhitespace) } else { false } }
    guard isDocument, isFirst, name.lowercased() == "doctype html" else {
      return fault(tagOffset, "<! begins a comment, <!-- … -->, or, first of a document, <!DOCTYPE html>")
    }
    pieces.append(.open("!doctype", attributes: [:]))
    hasDoctype = true
    state = .text
  }

  private mutating func endText() {
    if !text.isEmpty { pieces.append(.text(text)) }
    text = ""
  }

  mutating func finish(at offset: Int) {
    guard !isBroken else { return }
    endText()
    if state != .text {
      fault(tagOffset, "a tag or comment that begins here does not end")
    } else if let last = openTags.last {
      fault(offset, "<\(last)> is not closed")
    }
  }

  private mutating func fault(_ offset: Int, _ problem: String) {
    faults.append((offset, problem))
    isBroken = true
  }

  // MARK: Tags

  private mutating func endAttribute(_ offset: Int) {
    if let problem = HTMLRules.problem(ofAttribute: name, value, stand: Self.stand) { return fault(offset, problem) }
    guard attributes.updateValue(value, forKey: name) == nil else { return fault(offset, "\(name) stands twice") }
  }

  private mutating func endTag(closesItself: Bool) {
    defer { if !isBroken, state != .raw(tag) { state = .text } }
    if isEndTag {
      guard openTags.last == tag else {
        let open = openTags.last.map { "<\($0)> is open" } ?? "nothing is open"
        return fault(tagOffset, "</\(tag)> closes nothing: \(open)")
      }
      openTags.removeLast()
      return pieces.append(.close(tag))
    }
    if let problem = HTMLRules.problem(ofTag: tag, in: openTags, isDocument: isDocument, hasDoctype: hasDoctype) {
      return fault(tagOffset, problem)
    }
    let isVoid = HTMLRules.void.contains(tag)
    guard isVoid || !closesItself else {
      return fault(tagOffset, "<\(tag)/> does not close: write <\(tag)></\(tag)>")
    }
    pieces.append(.open(tag, attributes: attributes))
    guard !isVoid else { return }
    openTags.append(tag)
    guard openTags.count <= Self.depthMax else {
      return fault(tagOffset, "tags stand in each other more than \(Self.depthMax) deep")
    }
    if tag == "style" || tag == "title" { state = .raw(tag) }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { " \n\t\r".unicodeScalars.contains(scalar) }
  private static func small(_ scalar: Unicode.Scalar) -> String { String(scalar).lowercased() }
}
