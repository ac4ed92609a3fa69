import Contracts
import Loyalty
import Testing

/// Limits by number and display names of a programme document.
@Suite(.timeLimit(.minutes(10))) struct ProgramLimitTests {
  private func document(_ part: String) -> [UInt8] {
    Array(
      (#"{"id":"p","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","currencies":["USD"],"#
        + #""timeZone":"UTC",\#(part)}"#).utf8)
  }

  private let rule = #"{"id":"a","kind":"activity","activity":"x","points":5"#

  @Test func timesAreReadOfRulesMultipliersAndTheProgramme() throws {
    let program = try ProgramDocument.decode(
      document(
        #""earning":[{"id":"a","kind":"transaction","points":5,"limits":{"pointsPerDay":9,"timesPerTransaction":1,"#
          + #""timesPerDay":2,"timesPerWeek":3,"timesPerMonth":4,"timesPerYear":5,"timesLifetime":6}}],"#
          + #""multipliers":[{"id":"m","factor":2,"limits":{"timesPerDay":7}}],"limits":{"timesPerWeek":8}"#))
    let periods: [TimesLimits.PeriodTimes] = [
      .init(.day, 2), .init(.week, 3), .init(.month, 4), .init(.year, 5), .init(.lifetime, 6),
    ]
    #expect(program.earning[0].times == TimesLimits(perTransaction: 1, perPeriod: periods))
    #expect(program.earning[0].limits == PointLimits(perPeriod: [.init(.day, 9)]))
    #expect(program.multipliers[0].times == TimesLimits(perPeriod: [.init(.day, 7)]))
    #expect(program.times == TimesLimits(perPeriod: [.init(.week, 8)]) && program.limits.isEmpty)
  }

  @Test func namesAreReadOfWhateverMembersMeet() throws {
    let names = #""names":{"vi":"Vàng","en":"Gold"}"#
    let program = try ProgramDocument.decode(
      document(
        #"\#(names),"earning":[\#(rule),\#(names)}],"multipliers":[{"id":"m","factor":2,\#(names)}],"tiers":"#
          + #"{"metric":"spend","window":{"kind":"lifetime"},"levels":[{"id":"one","from":"0",\#(names)}]}"#))
    let expected = DisplayNames(["vi": "Vàng", "en": "Gold"])
    #expect(program.names == expected && program.earning[0].names == expected)
    #expect(program.multipliers[0].names == expected && program.tiers?.levels[0].names == expected)
    #expect(try ProgramDocument.decode(document(#""earning":[\#(rule)}]"#)).names.isEmpty)
  }

  @Test(arguments: [
    (#","limits":{"timesPerDay":0}"#, "", "$.earning[0].limits.timesPerDay must be a whole number from 1 to 1000000"),
    (#","limits":{"timesPerHour":1}"#, "", "$.earning[0].limits.timesPerHour is not a field of a programme document"),
    (
      #","limit":{"times":1,"per":"day"},"limits":{"timesPerDay":1}"#, "",
      "$.earning[0].limit cannot stand beside limits that say how many times: say it there alone"
    ),
    ("", #","limits":{"timesPerTransaction":1}"#, "$.limits.timesPerTransaction is no limit of a programme"),
    (
      "", #","multipliers":[{"id":"m","factor":2,"limits":{"pointsPerDay":1}}]"#,
      "$.multipliers[0].limits.pointsPerDay is no limit of a multiplier, which is limited by number alone"
    ),
    (
      "", #","multipliers":[{"id":"m","factor":2,"limits":{"timesPerTransaction":1}}]"#,
      "$.multipliers[0].limits.timesPerTransaction is no limit of a multiplier, which works once"
    ),
    ("", #","names":{"english":"P"}"#, "$.names.english is named by no language tag, such as vi or en-GB"),
    ("", #","names":{"en":"P","EN":"Q"}"#, "$.names.EN stands twice"),
    ("", #","names":{}"#, "$.names must hold a name"), ("", #","names":"P""#, "$.names must be an object"),
    (#","names":{"en":""}"#, "", "$.earning[0].names.en must have 1 to"),
    (#","names":{"en":"two\nlines"}"#, "", "$.earning[0].names.en must be a name of one line"),
  ])
  func whatIsWrongIsNamedByItsPathAndItsRemedy(ofRule: String, ofProgram: String, expected: String) throws {
    let text = document(#""earning":[\#(rule)\#(ofRule)}]\#(ofProgram)"#)
    let refusal = #expect(throws: ProgramRefused.self) { try ProgramDocument.decode(text) }
    let found = try #require(refusal).violations.map(\.description)
    #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
  }
}
