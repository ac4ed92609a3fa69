import Loyalty
import Testing

/// Rules of programmes issue what the independent model says, and when.
@Suite(.timeLimit(.minutes(10))) struct GoldenIssueTests {
  @Test func everyRuleIssuesWhatTheModelSays() throws {
    let lines = try GoldenVectors.lines(of: "issues.txt")
    #expect(lines.count >= 300)
    for line in lines {
      let sides = line.split(separator: " => ")
      let (asked, expected) = (sides[0].parts(" "), sides[1].parts(" "))
      guard asked[0] != "born" else {
        let numbers = asked.dropFirst().compactMap { Int($0) }
        let born = MemberTraits.MonthDay(month: numbers[0], day: numbers[1])
        #expect([born.day(in: numbers[2]).text] == expected, "\(line)")
        continue
      }
      let cause: IssueRule.Trigger =
        switch asked[0] {
        case "level": .level(asked[1])
        case "points": .points(Points(number(asked[1]) ?? 0))
        default: .birthday
        }
      let rule = IssueRule(id: "gift", pool: "own", cause: cause, per: try #require(Period(rawValue: asked[2])))
      var last: LocalDate?
      for (event, id) in zip(asked.dropFirst(3), expected) {
        let fields = event.parts(",")
        let day = try #require(LocalDate(text: fields[0]))
        let period = rule.period(of: occasion(fields), on: day, last: last)
        #expect(period.map { _ in rule.issueId(of: "coffee", on: day) } == told(id), "\(line)")
        last = period ?? last
      }
    }
  }

  private func occasion(_ fields: [String]) -> IssueRule.Occasion {
    switch fields[1] {
    case "level": return .level(fields[2])
    case "points": return .balance(from: Points(number(fields[2]) ?? 0), to: Points(number(fields[3]) ?? 0))
    default: return .birthday
    }
  }
}
