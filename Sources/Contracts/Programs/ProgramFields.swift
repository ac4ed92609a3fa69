import JSON
import Loyalty

/// Collects what is wrong with a document, so that its author sees it at once.
final class ProgramProblems {
  /// The document is to be published, not read again.
  let isNew: Bool
  /// What kind of document it is, in words.
  let document: String
  private var violations: [ProgramViolation] = []
  private var more = 0

  init(isNew: Bool, in document: String = "a programme document") {
    self.isNew = isNew
    self.document = document
  }

  func add(_ path: String, _ problem: String) {
    if violations.count < ProgramRefused.violationsMax {
      violations.append(ProgramViolation(at: path, problem))
    } else {
      more += 1
    }
  }

  /// nil where nothing is wrong.
  var refusal: ProgramRefused? { violations.isEmpty ? nil : ProgramRefused(violations, more: more) }
}

/// The fields of one object of a document. A getter that meets a wrong value notes the problem and gives nil.
struct ProgramFields {
  let node: JSONNode
  let problems: ProgramProblems

  /// Notes every field that is not in `known`: a document that relies on it must not look accepted.
  ///
  /// - Parameter kinds: where an object's kind says which fields it has: those of all kinds, to tell one that is
  ///   another kind's from one that nobody knows.
  init?(
    _ node: JSONNode, _ problems: ProgramProblems, known: Set<String>,
    kinds: [(kind: String, fields: Set<String>)] = []
  ) {
    guard let members = node.members else {
      problems.add(node.path, "must be an object, not \(node.kind)")
      return nil
    }
    self.node = node
    self.problems = problems
    for (key, member) in members where !known.contains(key) {
      let others = kinds.filter { $0.fields.contains(key) }.map(\.kind)
      problems.add(
        member.path,
        others.isEmpty
          ? "is not a field of \(problems.document)"
          : "is not a field of this kind; it is one of kind \(others.joined(separator: ", "))")
    }
  }

  /// The ids that a list's elements have, also those with a fault: what names one of these names something.
  static func ids(in list: JSONNode?) -> Set<String> {
    Set((list?.elements ?? []).compactMap { $0["id"]?.string })
  }

  func required(_ name: String) -> JSONNode? {
    guard let field = node[name] else {
      problems.add(node.path + "." + name, "is missing")
      return nil
    }
    return field
  }

  func object(_ name: String, known: Set<String>) -> ProgramFields? {
    node[name].flatMap { ProgramFields($0, problems, known: known) }
  }

  func elements(of field: JSONNode, from least: Int, to most: Int) -> [JSONNode]? {
    guard let elements = field.elements else {
      problems.add(field.path, "must be a list, not \(field.kind)")
      return nil
    }
    guard (least...most).contains(elements.count) else {
      problems.add(field.path, "must hold \(least) to \(most) elements, not \(elements.count)")
      return nil
    }
    return elements
  }

  func text(_ field: JSONNode) -> String? {
    guard let text = field.string else {
      problems.add(field.path, "must be a string, not \(field.kind)")
      return nil
    }
    guard !text.isEmpty, text.utf8.count <= FieldRules.textBytesMax else {
      problems.add(field.path, "must have 1 to \(FieldRules.textBytesMax) bytes")
      return nil
    }
    return text
  }

  func id(_ field: JSONNode) -> String? {
    guard let text = text(field) else { return nil }
    guard FieldRules.isId(text) else {
      problems.add(field.path, "must have 1 to \(FieldRules.idLengthMax) printable characters, no spaces around")
      return nil
    }
    return text
  }

  func whole(_ field: JSONNode, _ range: ClosedRange<Int64>) -> Int64? {
    guard let number = field.integer, range.contains(number) else {
      problems.add(field.path, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// An exact decimal, as a string or a number.
  func decimal(_ field: JSONNode, from least: ExactDecimal, to most: ExactDecimal, decimals: UInt8) -> ExactDecimal? {
    guard let text = field.string ?? field.number, let value = ExactDecimal(text), value >= least, value <= most,
      value.scale <= decimals
    else {
      problems.add(
        field.path, "must be a decimal number from \(least.text) to \(most.text) with at most \(decimals) decimals")
      return nil
    }
    return value
  }

  /// One of an enum's words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ field: JSONNode, _ words: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let text = field.string, let word = Word(rawValue: text) else {
      noteWrongWord(field, known: Word.allCases.map(\.rawValue))
      return nil
    }
    return word
  }

  /// true or false; false where the field is absent.
  func flag(_ name: String) -> Bool {
    guard let field = node[name] else { return false }
    guard let flag = field.bool else {
      problems.add(field.path, "must be true or false")
      return false
    }
    return flag
  }

  /// `from` and `until`, the latter not included.
  func span() -> (from: Instant?, until: Instant?) {
    let from = node["from"].flatMap { instant($0) }
    let until = node["until"].flatMap { instant($0) }
    if let from, let until, until <= from { problems.add(node.path + ".until", "must be after from") }
    return (from, until)
  }

  func instant(_ field: JSONNode) -> Instant? {
    guard let instant = field.string.flatMap({ Instant(rfc3339: $0) }) else {
      problems.add(field.path, "must be an RFC 3339 instant, such as 2017-01-01T00:00:00-05:00")
      return nil
    }
    return instant
  }

  func noteWrongWord(_ field: JSONNode, known: [String]) {
    problems.add(field.path, "must be one of " + known.joined(separator: ", "))
  }
}
