import Contracts

/// Reads one text of a template: literal text, `{{field}}`, `{{#if field}}…{{else if not other}}…{{else}}…{{/if}}` and
/// `{{#plural points}}{{one}}…{{other}}…{{/plural}}`.
///
/// Whatever is read without a fault can be rendered with any facts. It looks at each character once.
package struct TemplateParser {
  private let scalars: [Unicode.Scalar]
  private let kind: TemplateKind
  private let language: Language
  private var index = 0
  private var partCount = 0
  private var isBroken = false
  private var found: [(offset: Int, problem: String)] = []
  /// Of an HTML text: where in it the parser stands.
  private var scanner: HTMLScanner?

  package static let depthMax = 8
  static let partsMax = 2_000
  private static let faultsMax = 10
  private static let tagLengthMax = 100

  private enum Tag {
    case field(String), test(TemplatePart.Test), elseTest(TemplatePart.Test), otherwise, endTest
    case plural(String), form(PluralForm), endPlural
  }

  private struct End {
    let tag: Tag
    let offset: Int
  }

  package static func parse(
    _ text: String, as kind: TemplateKind, in language: Language, isHTML: Bool = false
  ) -> (parts: [TemplatePart], faults: [TemplateFault]) {
    var parser = TemplateParser(text, kind, language, isHTML)
    let parts = parser.parts(depth: 0, isInBlock: false).parts
    parser.scanner?.finish(at: parser.scalars.count)
    return (parts, parser.faults)
  }

  private init(_ text: String, _ kind: TemplateKind, _ language: Language, _ isHTML: Bool) {
    scalars = Array(text.unicodeScalars)
    self.kind = kind
    self.language = language
    scanner = isHTML ? HTMLScanner(isDocument: HTMLScanner.isDocument(text)) : nil
  }

  private var faults: [TemplateFault] {
    (found + (scanner?.faults ?? [])).sorted { $0.offset < $1.offset }.prefix(Self.faultsMax).map { fault in
      let before = scalars[..<min(fault.offset, scalars.count)]
      let line = before.count { $0 == "\n" } + 1
      let column = before.count - (before.lastIndex(of: "\n").map { $0 + 1 } ?? 0) + 1
      return TemplateFault(line: line, column: column, problem: fault.problem)
    }
  }

  private mutating func fault(at offset: Int, _ problem: String) {
    if found.count < Self.faultsMax { found.append((offset, problem)) }
  }

  /// Nothing behind a fault of this kind can be understood.
  private mutating func giveUp(at offset: Int, _ problem: String) {
    guard !isBroken else { return }
    isBroken = true
    fault(at: offset, problem)
    index = scalars.count
    scanner?.isBroken = true
  }

  // MARK: Parts

  private mutating func parts(depth: Int, isInBlock: Bool) -> (parts: [TemplatePart], end: End?) {
    var parts: [TemplatePart] = []
    while index < scalars.count {
      partCount += 1
      guard partCount <= Self.partsMax else {
        giveUp(at: index, "the template has more than \(Self.partsMax) parts")
        break
      }
      guard isAtTag else {
        parts.append(.literal(literal()))
        continue
      }
      let start = index
      guard let tag = tag() else { continue }
      switch tag {
      case .field(let name): if let field = field(name, at: start) { parts.append(field) }
      case .test(let test): if let choice = choice(test, at: start, depth) { parts.append(choice) }
      case .plural(let name): if let plural = plural(name, at: start, depth) { parts.append(plural) }
      case .elseTest, .otherwise, .endTest, .form, .endPlural:
        if isInBlock { return (parts, End(tag: tag, offset: start)) }
        giveUp(at: start, "this stands in no {{#if}} and no {{#plural}}")
      }
    }
    return (parts, nil)
  }

  private var isAtTag: Bool { scalars[index] == "{" && index + 1 < scalars.count && scalars[index + 1] == "{" }

  private mutating func literal() -> String {
    var text = String.UnicodeScalarView()
    while index < scalars.count, !isAtTag {
      scanner?.feed(scalars[index], at: index)
      text.append(scalars[index])
      index += 1
    }
    return String(text)
  }

  private mutating func field(_ name: String, at start: Int) -> TemplatePart? {
    guard let field = known(name, at: start) else { return nil }
    guard field.kind != .flag else {
      fault(at: start, "{{\(name)}} says nothing itself; ask for it: {{#if \(name)}}…{{/if}}")
      return nil
    }
    guard scanner != nil else { return .field(field, in: .plain) }
    switch scanner?.take(field) {
    case .place(let place)?: return .field(field, in: place)
    case .refused(let problem)?: fault(at: start, problem)
    case nil: break
    }
    return nil
  }

  private mutating func known(_ name: String, at start: Int) -> TemplateField? {
    if let field = kind.field(name) { return field }
    let near = kind.fields.map { (name: $0.name, distance: EditDistance.between(name, $0.name)) }
      .min { $0.distance < $1.distance }
    let advice =
      near.flatMap { $0.distance <= 3 ? "did you mean {{\($0.name)}}?" : nil } ?? "docs/templates.md lists its fields"
    fault(at: start, "\(kind.id) has no field \(name.toldWithin(40)); \(advice)")
    return nil
  }

  // MARK: Blocks

  private mutating func choice(_ first: TemplatePart.Test, at start: Int, _ depth: Int) -> TemplatePart? {
    guard mayNest(depth, at: start) else { return nil }
    let before = scanner
    var behind: HTMLScanner?
    var test: TemplatePart.Test? = first
    var branches: [TemplatePart.Branch] = []
    var otherwise: [TemplatePart] = []
    while true {
      if let test { _ = known(test.field, at: start) }
      let (parts, end) = branch(from: before, &behind, depth, at: start)
      if let test { branches.append(.init(test: test, parts: parts)) } else { otherwise = parts }
      guard let end else {
        giveUp(at: start, "this {{#if}} has no {{/if}}")
        return nil
      }
      switch end.tag {
      case .endTest:
        scanner = Self.joined(before, behind, scanner)
        return .choice(branches, otherwise: otherwise)
      case .elseTest(let next) where test != nil: test = next
      case .otherwise where test != nil: test = nil
      default:
        giveUp(at: end.offset, "{{/if}} must come first: an {{#if}} from before is open still")
        return nil
      }
    }
  }

  private mutating func plural(_ name: String, at start: Int, _ depth: Int) -> TemplatePart? {
    guard mayNest(depth, at: start) else { return nil }
    if let field = known(name, at: start), field.kind != .points {
      fault(at: start, "{{\(name)}} is no whole number, and has no plural forms")
    }
    let before = scanner
    var behind: HTMLScanner?
    var forms: [PluralForm: [TemplatePart]] = [:]
    var form: PluralForm?
    while true {
      let (parts, end) = branch(from: before, &behind, depth, at: start)
      if let form {
        if forms.updateValue(parts, forKey: form) != nil { fault(at: start, "{{\(form.rawValue)}} stands twice") }
      } else if parts.contains(where: { !$0.isBlank }) {
        fault(at: start, "between {{#plural}} and the first form stands something")
      }
      switch end?.tag {
      case .form(let next)?:
        if !language.pluralForms.contains(next) {
          let known = language.pluralForms.map(\.rawValue).joined(separator: ", ")
          fault(at: end?.offset ?? start, "the language \(language.rawValue) has the forms \(known)")
        }
        form = next
      case .endPlural?:
        scanner = Self.joined(before, behind, scanner)
        if forms[.other] == nil { fault(at: start, "this {{#plural}} lacks {{other}}") }
        return .plural(of: name, forms)
      default:
        giveUp(at: start, "this {{#plural}} has no {{/plural}}")
        return nil
      }
    }
  }

  /// One branch of a block: in HTML it must end where it began, so that whichever is taken fits what follows.
  private mutating func branch(
    from before: HTMLScanner?, _ behind: inout HTMLScanner?, _ depth: Int, at start: Int
  ) -> (parts: [TemplatePart], end: End?) {
    let faults = scanner?.faults
    scanner = before
    if let faults { scanner?.faults = faults }
    let read = parts(depth: depth + 1, isInBlock: true)
    if let before, let scanner, !scanner.isBroken, !scanner.isAtSamePlace(as: before) {
      fault(at: start, "each branch must close the tags and quotes that it opens, and no others")
    }
    behind = behind ?? scanner
    return read
  }

  /// Behind a block: where its first branch ends, with the faults of all.
  private static func joined(_ before: HTMLScanner?, _ first: HTMLScanner?, _ last: HTMLScanner?) -> HTMLScanner? {
    var joined = first ?? before
    joined?.faults = last?.faults ?? []
    joined?.isBroken = last?.isBroken ?? false
    return joined
  }

  private mutating func mayNest(_ depth: Int, at start: Int) -> Bool {
    guard depth >= Self.depthMax else { return true }
    giveUp(at: start, "blocks stand in each other more than \(Self.depthMax) deep")
    return false
  }

  // MARK: Tags

  private mutating func tag() -> Tag? {
    let start = index
    var text = String.UnicodeScalarView()
    index += 2
    while index < scalars.count, text.count <= Self.tagLengthMax {
      if scalars[index] == "}", index + 1 < scalars.count, scalars[index + 1] == "}" {
        index += 2
        let words = String(text).split { $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
        if let tag = Self.tag(words) { return tag }
        fault(
          at: start,
          "{{\(words.joined(separator: " ").toldWithin(40))}} is none of {{field}}, {{#if field}}, {{#if not field}}, "
            + "{{else}}, {{else if field}}, {{/if}}, {{#plural field}}, {{/plural}}")
        return nil
      }
      text.append(scalars[index])
      index += 1
    }
    giveUp(at: start, "this {{ has no }}")
    return nil
  }

  private static func tag(_ words: [String]) -> Tag? {
    switch words.first {
    case "#if"?: return test(words.dropFirst()).map { .test($0) }
    case "else"? where words.count == 1: return .otherwise
    case "else"? where words[1] == "if": return test(words.dropFirst(2)).map { .elseTest($0) }
    case "/if"? where words.count == 1: return .endTest
    case "#plural"? where words.count == 2: return .plural(words[1])
    case "/plural"? where words.count == 1: return .endPlural
    case let word? where words.count == 1:
      if let form = PluralForm(rawValue: word) { return .form(form) }
      return isName(word) ? .field(word) : nil
    default: return nil
    }
  }

  private static func test(_ words: ArraySlice<String>) -> TemplatePart.Test? {
    let isNegated = words.first == "not"
    let names = isNegated ? words.dropFirst() : words
    guard names.count == 1, let name = names.first, isName(name) else { return nil }
    return TemplatePart.Test(field: name, isNegated: isNegated)
  }

  private static func isName(_ word: String) -> Bool {
    word.utf8.allSatisfy { byte in
      let small = byte | 0x20
      return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z")
    }
  }
}

extension TemplatePart {
  fileprivate var isBlank: Bool {
    if case .literal(let text) = self { text.allSatisfy(\.isWhitespace) } else { false }
  }
}
