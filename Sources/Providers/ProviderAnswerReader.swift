import JSON

/// The parts of a document that say what answers and call-backs mean.
struct ProviderAnswerReader {
  let fields: ProviderFields
  private var problems: ProviderProblems { fields.problems }

  init(fields: ProviderFields) { self.fields = fields }

  func success() -> [[AnswerTest]] {
    guard let node = fields.node["success"] else { return [] }
    guard let alternatives = node.elements, !alternatives.isEmpty else {
      problems.add(node.path, "must be a list of lists of tests; one list is enough whose tests all hold")
      return []
    }
    return alternatives.map(fields.tests)
  }

  func codes(_ name: String, isKey: (String) -> Bool) -> [String: AnswerMeaning] {
    guard let node = fields.node[name] else { return [:] }
    guard let members = node.members else {
      problems.add(node.path, "must be an object: a code, and what it speaks of")
      return [:]
    }
    var found: [String: AnswerMeaning] = [:]
    for (key, member) in members {
      guard isKey(key) else {
        problems.add(member.path, "is no code that an answer can have")
        continue
      }
      found[key] = ProviderFields.word(member, AnswerMeaning.self, problems)
    }
    return found
  }

  func quotaEnd() -> ProviderDocument.QuotaEnd? {
    guard fields.node["quotaEnds"] != nil else { return nil }
    guard let inner = fields.object("quotaEnds", known: ["midnightAt", "afterMinutes"]) else { return nil }
    if let minutes = inner.whole("afterMinutes", 1...1_440), inner.node["midnightAt"] == nil {
      return .after(minutes: minutes)
    }
    guard inner.node["afterMinutes"] == nil, let text = inner.text("midnightAt", isRequired: true),
      let minutes = Self.offsetMinutes(text)
    else {
      problems.add(inner.node.path, "must be {\"afterMinutes\": 60} or {\"midnightAt\": \"+07:00\"}")
      return nil
    }
    return .midnight(offsetMinutes: minutes)
  }

  private static func offsetMinutes(_ text: String) -> Int? {
    let parts = text.dropFirst().split(separator: ":")
    guard let sign = text.first, sign == "+" || sign == "-", text.utf8.count == 6, parts.count == 2,
      let hours = Int(parts[0]), let minutes = Int(parts[1]), (0...14).contains(hours), (0...59).contains(minutes)
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  func callback() -> ProviderDocument.Callback? {
    guard fields.node["callback"] != nil else { return nil }
    guard let inner = fields.object("callback", known: ["id", "messageId", "code", "states"]) else { return nil }
    let id = inner.place("id")
    let messageId = inner.place("messageId")
    if id == nil, messageId == nil {
      problems.add(inner.node.path, "must have id or messageId, or nobody knows which message is meant")
    }
    guard let list = inner.node["states"]?.elements, !list.isEmpty else {
      problems.add("\(inner.node.path).states", "must be a list of rules, one at least")
      return nil
    }
    return .init(id: id, messageId: messageId, code: inner.place("code"), states: list.compactMap(rule))
  }

  private func rule(_ node: JSONNode) -> ProviderDocument.Callback.Rule? {
    guard let inner = ProviderFields(node, problems, known: ["when", "is"]) else { return nil }
    guard let state = inner.word("is", MessageState.self) else { return nil }
    guard let when = inner.node["when"] else {
      problems.add("\(node.path).when", "is missing")
      return nil
    }
    return .init(tests: inner.tests(when), state: state)
  }
}
