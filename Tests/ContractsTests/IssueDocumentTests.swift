import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct IssueDocumentTests {
  private static func read(_ issues: String, id: String = "coffee") throws -> [IssueRule] {
    let text =
      #"{"id":"\#(id)","version":1,"effectiveFrom":"2025-01-01T00:00:00Z","name":"Coffee","currencies":["VND"],"#
      + #""timeZone":"Asia/Ho_Chi_Minh","earning":[],"tiers":{"metric":"visits","window":{"kind":"lifetime"},"#
      + #""levels":[{"id":"member","from":"0"},{"id":"gold","from":"5"}]},"issues":\#(issues)}"#
    return try ProgramDocument.decode(Array(text.utf8), isNew: true).issues
  }

  private static func problem(_ issues: String, id: String = "coffee") -> String {
    do {
      let rules = try read(issues, id: id)
      return "taken: \(rules)"
    } catch {
      return "\(error)"
    }
  }

  @Test func everyFieldIsRead() throws {
    let rules = try Self.read(
      """
      [{"id":"cake","pool":"p-1","on":{"birthday":true},"when":{"tier":["gold"],"segment":["vip"]}},
       {"id":"gold","pool":"p-2","on":{"level":"gold"},"per":"year"},
       {"id":"mark","pool":"p-3","on":{"points":1000,"level":null}}]
      """)
    #expect(rules.map(\.id) == ["cake", "gold", "mark"] && rules.map(\.pool) == ["p-1", "p-2", "p-3"])
    #expect(rules.map(\.cause) == [.birthday, .level("gold"), .points(1_000)])
    #expect(rules.map(\.per) == [.year, .year, .lifetime])
    #expect(rules.map { $0.when != nil } == [true, false, false])
    #expect(try Self.read("null").isEmpty && Self.read("[]").isEmpty)
  }

  @Test(arguments: [
    (#"{"id":"a","pool":"p","on":{}}"#, "$.issues[0].on must hold one of level, points, birthday"),
    (
      #"{"id":"a","pool":"p","on":{"level":"gold","birthday":true}}"#,
      "$.issues[0].on must hold one of level, points, birthday"
    ),
    (
      #"{"id":"a","pool":"p","on":{"level":"member"}}"#,
      "$.issues[0].on.level must be a level that members rise to: gold"
    ),
    (#"{"id":"a","pool":"p","on":{"points":0}}"#, "$.issues[0].on.points must be a whole number from 1"),
    (#"{"id":"a","pool":"p","on":{"birthday":false}}"#, "$.issues[0].on.birthday must be true"),
    (
      #"{"id":"a","pool":"p","on":{"birthday":true},"per":"month"}"#,
      "$.issues[0].per does not go with a birthday, which comes once a year"
    ),
    (#"{"id":"a","pool":"p","on":{"nps":9}}"#, "$.issues[0].on.nps is a cause that this version does not see"),
    (
      #"{"id":"a","pool":"p","on":{"activity":"review"}}"#,
      "$.issues[0].on.activity is a cause that this version does not see"
    ),
    (#"{"id":"a","pool":"p","on":{"weather":"hot"}}"#, "$.issues[0].on.weather is not a field"),
    (
      #"{"id":"a","pool":"p","on":{"birthday":true},"when":{"store":["s1"]}}"#,
      "$.issues[0].when asks for something that only purchases have"
    ),
    (#"{"id":"a","pool":"p","on":{"birthday":true},"when":{"tier":["star"]}}"#, "$.issues[0].when.tier"),
    (#"{"id":"a","pool":"p","on":{"birthday":true},"reward":"x"}"#, "$.issues[0].reward is not a field"),
    (#"{"pool":"p","on":{"birthday":true}}"#, "$.issues[0].id is missing"),
    (#"{"id":"a","on":{"birthday":true}}"#, "$.issues[0].pool is missing"),
    (#"{"id":"a","pool":"p"}"#, "$.issues[0].on is missing"),
    (
      #"{"id":"a","pool":"p","on":{"points":1}},{"id":"a","pool":"p","on":{"points":2}}"#, "$.issues[1].id stands twice"
    ),
  ]) func whatIsWrongIsTold(_ rule: String, _ problem: String) {
    let told = Self.problem("[\(rule)]")
    #expect(told.contains(problem), "\(told)")
  }

  @Test func idsHaveRoomInTheIdOfWhatIsIssued() throws {
    let rule = #"[{"id":"\#(String(repeating: "r", count: 40))","pool":"p","on":{"points":1}}]"#
    #expect(try Self.read(rule, id: String(repeating: "p", count: 40)).count == 1)
    let told = Self.problem(rule, id: String(repeating: "p", count: 41))
    #expect(told.contains("$.issues[0].id has 81 bytes with the programme's id"), "\(told)")
  }
}
