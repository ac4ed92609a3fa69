import Contracts
import JSON
import Loyalty
import TestValues
import Testing

/// The earning part of a programme document: every field read as it stands, every mistake named by its path.
@Suite(.timeLimit(.minutes(10))) struct EarningDocumentTests {
  func document(_ part: String) -> [UInt8] {
    Array(
      (#"{"id":"p","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","currencies":["USD"],"#
        + #""timeZone":"UTC","tiers":{"metric":"spend","window":{"kind":"lifetime"},"levels":"#
        + #"[{"id":"member","from":"0"},{"id":"gold","from":"100"}]},"# + part + "}").utf8)
  }

  func rule(_ text: String) throws -> EarningRule {
    try ProgramDocument.decode(document(#""campaigns":[{"id":"c","budget":9}],"earning":["# + text + "]")).earning[0]
  }

  @Test func everyKindIsRead() throws {
    #expect(try rule(#"{"id":"a","kind":"product","points":"1.5"}"#).kind == .product(points: decimal("1.5")))
    #expect(try rule(#"{"id":"a","kind":"transaction","points":5}"#).kind == .transaction(points: 5))
    #expect(
      try rule(#"{"id":"a","kind":"visits","every":5,"points":50,"oncePerDay":true}"#).kind
        == .visits(every: 5, points: 50, oncePerDay: true))
    #expect(
      try rule(#"{"id":"a","kind":"threshold","amount":"500","points":100,"within":"week","repeat":true}"#).kind
        == .threshold(.init(amount: ExactDecimal(500), points: 100, within: .week, repeats: true)))
    #expect(
      try rule(#"{"id":"a","kind":"threshold","amount":"500","points":100,"within":"transaction"}"#).kind
        == .threshold(.init(amount: ExactDecimal(500), points: 100)))
    let activity =
      #"{"id":"a","kind":"activity","activity":"member.enrolled","points":100,"#
      + #""limit":{"times":1,"per":"lifetime"}}"#
    #expect(
      try rule(activity).kind
        == .activity(.init(activity: "member.enrolled", worth: .points(100), limit: .init(times: 1, per: .lifetime))))
    let formula =
      #"{"id":"a","kind":"activity","activity":"survey","formula":{"attribute":"score","factor":"2.5","plus":1}}"#
    #expect(
      try rule(formula).kind
        == .activity(
          .init(activity: "survey", worth: .formula(attribute: "score", factor: decimal("2.5"), plus: .one))))
  }

  @Test func whatAllRulesMayHaveIsRead() throws {
    let read = try rule(
      #"{"id":"a","kind":"transaction","points":5,"exclusive":true,"priority":3,"last":true,"campaign":"c","#
        + #""from":"2026-01-01T00:00:00Z","until":"2026-02-01T00:00:00Z","#
        + #""limits":{"pointsPerTransaction":1,"pointsPerDay":2,"pointsPerWeek":3,"pointsPerMonth":4,"#
        + #""pointsPerYear":5,"pointsLifetime":6}}"#)
    #expect(read.isExclusive && read.isLast && read.priority == 3 && read.campaign == "c")
    #expect(
      read.from == Instant(rfc3339: "2026-01-01T00:00:00Z") && read.until == Instant(rfc3339: "2026-02-01T00:00:00Z"))
    #expect(read.limits.perTransaction == 1)
    let periods: [PointLimits.PeriodLimit] = [
      .init(.day, 2), .init(.week, 3), .init(.month, 4), .init(.year, 5), .init(.lifetime, 6),
    ]
    #expect(read.limits.perPeriod == periods)
  }

  @Test(arguments: [
    (#"{"brand":{"exclude":["x"]}}"#, Condition.brand(.init(exclude: ["x"]))),
    (#"{"quantity":{"atLeast":2}}"#, .quantity(.init(atLeast: ExactDecimal(2)))),
    (#"{"lineAmount":{"below":"9.50"}}"#, .lineAmount(.init(below: decimal("9.5")))),
    (#"{"store":["S"]}"#, .store(.init(include: ["S"]))),
    (#"{"channel":["web"]}"#, .channel(.init(include: ["web"]))),
    (#"{"currency":["USD"]}"#, .currency(.init(include: ["USD"]))),
    (#"{"tender":{"include":["card"],"exclude":["cash"]}}"#, .tender(.init(include: ["card"], exclude: ["cash"]))),
    (#"{"weekday":["mon","sun"]}"#, .weekday([0, 6])),
    (#"{"time":{"from":"14:00","until":"17:30"}}"#, .time(from: 50_400_000, until: 63_000_000)),
    (
      #"{"date":{"from":"2026-12-01","to":"2026-12-24"}}"#,
      .date(from: LocalDate(year: 2026, month: 12, day: 1), to: LocalDate(year: 2026, month: 12, day: 24))
    ),
    (
      #"{"amount":{"atLeast":"100","below":200}}"#, .amount(.init(atLeast: ExactDecimal(100), below: ExactDecimal(200)))
    ),
    (#"{"nthPurchase":{"every":3}}"#, .nthPurchase(.every(3))),
    (#"{"nthPurchase":{"numbers":[1,10]}}"#, .nthPurchase(.numbers([1, 10]))),
    (#"{"tier":["gold"]}"#, .tier(.init(include: ["gold"]))),
    (#"{"segment":["vip"]}"#, .segment(.init(include: ["vip"]))),
    (#"{"member":{"birthday":"month"}}"#, .birthday(.month)),
    (#"{"member":{"joinedWithinDays":30}}"#, .joinedWithinDays(30)),
    (#"{"member":{"locale":["vi"]}}"#, .locale(["vi"])),
    (#"{"not":{"sku":["1"]}}"#, .not(.sku(.init(include: ["1"])))),
    (
      #"{"any":[{"sku":["1"]},{"sku":["2"],"store":["S"]}]}"#,
      .any([.sku(.init(include: ["1"])), .all([.sku(.init(include: ["2"])), .store(.init(include: ["S"]))])])
    ),
  ])
  func everyConditionIsRead(text: String, expected: Condition) throws {
    #expect(try rule(#"{"id":"a","kind":"transaction","points":5,"when":"# + text + "}").when == expected)
  }

  @Test func multipliersLimitsAndCampaignsAreRead() throws {
    let program = try ProgramDocument.decode(
      document(
        #""earning":[{"id":"base","kind":"spend","points":1,"per":"1"}],"campaigns":[{"id":"c","budget":1000}],"#
          + #""roundPer":"line","limits":{"pointsPerDay":5000},"multipliers":[{"id":"w","factor":"2","#
          + #""when":{"weekday":["sat"]},"rules":["base"],"combine":"add","exclusive":true,"priority":2,"campaign":"c"}]"#
      ))
    #expect(program.roundPer == .line && program.limits == PointLimits(perPeriod: [.init(.day, 5000)]))
    #expect(program.campaigns == [Campaign(id: "c", budget: 1000)])
    var expected = Multiplier(
      id: "w", factor: ExactDecimal(2), when: .weekday([5]), rules: ["base"], combine: .add)
    expected.isExclusive = true
    expected.priority = 2
    expected.campaign = "c"
    #expect(program.multipliers == [expected])
  }

  @Test(arguments: [
    (#""kind":"stars""#, "$.earning[0].kind must be one of spend, product, visits"),
    (#""kind":"transaction""#, "$.earning[0].points is missing"),
    (#""kind":"transaction","points":1,"per":"1""#, "$.earning[0].per is not a field"),
    (#""kind":"transaction","points":1,"last":1"#, "$.earning[0].last must be true or false"),
    (#""kind":"transaction","points":1,"campaign":"x""#, "$.earning[0].campaign names no campaign"),
    (#""kind":"transaction","points":1,"from":"2026-01-01""#, "$.earning[0].from must be an RFC 3339"),
    (
      #""kind":"transaction","points":1,"from":"2026-01-01T00:00:00Z","until":"2026-01-01T00:00:00Z""#,
      "$.earning[0].until must be after from"
    ),
    (
      #""kind":"transaction","points":1,"limits":{"pointsPerHour":1}"#,
      "$.earning[0].limits.pointsPerHour is not a field"
    ),
    (
      #""kind":"threshold","amount":"5","points":1,"within":"lifetime""#,
      "$.earning[0].within must be one of transaction"
    ),
    (#""kind":"activity","activity":"x","points":1,"when":{"store":["a"]}"#, "$.earning[0].when asks for something"),
    (#""kind":"activity","activity":"x","formula":{"factor":1}"#, "$.earning[0].formula.attribute is missing"),
    (#""kind":"transaction","points":1,"when":{"weekday":["Mon"]}"#, "$.earning[0].when.weekday[0] must be one of mon"),
    (
      #""kind":"transaction","points":1,"when":{"time":{"from":"9:00","until":"10:00"}}"#, "$.earning[0].when.time.from"
    ),
    (#""kind":"transaction","points":1,"when":{"date":{"from":"2026-02-30"}}"#, "$.earning[0].when.date.from"),
    (#""kind":"transaction","points":1,"when":{"tier":["platinum"]}"#, "$.earning[0].when.tier names \"platinum\""),
    (#""kind":"transaction","points":1,"when":{"amount":{}}"#, "$.earning[0].when.amount must hold"),
    (#""kind":"transaction","points":1,"when":{"nthPurchase":{}}"#, "$.earning[0].when.nthPurchase.numbers is missing"),
    (#""kind":"transaction","points":1,"when":{"not":{}}"#, "$.earning[0].when.not must name a condition"),
    (#""kind":"transaction","points":1,"when":{"member":{"age":1}}"#, "$.earning[0].when.member.age is not a field"),
  ])
  func aWrongRuleIsNamedByItsPath(part: String, expected: String) throws {
    try expectRefusal(#""earning":[{"id":"a","# + part + "}]", expected)
  }

  @Test(arguments: [
    (#"{"id":"m","factor":"-1"}"#, "$.multipliers[0].factor must be a decimal number from 0"),
    (#"{"id":"a","factor":"2"}"#, "$.multipliers[0].id stands twice"),
    (#"{"id":"m","factor":"2","rules":["b"]}"#, "$.multipliers[0].rules[0] names no rule"),
    (#"{"id":"m","factor":"2","rules":["a"]}"#, "$.multipliers[0].rules[0] names a rule that is not multiplied"),
    (#"{"id":"m","factor":"2","combine":"times"}"#, "$.multipliers[0].combine must be one of compound, add"),
  ])
  func aWrongMultiplierIsNamedByItsPath(multiplier: String, expected: String) throws {
    try expectRefusal(
      #""earning":[{"id":"a","kind":"transaction","points":1}],"multipliers":["# + multiplier + "]", expected)
  }

  @Test(arguments: [
    (
      #""earning":[{"id":"base","kind":"spend","points":1}],"multipliers":[{"id":"m","factor":2,"rules":["base"]}]"#,
      "",
      "", "$.earning[0].per is missing"
    ),
    (
      #""campaigns":[{"id":"c","budget":-1}],"earning":[{"id":"a","kind":"transaction","points":1,"campaign":"c"}]"#,
      "",
      "", "$.campaigns[0].budget must be a whole number from 0"
    ),
    (
      #""earning":[{"id":"a","kind":"transaction","points":1,"when":{"tier":["gold"]}}]"#, #","from":"100""#, "",
      "$.tiers.levels[1].from is missing"
    ),
    (#""earning":[]"#, #","from":"0""#, "", "$.tiers.levels[0].from is missing"),
    (#""earning":[]"#, #"["USD"]"#, #"["USX"]"#, "$.currencies[0] must be an active ISO 4217 currency"),
  ])
  func faultOfOnePartIsToldAloneWhateverNamesThePart(part: String, old: String, new: String, expected: String) throws {
    var text = String(decoding: document(part), as: UTF8.self).replacing(#""from":"100""#, with: #""from":"100.50""#)
    if !old.isEmpty { text = text.replacing(old.replacing("\"100\"", with: "\"100.50\""), with: new) }
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(Array(text.utf8)) }
    let found = refusal?.violations.map(\.description) ?? []
    #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
  }

  @Test func fieldOfAnotherKindIsToldAsSuch() throws {
    try expectRefusal(
      #""earning":[{"id":"a","kind":"transaction","points":1,"limit":{"times":1,"per":"day"}}]"#,
      "$.earning[0].limit is not a field of this kind; it is one of kind activity")
    try expectRefusal(
      #""earning":[],"expiry":{"kind":"inactivity","days":5,"at":"exact"}"#,
      "$.expiry.at is not a field of this kind; it is one of kind months, days")
  }

  @Test(arguments: [("xx", false), ("x-", false), ("vi", true), ("en-GB", true), ("zh-Hant-TW", true), ("vie", true)])
  func localeMustBeALanguageThatThereIs(tag: String, isTaken: Bool) throws {
    let text = document(#""earning":[],"locales":["\#(tag)"]"#)
    let published = try? ProgramDocument.decode(text, isNew: true)
    #expect(published?.locales == (isTaken ? [tag] : nil))
    #expect(try ProgramDocument.decode(text).locales == [tag], "one that is published already is read on")
  }

  func expectRefusal(_ part: String, _ expected: String) throws {
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(document(part)) }
    let found = try #require(refusal).violations.map(\.description)
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }

  @Test func moreConditionsThanFitAreRefused() throws {
    let rules = (0..<150).map { rule in
      #"{"id":"r\#(rule)","kind":"transaction","points":1,"when":{"any":[{"sku":["a\#(rule)"]},{"sku":["b\#(rule)"]}]}}"#
    }
    try expectRefusal(
      #""earning":["# + rules.joined(separator: ",") + "]", "$ holds more than 256 different conditions")
  }
}
