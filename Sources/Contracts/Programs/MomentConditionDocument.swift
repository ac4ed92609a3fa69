import JSON
import Loyalty

/// Conditions on the local time and date of a purchase or activity.
enum MomentConditionDocument {
  static func time(_ field: JSONNode, _ problems: ProgramProblems) -> Condition? {
    guard let fields = ProgramFields(field, problems, known: ["from", "until"]) else { return nil }
    let from = fields.required("from").flatMap { clock($0, fields) }
    let until = fields.required("until").flatMap { clock($0, fields) }
    guard let from, let until else { return nil }
    if from == until { problems.add(field.path + ".until", "must differ from the time it begins at") }
    return .time(from: from, until: until)
  }

  /// Milliseconds since local midnight.
  static func clock(_ field: JSONNode, _ fields: ProgramFields) -> Int64? {
    let parts = field.string?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    let numbers = parts.compactMap { $0.utf8.count == 2 ? Int64($0) : nil }
    guard numbers.count == parts.count, (2...3).contains(numbers.count), (0...24).contains(numbers[0]),
      numbers.dropFirst().allSatisfy({ (0...59).contains($0) }),
      numbers[0] < 24 || numbers.dropFirst().allSatisfy({ $0 == 0 })
    else {
      fields.problems.add(field.path, "must be a local time such as 14:00")
      return nil
    }
    return (numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count > 2 ? numbers[2] : 0)) * 1_000
  }

  static func date(_ field: JSONNode, _ problems: ProgramProblems) -> Condition? {
    guard let fields = ProgramFields(field, problems, known: ["from", "to"]) else { return nil }
    let from = field["from"].flatMap { day($0, fields) }
    let to = field["to"].flatMap { day($0, fields) }
    if field["from"] == nil, field["to"] == nil {
      problems.add(field.path, "must hold from or to")
    } else if let from, let to, from > to {
      problems.add(field.path + ".to", "must not be before from")
    }
    return .date(from: from, to: to)
  }

  static func day(_ field: JSONNode, _ fields: ProgramFields) -> LocalDate? {
    let parts = field.string?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    let numbers = parts.compactMap { Int($0) }
    guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3,
      let date = LocalDate(year: numbers[0], month: numbers[1], day: numbers[2])
    else {
      fields.problems.add(field.path, "must be a date such as 2026-12-24")
      return nil
    }
    return date
  }
}

/// Conditions on what the member's profile tells.
enum MemberConditionDocument {
  static func conditions(_ field: JSONNode, _ problems: ProgramProblems) -> [Condition] {
    guard let fields = ProgramFields(field, problems, known: ["birthday", "joinedWithinDays", "locale"]) else {
      return []
    }
    if field.members?.isEmpty == true { problems.add(field.path, "must name a condition") }
    var conditions: [Condition] = []
    if let birthday = field["birthday"].flatMap({ fields.word($0, Condition.Birthday.self) }) {
      conditions.append(.birthday(birthday))
    }
    if let days = field["joinedWithinDays"].flatMap({ fields.whole($0, 0...ProgramDocument.daysMax) }) {
      conditions.append(.joinedWithinDays(Int(days)))
    }
    if let list = field["locale"], let elements = fields.elements(of: list, from: 1, to: ProgramDocument.localesMax) {
      conditions.append(.locale(Set(elements.compactMap { fields.text($0) })))
    }
    return conditions
  }
}
