import JSON
import Loyalty

/// The `when` of a rule or multiplier. Several fields in one condition must all hold.
enum ConditionDocument {
  static let listMax = 10_000
  static let partsMax = 200
  static let nestingMax = 8

  private static let known: Set<String> = [
    "sku", "category", "brand", "quantity", "lineAmount", "store", "channel", "currency", "tender", "weekday", "time",
    "date", "amount", "nthPurchase", "tier", "segment", "member", "all", "any", "not",
  ]

  static func condition(
    _ node: JSONNode, _ problems: ProgramProblems, _ context: ProgramContext, depth: Int = 0
  ) -> Condition? {
    guard depth < nestingMax else {
      problems.add(node.path, "is nested more than \(nestingMax) deep")
      return nil
    }
    guard let fields = ProgramFields(node, problems, known: known) else { return nil }
    var parts: [Condition] = []
    for (name, field) in node.members ?? [] where known.contains(name) {
      switch name {
      case "all": parts += Self.parts(field, fields, context, depth)
      case "any": parts.append(.any(Self.parts(field, fields, context, depth)))
      case "not": condition(field, problems, context, depth: depth + 1).map { parts.append(.not($0)) }
      case "member": parts += MemberConditionDocument.conditions(field, problems)
      case "tier":
        guard let selection = selection(field, fields) else { break }
        noteUnknownLevels(selection, field, problems, context)
        parts.append(.tier(selection))
      default: elementary(name, field, fields).map { parts.append($0) }
      }
    }
    guard let first = parts.first else {
      if node.members?.isEmpty == true { problems.add(node.path, "must name a condition") }
      return nil
    }
    return parts.count == 1 ? first : .all(parts)
  }

  private static func parts(
    _ field: JSONNode, _ fields: ProgramFields, _ context: ProgramContext, _ depth: Int
  ) -> [Condition] {
    guard let elements = fields.elements(of: field, from: 1, to: partsMax) else { return [] }
    return elements.compactMap { condition($0, fields.problems, context, depth: depth + 1) }
  }

  private static func elementary(_ name: String, _ field: JSONNode, _ fields: ProgramFields) -> Condition? {
    switch name {
    case "sku": selection(field, fields).map { .sku($0) }
    case "category": selection(field, fields).map { .category($0) }
    case "brand": selection(field, fields).map { .brand($0) }
    case "store": selection(field, fields).map { .store($0) }
    case "channel": selection(field, fields).map { .channel($0) }
    case "currency": selection(field, fields).map { .currency($0) }
    case "tender": selection(field, fields).map { .tender($0) }
    case "segment": selection(field, fields).map { .segment($0) }
    case "quantity": range(field, fields.problems, decimals: 6).map { .quantity($0) }
    case "lineAmount": range(field, fields.problems, decimals: 4).map { .lineAmount($0) }
    case "amount": range(field, fields.problems, decimals: 4).map { .amount($0) }
    case "weekday": weekdays(field, fields).map { .weekday($0) }
    case "time": MomentConditionDocument.time(field, fields.problems)
    case "date": MomentConditionDocument.date(field, fields.problems)
    case "nthPurchase": nthPurchase(field, fields.problems).map { .nthPurchase($0) }
    default: nil
    }
  }

  /// A list of what to include, or an object with `include`, `exclude` or both.
  static func selection(_ field: JSONNode, _ fields: ProgramFields) -> Condition.Selection? {
    if field.elements != nil { return list(field, fields).map { Condition.Selection(include: $0) } }
    guard let lists = ProgramFields(field, fields.problems, known: ["include", "exclude"]) else { return nil }
    let include = field["include"].map { list($0, lists) }
    let exclude = field["exclude"].map { list($0, lists) }
    if include == nil, exclude == nil { fields.problems.add(field.path, "must hold include or exclude") }
    return Condition.Selection(include: include ?? nil, exclude: (exclude ?? nil) ?? [])
  }

  private static func list(_ field: JSONNode, _ fields: ProgramFields) -> Set<String>? {
    guard let elements = fields.elements(of: field, from: 1, to: listMax) else { return nil }
    return Set(elements.compactMap { fields.text($0) })
  }

  /// A rule for a level that cannot be held would never work.
  private static func noteUnknownLevels(
    _ selection: Condition.Selection, _ field: JSONNode, _ problems: ProgramProblems, _ context: ProgramContext
  ) {
    guard let levels = context.levels else { return }
    for level in (selection.include ?? []).union(selection.exclude).sorted() where !levels.contains(level) {
      problems.add(field.path, "names \"\(level)\", which is no level of this document")
    }
  }

  private static func range(_ field: JSONNode, _ problems: ProgramProblems, decimals: UInt8) -> Condition.DecimalRange?
  {
    guard let fields = ProgramFields(field, problems, known: ["atLeast", "below"]) else { return nil }
    let most = ExactDecimal(1_000_000_000_000)
    let atLeast = field["atLeast"].flatMap { fields.decimal($0, from: .zero, to: most, decimals: decimals) }
    let below = field["below"].flatMap { fields.decimal($0, from: .zero, to: most, decimals: decimals) }
    if field["atLeast"] == nil, field["below"] == nil {
      problems.add(field.path, "must hold atLeast or below")
    } else if let atLeast, let below, !(atLeast < below) {
      problems.add(field.path + ".below", "must be above atLeast")
    }
    return Condition.DecimalRange(atLeast: atLeast, below: below)
  }

  private static let weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  static func weekdays(_ field: JSONNode, _ fields: ProgramFields) -> Set<Int>? {
    guard let elements = fields.elements(of: field, from: 1, to: 7) else { return nil }
    var days: Set<Int> = []
    for element in elements {
      guard let day = element.string.flatMap({ weekdayNames.firstIndex(of: $0) }) else {
        fields.noteWrongWord(element, known: weekdayNames)
        continue
      }
      days.insert(day)
    }
    return days
  }

  private static func nthPurchase(_ field: JSONNode, _ problems: ProgramProblems) -> Condition.NthPurchase? {
    guard let fields = ProgramFields(field, problems, known: ["every", "numbers"]) else { return nil }
    if let every = field["every"] {
      if let numbers = field["numbers"] { problems.add(numbers.path, "cannot stand beside every") }
      return fields.whole(every, 1...1_000_000).map { .every($0) }
    }
    guard let numbers = fields.required("numbers"), let elements = fields.elements(of: numbers, from: 1, to: listMax)
    else { return nil }
    return .numbers(Set(elements.compactMap { fields.whole($0, 1...1_000_000_000) }))
  }
}
