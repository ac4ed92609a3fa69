import JSON

/// The fields of one object of a provider's document. A getter that meets a wrong value notes it and gives nil.
struct ProviderFields {
  let node: JSONNode
  let problems: ProviderProblems

  private static let elementsMax = 500

  init?(_ node: JSONNode, _ problems: ProviderProblems, known: Set<String>) {
    guard let members = node.members else {
      problems.add(node.path, "must be an object, not \(node.kind)")
      return nil
    }
    self.node = node
    self.problems = problems
    for (key, member) in members where !known.contains(key) {
      problems.add(member.path, "is no field here; these are: \(known.sorted().joined(separator: ", "))")
    }
  }

  func object(_ name: String, known: Set<String>) -> ProviderFields? {
    node[name].flatMap { ProviderFields($0, problems, known: known) }
  }

  func text(_ name: String, isRequired: Bool) -> String? {
    guard let field = node[name] else {
      if isRequired { problems.add("\(node.path).\(name)", "is missing") }
      return nil
    }
    guard let text = field.string, !text.isEmpty else {
      problems.add(field.path, "must be a text that is not empty")
      return nil
    }
    return text
  }

  func texts(_ name: String) -> [String] {
    guard let field = node[name] else { return [] }
    guard let elements = field.elements, elements.count <= Self.elementsMax else {
      problems.add(field.path, "must be a list of texts")
      return []
    }
    return elements.compactMap { element in
      if element.string == nil { problems.add(element.path, "must be a text, not \(element.kind)") }
      return element.string
    }
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ words: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let field = node[name] else {
      problems.add("\(node.path).\(name)", "is missing")
      return nil
    }
    return Self.word(field, words, problems)
  }

  static func word<Word: RawRepresentable & CaseIterable>(
    _ field: JSONNode, _ words: Word.Type, _ problems: ProviderProblems
  ) -> Word? where Word.RawValue == String {
    guard let word = field.string.flatMap({ Word(rawValue: $0) }) else {
      problems.add(field.path, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    return word
  }

  func template(_ name: String) -> ProviderTemplate? {
    guard let field = node[name] else {
      problems.add("\(node.path).\(name)", "is missing")
      return nil
    }
    return Self.template(field, problems)
  }

  static func template(_ field: JSONNode, _ problems: ProviderProblems) -> ProviderTemplate? {
    guard let text = field.string else {
      problems.add(field.path, "must be a text, not \(field.kind)")
      return nil
    }
    do throws(ProviderTemplate.Fault) {
      return try ProviderTemplate(text)
    } catch {
      problems.add(field.path, error.problem)
      return nil
    }
  }

  /// Names with templates, in the document's order.
  func parameters(_ name: String) -> [ProviderDocument.Parameter] {
    guard let field = node[name] else { return [] }
    return Self.parameters(field, problems)
  }

  static func parameters(_ field: JSONNode, _ problems: ProviderProblems) -> [ProviderDocument.Parameter] {
    guard let members = field.members, members.count <= elementsMax else {
      problems.add(field.path, "must be an object of texts")
      return []
    }
    return members.compactMap { key, member in
      guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }), !key.isEmpty else {
        problems.add(field.path, "names a header or parameter with spaces, colons or other letters than ASCII")
        return nil
      }
      return template(member, problems).map { ProviderDocument.Parameter(name: key, value: $0) }
    }
  }

  func place(_ name: String) -> AnswerPlace? {
    guard let field = node[name] else { return nil }
    guard let place = field.string.flatMap({ AnswerPlace($0) }) else {
      problems.add(field.path, "must be a JSON pointer such as /data/id, or the name of a parameter")
      return nil
    }
    return place
  }

  func whole(_ name: String, _ range: ClosedRange<Int64>) -> Int? {
    guard let field = node[name] else { return nil }
    guard let number = field.integer, range.contains(number) else {
      problems.add(field.path, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return Int(number)
  }

  func tests(_ list: JSONNode) -> [AnswerTest] {
    guard let elements = list.elements, (1...Self.elementsMax).contains(elements.count) else {
      problems.add(list.path, "must be a list of tests, one at least")
      return []
    }
    return elements.compactMap { element in
      guard let fields = ProviderFields(element, problems, known: ["at", "in"]) else { return nil }
      guard let place = fields.place("at") else {
        if element["at"] == nil { problems.add("\(element.path).at", "is missing") }
        return nil
      }
      let words = fields.texts("in")
      if words.isEmpty { problems.add("\(element.path).in", "must be a list of texts, one at least") }
      return AnswerTest(place: place, words: Set(words))
    }
  }
}
