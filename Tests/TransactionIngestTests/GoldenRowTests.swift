import GoldenRowChecks
import Testing
import TransactionIngest

/// The service's rows outlive a release.
@Suite(.timeLimit(.minutes(10))) struct GoldenRowTests {
  private static func rows() throws -> GoldenRows {
    GoldenRows(
      of: .transactionIngest, stores: IngestTopology.make(IngestSettings()).stores,
      samples: try RowSamples.transactionIngest())
  }

  @Test(arguments: GoldenRows.Check.allCases) func rowsOutliveARelease(_ check: GoldenRows.Check) throws {
    let problems = try Self.rows().problems(check)
    #expect(problems == [])
  }

  /// `make golden RELEASE=x`.
  @Test(.enabled(if: GoldenRows.releaseToWrite != nil)) func writeGoldenRows() throws { try Self.rows().write() }
}
