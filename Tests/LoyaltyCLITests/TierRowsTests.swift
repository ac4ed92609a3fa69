import Inquiry
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty account show` tells of a tier, as it is when it is read.
@Suite(.timeLimit(.minutes(10))) struct TierRowsTests {
  private func moment(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  private func standing(tellsProgress: Bool) throws -> TierStanding {
    let told = try moment("2018-06-01T12:00:00Z")
    return TierStanding(
      level: "member", since: nil, until: nil, measures: .spend, metric: ExactDecimal(250),
      next: NextTier(level: "silver", from: ExactDecimal(300), missing: ExactDecimal(50)), asOf: told,
      progress: !tellsProgress
        ? nil
        : TierProgress(
          asOf: told, counted: ExactDecimal(250),
          leaves: [
            .init(at: try moment("2019-05-10T00:00:00Z"), amount: ExactDecimal(minorUnits: 10_050, exponent: 2)),
            .init(at: try moment("2019-06-01T00:00:00Z"), amount: ExactDecimal(minorUnits: 14_950, exponent: 2)),
          ]))
  }

  private func text(_ standing: TierStanding, at instant: String) throws -> [String] {
    TierRows(TierNow(standing, at: try moment(instant)), zone: nil).rows.map { "\($0.name): \($0.value) \($0.remark)" }
  }

  @Test func progressIsToldAsItIsWhenItIsRead() throws {
    let standing = try standing(tellsProgress: true)
    #expect(
      try text(standing, at: "2018-06-02T00:00:00Z") == [
        "tier: member ", "next tier: silver 50 of 300 spend missing",
        "counted: 250 100.5 of it until 2019-05-10T00:00:00Z",
      ])
    #expect(
      try text(standing, at: "2019-05-10T00:00:00Z").dropFirst() == [
        "next tier: silver 150.5 of 300 spend missing", "counted: 149.5 149.5 of it until 2019-06-01T00:00:00Z",
      ])
    #expect(
      try text(standing, at: "2019-07-01T00:00:00Z").dropFirst() == ["next tier: silver 300 of 300 spend missing"])
  }

  @Test func nothingIsToldOfATimeBeforeTheStatement() throws {
    let now = TierNow(try standing(tellsProgress: true), at: try moment("2018-01-01T00:00:00Z"))
    #expect(now.at == (try moment("2018-06-01T12:00:00Z")) && now.counted == ExactDecimal(250))
  }

  @Test func whatAnEarlierReleaseToldSaysAsOfWhen() throws {
    #expect(
      try text(try standing(tellsProgress: false), at: "2019-07-01T00:00:00Z").dropFirst() == [
        "next tier: silver 50 of 300 spend missing, as of 2018-06-01T12:00:00Z"
      ])
  }
}
