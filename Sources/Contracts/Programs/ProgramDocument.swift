import JSON
import Loyalty

/// Reads programme documents: the values of `loyalty.programs`. Errors are named by their JSON paths, up to
/// ``ProgramRefused/violationsMax`` at once; fields that nobody knows are errors, and so are rules of the rulebook that
/// this version does not apply.
package enum ProgramDocument {
  package static func decode(_ bytes: UnsafeRawBufferPointer) throws(ProgramRefused) -> Program {
    try decode(Array(bytes))
  }

  /// - Parameter isNew: it is to be published: more is asked of it than of documents that were published before.
  package static func decode(_ bytes: [UInt8], isNew: Bool = false) throws(ProgramRefused) -> Program {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw ProgramRefused([ProgramViolation(at: error.path, "is not JSON: \(error.message) at byte \(error.offset)")])
    }
    return try decode(value, isNew: isNew)
  }

  package static func decode(_ value: JSONValue, isNew: Bool = false) throws(ProgramRefused) -> Program {
    let problems = ProgramProblems(isNew: isNew)
    let program = read(JSONNode(value), problems)
    let refusal = problems.refusal
    guard let program, refusal == nil else { throw refusal ?? ProgramRefused([]) }
    return program
  }

  static let versionMax: Int64 = 1_000_000
  static let currenciesMax = 20
  static let localesMax = 20
  static let daysMax: Int64 = 3_650
  static let monthsMax: Int64 = 1_200

  private static func read(_ node: JSONNode, _ problems: ProgramProblems) -> Program? {
    guard
      let fields = ProgramFields(
        node, problems,
        known: [
          "id", "version", "effectiveFrom", "name", "status", "currencies", "timeZone", "locales", "rounding",
          "roundPer", "earning", "multipliers", "limits", "campaigns", "pending", "expiry", "returns", "redemption",
          "closing", "transfer", "tiers", "intake", "names", "messages", "issues", "convert",
        ])
    else { return nil }
    let id = fields.required("id").flatMap { fields.id($0) }
    let version = fields.required("version").flatMap { fields.whole($0, 1...versionMax) }
    let effectiveFrom = fields.required("effectiveFrom").flatMap { fields.instant($0) }
    let name = fields.required("name").flatMap { fields.text($0) }
    let status = node["status"].map { fields.word($0, Program.Status.self) } ?? .active
    let currencies = fields.required("currencies").flatMap { Self.currencies($0, fields) }
    let calendar = fields.required("timeZone").flatMap { Self.calendar($0, fields) }
    let locales = node["locales"].map { Self.locales($0, fields) } ?? ["en"]
    let rounding = node["rounding"].map { fields.word($0, Rounding.self) } ?? .down
    let roundPer = node["roundPer"].map { fields.word($0, Program.RoundPer.self) } ?? .transaction
    let policies = AccountPolicyDocument.policies(fields)
    let tiers = node["tiers"].map { TierDocument.scheme($0, currencies: currencies, problems) }
    let intake = Self.intake(fields)
    let messages = MessagePolicyDocument.policy(fields)
    let issues = IssueDocument.rules(fields)
    let conversion = ConversionDocument.rule(fields)
    let earning = EarningPart(fields, currencies: currencies ?? [])
    guard let id, let version, let effectiveFrom, let name, let status, let currencies, let calendar, let locales,
      let rounding, let roundPer, let earning, let policies
    else { return nil }
    var program = Program(
      id: id, version: Int(version), effectiveFrom: effectiveFrom, name: name, status: status, currencies: currencies,
      calendar: calendar, locales: locales, rounding: rounding, roundPer: roundPer, earning: earning.rules,
      multipliers: earning.multipliers, limits: earning.limits, campaigns: earning.campaigns,
      pendingDays: policies.pendingDays, expiry: policies.expiry, returns: policies.returns,
      redemption: policies.redemption, closingGraceDays: policies.closingGraceDays, transfer: policies.transfer,
      tiers: tiers ?? nil)
    program.intake = intake
    program.times = earning.times
    program.names = DisplayNamesDocument.names(fields)
    program.messages = messages
    program.issues = issues
    program.conversion = conversion
    return program
  }

  private static func intake(_ fields: ProgramFields) -> IntakePolicy {
    var policy = IntakePolicy()
    guard let intake = fields.object("intake", known: ["lateDays", "enrolmentDays", "emailMatch"]) else {
      return policy
    }
    policy.lateDays = intake.node["lateDays"].flatMap { intake.whole($0, 0...daysMax) }.map { Int($0) }
    if let days = intake.node["enrolmentDays"].flatMap({ intake.whole($0, 0...daysMax) }) {
      policy.enrolmentDays = Int(days)
    }
    if let word = intake.node["emailMatch"].flatMap({ intake.word($0, EmailMatching.self) }) {
      policy.emailMatching = word
    }
    return policy
  }

  private static func currencies(_ field: JSONNode, _ fields: ProgramFields) -> [Currency]? {
    guard let elements = fields.elements(of: field, from: 1, to: currenciesMax) else { return nil }
    var currencies: [Currency] = []
    for element in elements {
      guard let currency = element.string.flatMap({ Currency.known($0) }) else {
        fields.problems.add(element.path, "must be an active ISO 4217 currency, such as VND")
        continue
      }
      if currencies.contains(currency) { fields.problems.add(element.path, "stands twice") }
      currencies.append(currency)
    }
    return currencies
  }

  static func calendar(_ field: JSONNode, _ fields: ProgramFields) -> ZoneCalendar? {
    guard let calendar = field.string.flatMap({ ZoneCalendar.shared($0) }) else {
      fields.problems.add(field.path, "must name a time zone of the IANA database, such as Asia/Ho_Chi_Minh")
      return nil
    }
    return calendar
  }

  private static func locales(_ field: JSONNode, _ fields: ProgramFields) -> [String]? {
    guard let elements = fields.elements(of: field, from: 1, to: localesMax) else { return nil }
    for element in elements {
      let isTag = element.string.map { LanguageTag.isTag($0) } ?? false
      if !isTag { fields.problems.add(element.path, "must be a language tag, such as vi or en-GB") }
      if isTag, fields.problems.isNew, !LanguageTag.isLanguage(element.string ?? "") {
        fields.problems.add(element.path, "must begin with a language of ISO 639, as vi and en-GB do")
      }
    }
    return elements.compactMap(\.string)
  }
}
