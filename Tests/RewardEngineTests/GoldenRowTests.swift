import GoldenRowChecks
import RewardEngine
import Testing

/// The service's rows outlive a release.
@Suite(.timeLimit(.minutes(10))) struct GoldenRowTests {
  private static func rows() throws -> GoldenRows {
    let settings = RewardSettings(key: RewardFixture.key)
    return GoldenRows(
      of: .rewardEngine, stores: RewardTopology.make(settings, storeRowsCached: 1).stores,
      samples: try RowSamples.rewardEngine(), cases: ["Redemption.state": 10, "VoucherTerms.effect": 5])
  }

  @Test(arguments: GoldenRows.Check.allCases) func rowsOutliveARelease(_ check: GoldenRows.Check) throws {
    let problems = try Self.rows().problems(check)
    #expect(problems == [])
  }

  /// `make golden RELEASE=x`.
  @Test(.enabled(if: GoldenRows.releaseToWrite != nil)) func writeGoldenRows() throws { try Self.rows().write() }
}
