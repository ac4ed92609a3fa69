import Contracts
import JSON
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgramDocumentTests {
  static let journey = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00-05:00","name":"Journey Rewards","status":"active",
     "currencies":["USD"],"timeZone":"America/New_York","locales":["en","vi"],"rounding":"down","roundPer":"transaction",
     "earning":[
      {"id":"base","kind":"spend","points":1,"per":"1.00"},
      {"id":"produce","kind":"spend","points":2,"per":"1.00","when":{"category":["produce"]}},
      {"id":"fifth-visit","kind":"visits","every":5,"points":50}],
     "pending":{"days":14},"expiry":{"kind":"months","months":6,"at":"exact"},"returns":{"overdraw":"clamp"},
     "redemption":{"minimumPoints":100,"pointsPerUnit":100,"unitValue":"1.00"},
     "tiers":{"metric":"spend","window":{"kind":"rolling","months":12},"downgrade":"one-level",
      "levels":[{"id":"member","from":"0"},{"id":"silver","from":"300","factor":"1.25"},
       {"id":"gold","from":"1000","factor":"1.5"}]}}
    """

  /// The document with one piece of its text replaced.
  func document(_ old: String = "", _ new: String = "") -> [UInt8] {
    Array((old.isEmpty ? Self.journey : Self.journey.replacing(old, with: new)).utf8)
  }

  @Test func errorsAreToldUpToABoundAndTheRestCounted() throws {
    let fields = (0..<60_000).map { #","field-\#($0)":1"# }.joined()
    let text = Array(#"{"id":"journey"\#(fields)}"#.utf8)
    let refused = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(text) }
    let refusal = try #require(refused)
    #expect(refusal.violations.count == ProgramRefused.violationsMax && refusal.more > 59_900)
    #expect(refusal.description.hasSuffix("; and \(refusal.more) more") && refusal.description.utf8.count < 5_000)
    #expect(refusal.sentences.count == ProgramRefused.violationsMax + 1)
  }

  @Test func whatAnAuthorWroteIsRepeatedInPartAndHarmless() throws {
    let text = Array(#"{"\u001b[2J\#(String(repeating: "e\u{301}", count: 100_000))":1}"#.utf8)
    let refused = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(text) }
    let refusal = try #require(refused)
    #expect(refusal.description.utf8.count < 5_000 && refusal.violations[0].path.hasPrefix("$. [2J"))
    #expect(refusal.violations[0].path.hasSuffix("…"))
  }

  @Test func aWholeDocumentIsReadAsItStands() throws {
    let program = try ProgramDocument.decode(document())
    #expect(program.id == "journey" && program.version == 1 && program.status == .active)
    #expect(program.effectiveFrom == Instant(rfc3339: "2017-01-01T05:00:00Z"))
    #expect(program.currencies.map(\.code) == ["USD"] && program.calendar.identifier == "America/New_York")
    #expect(program.earning.map(\.id) == ["base", "produce", "fifth-visit"])
    #expect(program.earning[0].kind == .spend(points: .one, per: .one))
    #expect(program.earning[1].when == .category(.init(include: ["produce"])))
    #expect(program.earning[2].kind == .visits(every: 5, points: 50))
    #expect(program.pendingDays == 14 && program.expiry == .months(6) && program.returns == ReturnPolicy())
    #expect(program.redemption.minimumPoints == 100)
    #expect(program.tiers?.window == .rolling(months: 12) && program.tiers?.downgrade == .oneLevel)
    #expect(program.tiers?.levels.map(\.from) == [0, 30_000, 100_000])
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let text = """
      {"id":"p","version":2,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","currencies":["VND"],
       "timeZone":"Asia/Ho_Chi_Minh","earning":[]}
      """
    let program = try ProgramDocument.decode(Array(text.utf8))
    #expect(program.status == .active && program.rounding == .down && program.expiry == .never)
    #expect(program.pendingDays == 0 && program.tiers == nil && program.returns.waitDays == 30)
  }

  @Test(arguments: [
    (#""version":1"#, #""version":0"#, "$.version"),
    (#""version":1"#, #""version":1,"colour":"red""#, "$.colour is not a field"),
    (#""USD""#, #""USX""#, "$.currencies[0]"),
    (#""USD""#, #""USD","VND""#, "$.tiers.metric"),
    ("America/New_York", "America/Nowhere", "$.timeZone"),
    (#""rounding":"down""#, #""rounding":"sideways""#, "$.rounding must be one of down, nearest, up"),
    (#""points":1,"per":"1.00""#, #""points":1"#, "$.earning[0].per is missing"),
    (#""points":1,"per":"1.00""#, #""points":1,"per":"0""#, "$.earning[0].per must be a decimal number"),
    (#""every":5"#, #""every":0"#, "$.earning[2].every"),
    (#""id":"produce""#, #""id":"base""#, "$.earning[1].id stands twice"),
    (#""id":"produce""#, #""id":"tier""#, "$.earning[1].id is a reserved id"),
    (#"{"category":["produce"]}"#, #"{"all":[{"sku":{"only":["1"]}}]}"#, "$.earning[1].when.all[0].sku.only"),
    (#"{"category":["produce"]}"#, "{}", "$.earning[1].when must name a condition"),
    (#""at":"exact""#, #""at":"noon""#, "$.expiry.at must be one of exact, dayEnd, monthEnd, yearEnd"),
    (#""kind":"months","months":6"#, #""kind":"inactivity""#, "$.expiry.months is missing, or days"),
    (#""kind":"months""#, #""kind":"inactivity","days":5"#, "$.expiry.days cannot stand beside months"),
    (#""kind":"months","months":6"#, #""kind":"date","on":"31-03","years":1"#, "$.expiry.on must be a day of the year"),
    (#""kind":"months","months":6"#, #""kind":"date","on":"02-30","years":1"#, "$.expiry.on must be a day of the year"),
    (#""kind":"months","months":6"#, #""kind":"date","on":"03-31""#, "$.expiry.years is missing"),
    (
      #""kind":"months","months":6"#, #""kind":"date","years":101"#,
      "$.expiry.years must be a whole number from 0 to 100"
    ),
    (
      #""kind":"months""#, #""kind":"date""#,
      "$.expiry.months is not a field of this kind; it is one of kind months, inac"
    ),
    (#""kind":"months""#, #""kind":"inactivity""#, "$.expiry.at is not a field"),
    (#""kind":"months","months":6"#, #""kind":"days","days":0"#, "$.expiry.days must be a whole number from 1"),
    (#""kind":"months""#, #""kind":"weeks""#, "$.expiry.kind must be one of months, days, date, inactivity"),
    (#""returns":{"#, #""closing":{"graceDays":-1},"returns":{"#, "$.closing.graceDays must be a whole number from 0"),
    (
      #""returns":{"#, #""intake":{"emailMatch":"loose"},"returns":{"#,
      "$.intake.emailMatch must be one of exact, any-case"
    ),
    (#""returns":{"#, #""transfer":{"pointsPerYear":5},"returns":{"#, "$.transfer.pointsPerYear is not a field"),
    (
      #""returns":{"#, #""transfer":{"minimumPoints":100,"pointsPerDay":5},"returns":{"#,
      "$.transfer.pointsPerDay must not be below minimumPoints"
    ),
    (#""overdraw":"clamp""#, #""overdraw":"maybe""#, "$.returns.overdraw"),
    (#""metric":"spend""#, #""metric":"sales""#, "$.tiers.metric must be one of spend, points, basePoints, visits"),
    (#""downgrade":"one-level""#, #""graceDays":181"#, "$.tiers.graceDays must be a whole number from 0 to 180"),
    (#""downgrade":"one-level""#, #""onReversal":"maybe""#, "$.tiers.onReversal must be one of keep, rejudge"),
    (#""downgrade":"one-level""#, #""downgrade":"all""#, "$.tiers.downgrade must be one of"),
    (#"{"kind":"rolling","months":12}"#, #"{"kind":"rolling"}"#, "$.tiers.window.months is missing"),
    (#"{"kind":"rolling","months":12}"#, #"{"kind":"anniversary","months":12}"#, "$.tiers.window.months is not"),
    (#"{"kind":"rolling","months":12}"#, #"{"kind":"weekly"}"#, "$.tiers.window.kind must be one of"),
    (#""from":"0""#, #""from":"1""#, "$.tiers.levels[0].from must be 0"),
    (#""from":"1000""#, #""from":"300""#, "$.tiers.levels[2].from must be above"),
    (#""from":"1000""#, #""from":"1000.005""#, "$.tiers.levels[2].from must be a decimal number"),
    (#""factor":"1.25""#, #""factor":"0.5""#, "$.tiers.levels[1].factor"),
  ])
  func whatIsWrongIsNamedByItsPath(old: String, new: String, expected: String) throws {
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(document(old, new)) }
    let found = try #require(refusal).violations.map(\.description)
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }

  @Test(arguments: [
    (#"{"kind":"days","days":90,"at":"dayEnd"}"#, Program.Expiry.days(90, at: .dayEnd)),
    (#"{"kind":"months","months":12,"at":"yearEnd"}"#, .months(12, at: .yearEnd)),
    (#"{"kind":"months","months":3,"at":"monthEnd"}"#, .months(3, at: .monthEnd)),
    (#"{"kind":"inactivity","days":365}"#, .inactivity(days: 365)), (#"{"kind":"never"}"#, .never),
    (#"{"kind":"inactivity","months":18}"#, .inactivity(.months(18))),
    (#"{"kind":"date","on":"03-31","years":3}"#, .date(month: 3, day: 31, years: 3)),
    (#"{"kind":"date","on":"02-29","years":0}"#, .date(month: 2, day: 29, years: 0)),
    (
      #"{"kind":"first","of":[{"kind":"months","months":48},{"kind":"inactivity","months":18}]}"#,
      .first([.months(48), .inactivity(.months(18))])
    ),
  ])
  func expiryIsReadInEveryKind(text: String, expected: Program.Expiry) throws {
    let program = try ProgramDocument.decode(document(#"{"kind":"months","months":6,"at":"exact"}"#, text))
    #expect(program.expiry == expected)
  }

  @Test(arguments: [
    (#"[{"kind":"days","days":5}]"#, "$.expiry.of must hold 2 to 4 elements"),
    (
      #"[{"kind":"never"},{"kind":"days","days":5}]"#, "$.expiry.of[0] must be of kind months, days, date or inactivity"
    ),
    (#"[{"kind":"days","days":5},{"kind":"first","of":[]}]"#, "$.expiry.of[1].of must hold 2 to 4"),
    (
      #"[{"kind":"inactivity","days":5},{"kind":"inactivity","months":5}]"#,
      "$.expiry.of[1] is the second of kind inactivity"
    ),
    (#"[{"kind":"days","days":5},{"kind":"months","months":0}]"#, "$.expiry.of[1].months must be a whole number"),
  ])
  func rulesOfWhichTheFirstDecidesAreHeldToTheirForm(list: String, expected: String) throws {
    let text = document(#"{"kind":"months","months":6,"at":"exact"}"#, #"{"kind":"first","of":\#(list)}"#)
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(text) }
    let found = try #require(refusal).violations.map(\.description)
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }

  @Test func closingAndTransferAreReadWithTheirDefaults() throws {
    let plain = try ProgramDocument.decode(document())
    #expect(plain.closingGraceDays == 30 && plain.transfer == nil)
    let set = try ProgramDocument.decode(
      document(#""returns":{"#, #""closing":{"graceDays":0},"transfer":{"pointsPerDay":500},"returns":{"#))
    #expect(set.closingGraceDays == 0 && set.transfer == TransferPolicy(minimumPoints: 1, pointsPerDay: 500))
  }

  @Test(arguments: TierScheme.Metric.allCases.filter { $0 != .activities })
  func everyRuleOfTiersIsRead(metric: TierScheme.Metric) throws {
    let program = try ProgramDocument.decode(
      document(
        #""metric":"spend","window":{"kind":"rolling","months":12},"downgrade":"one-level""#,
        #""metric":"\#(metric.rawValue)","window":{"kind":"anniversary"},"downgrade":"never","graceDays":30,"#
          + #""onReversal":"rejudge""#))
    let tiers = try #require(program.tiers)
    #expect(tiers.metric == metric && tiers.window == .anniversary && tiers.downgrade == .never)
    #expect(tiers.graceDays == 30 && tiers.onReversal == .rejudge)
    #expect(tiers.levels.map(\.from) == (metric == .spend ? [0, 30_000, 100_000] : [0, 300, 1_000]))
  }

  @Test func everyErrorIsNamedAtOnce() throws {
    let text = #"{"id":"","version":"1","earning":[{"kind":"spend"}],"extra":1}"#
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(Array(text.utf8)) }
    let paths = try #require(refusal).violations.map(\.path)
    let expected = [
      "$.id", "$.version", "$.effectiveFrom", "$.name", "$.currencies", "$.timeZone", "$.earning[0].id",
      "$.earning[0].points", "$.earning[0].per", "$.extra",
    ]
    #expect(Set(paths) == Set(expected))
  }

  @Test(arguments: ["", "[]", "{", "\"x\"", "{\"id\":1}{"])
  func whatIsNoDocumentIsRefused(text: String) {
    #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(Array(text.utf8)) }
  }
}
