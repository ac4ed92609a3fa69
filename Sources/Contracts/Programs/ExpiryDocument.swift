import JSON
import Loyalty

/// The `expiry` of a programme document.
enum ExpiryDocument {
  private static let kinds: [(kind: String, fields: Set<String>)] = [
    ("months", ["months", "at"]), ("days", ["days", "at"]), ("inactivity", ["days", "months"]),
    ("date", ["on", "years"]), ("first", ["of"]),
  ]
  private static let words = ["months", "days", "date", "inactivity", "first", "never"]
  private static let yearsMax: Int64 = 100
  /// Rules of which the first decides.
  private static let rulesMax = 4

  static func expiry(_ fields: ProgramFields) -> Program.Expiry? {
    guard let node = fields.node["expiry"] else { return .never }
    return expiry(node, fields.problems)
  }

  private static func expiry(_ node: JSONNode, _ problems: ProgramProblems) -> Program.Expiry? {
    let word = node["kind"]?.string ?? ""
    let own = word == "never" ? [] : kinds.first { $0.kind == word }?.fields
    let known = own ?? kinds.reduce(into: []) { $0.formUnion($1.fields) }
    guard let fields = ProgramFields(node, problems, known: known.union(["kind"]), kinds: kinds),
      let kind = fields.required("kind")
    else {
      return nil
    }
    let moment = node["at"].map { fields.word($0, Program.ExpiryMoment.self) } ?? .exact
    switch word {
    case "never": return .never
    case "months":
      let months = fields.required("months").flatMap { Self.months($0, fields) }
      guard let months, let moment else { return nil }
      return .months(months, at: moment)
    case "days":
      guard let days = fields.required("days").flatMap({ Self.days($0, fields) }), let moment else { return nil }
      return .days(days, at: moment)
    case "date": return date(fields)
    case "inactivity": return inactivity(fields)
    case "first": return first(fields)
    default:
      fields.noteWrongWord(kind, known: words)
      return nil
    }
  }

  private static func inactivity(_ fields: ProgramFields) -> Program.Expiry? {
    guard let field = fields.node["months"] else {
      guard let days = fields.node["days"] else {
        fields.problems.add(fields.node.path + ".months", "is missing, or days")
        return nil
      }
      return Self.days(days, fields).map { .inactivity(.days($0)) }
    }
    if let days = fields.node["days"] { fields.problems.add(days.path, "cannot stand beside months") }
    return months(field, fields).map { .inactivity(.months($0)) }
  }

  private static func date(_ fields: ProgramFields) -> Program.Expiry? {
    let on = fields.required("on").flatMap { dayOfYear($0, fields.problems) }
    let years = fields.required("years").flatMap { fields.whole($0, 0...yearsMax) }
    guard let on, let years else { return nil }
    return .date(month: on.month, day: on.day, years: Int(years))
  }

  private static func dayOfYear(_ field: JSONNode, _ problems: ProgramProblems) -> (month: Int, day: Int)? {
    // A leap year has every day that there is.
    guard let text = field.string, let date = LocalDate(text: "2000-" + text) else {
      problems.add(field.path, "must be a day of the year, month before day, such as 03-31 for 31 March")
      return nil
    }
    return (date.civil.month, date.civil.day)
  }

  private static func first(_ fields: ProgramFields) -> Program.Expiry? {
    guard let list = fields.required("of"), let elements = fields.elements(of: list, from: 2, to: rulesMax) else {
      return nil
    }
    var rules: [Program.Expiry] = []
    var isIdle = false
    for element in elements {
      guard let rule = expiry(element, fields.problems) else { continue }
      switch rule {
      case .never, .first: fields.problems.add(element.path, "must be of kind months, days, date or inactivity")
      case .inactivity where isIdle:
        fields.problems.add(element.path, "is the second of kind inactivity: say the shorter")
      case .inactivity, .months, .days, .date: rules.append(rule)
      }
      if case .inactivity = rule { isIdle = true }
    }
    return .first(rules)
  }

  private static func months(_ field: JSONNode, _ fields: ProgramFields) -> Int? {
    fields.whole(field, 1...ProgramDocument.monthsMax).map { Int($0) }
  }

  private static func days(_ field: JSONNode, _ fields: ProgramFields) -> Int? {
    fields.whole(field, 1...ProgramDocument.daysMax).map { Int($0) }
  }
}
