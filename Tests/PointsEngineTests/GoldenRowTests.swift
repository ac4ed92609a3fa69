import GoldenRowChecks
import PointsEngine
import Testing

/// The service's rows outlive a release.
@Suite(.timeLimit(.minutes(10))) struct GoldenRowTests {
  private static func rows() throws -> GoldenRows {
    GoldenRows(
      of: .pointsEngine, stores: PointsTopology.make(storeRowsCached: 1).stores, samples: try RowSamples.pointsEngine(),
      cases: ["LotTerms.standing": 3, "CommandRecord.outcome": 11, "RuleAward.part": 5])
  }

  @Test(arguments: GoldenRows.Check.allCases) func rowsOutliveARelease(_ check: GoldenRows.Check) throws {
    // No record holds what a command is turned away with beside the answer that its id has, nor what returns are
    // refused with alone.
    let unremembered = " is never commandTooOld nor conflictingCommand nor tooManyReturns"
    #expect(try Self.rows().problems(check).filter { !$0.hasSuffix(unremembered) } == [])
  }

  /// `make golden RELEASE=x`.
  @Test(.enabled(if: GoldenRows.releaseToWrite != nil)) func writeGoldenRows() throws { try Self.rows().write() }
}
