import Contracts
import Inquiry
import JSON
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty programs publish` and `programs list` print.
@Suite(.timeLimit(.minutes(10))) struct PublishPlanTextTests {
  private func document(
    version: Int = 1, from: String = "2017-01-01T00:00:00Z", status: String = "active",
    earning: String = #"[{"id":"base","kind":"spend","points":1,"per":"1.00"}]"#, more: String = ""
  ) -> [UInt8] {
    Array(
      """
      {"id":"journey","version":\(version),"effectiveFrom":"\(from)","name":"Journey","status":"\(status)",
       "currencies":["USD"],"timeZone":"UTC","earning":\(earning)\(more)}
      """.utf8)
  }

  private func plan(_ bytes: [UInt8], _ published: [[UInt8]]) throws -> PublishPlan {
    var documents: [String: [UInt8]] = [:]
    for (index, document) in published.enumerated() { documents["\(index)"] = document }
    return try PublishPlan(bytes, published: documents, replaces: false)
  }

  @Test func whatANewVersionChangesIsShownAgainstTheOneItTakesOverFrom() throws {
    let rules =
      #"[{"id":"fifth","kind":"visits","every":5,"points":50},{"id":"base","kind":"spend","points":2,"per":"1.00"}]"#
    let plan = try plan(
      document(version: 3, from: "2018-01-01T00:00:00Z", earning: rules, more: #","pending":{"days":14}"#),
      [document(), document(version: 2, from: "2019-01-01T00:00:00Z")])
    #expect(
      plan.text == """
        Journey (journey, version 3), active from 2018-01-01T00:00:00Z, against version 1:
          changed  $.version: 1 → 3
          changed  $.effectiveFrom: "2017-01-01T00:00:00Z" → "2018-01-01T00:00:00Z"
          added    $.earning[0]: {"id":"fifth","kind":"visits","every":5,"points":50}
          changed  $.earning[1].points: 1 → 2
          added    $.pending: {"days":14}
          It counts from 2018-01-01T00:00:00Z until 2019-01-01T00:00:00Z, instead of version 1; then version 2 does, as now.
        """)
  }

  @Test func whatAVersionDoesToThePastAndToOthersIsSaid() throws {
    func plan(_ from: String, version: Int = 3, others: [[UInt8]], status: String = "active") throws -> PublishPlan {
      var documents: [String: [UInt8]] = [:]
      for (index, document) in others.enumerated() { documents["\(index)"] = document }
      return try PublishPlan(
        document(version: version, from: from, status: status), published: documents, replaces: false,
        now: Instant(rfc3339: "2020-01-01T00:00:00Z"))
    }
    let two = [document(), document(version: 2, from: "2019-01-01T00:00:00Z")]
    let past = try plan("2018-01-01T00:00:00Z", others: two)
    #expect(past.effects.needsConsent && past.effects.takesOverFrom == 1 && past.effects.followedBy?.version == 2)
    #expect(past.text.contains("what was booked since stays as it was booked"))
    let same = try plan("2019-01-01T00:00:00Z", others: two)
    #expect(same.effects.neverAnyMore == [2] && same.text.contains("Version 2 will never be in force any more."))
    let never = try plan("2019-01-01T00:00:00Z", version: 1, others: [two[1]])
    #expect(never.effects.isNeverInForce && never.effects.needsConsent && never.text.contains("never be in force"))
    let next = try plan("2021-01-01T00:00:00Z", others: two)
    #expect(!next.effects.needsConsent && next.effects.sentences(of: next.program).isEmpty)
    #expect(try !plan("2018-01-01T00:00:00Z", others: two, status: "draft").effects.needsConsent)
    #expect(try !plan("2018-01-01T00:00:00Z", others: []).effects.needsConsent, "nothing was in force")
  }

  @Test func whatWasRemovedOrMovedIsNamed() throws {
    let old = try JSONValue(parsing: #"{"earning":[{"id":"a"},{"id":"b"}],"limits":{"day":5}}"#)
    let new = try JSONValue(parsing: #"{"earning":[{"id":"b"},{"id":"a"}]}"#)
    #expect(
      DocumentDiff(from: old, to: new).text(indent: "  ") == """
          moved    $.earning[0]: was $.earning[1]
          moved    $.earning[1]: was $.earning[0]
          removed  $.limits: {"day":5}
        """)
  }

  @Test func whenAVersionIsInForceIsToldInWords() {
    let told = [ProgramForce.now, .from(.epoch), .until(.epoch), .never].map(\.text)
    #expect(told == ["now", "from 1970-01-01T00:00:00Z", "until 1970-01-01T00:00:00Z", "never"])
  }
}
