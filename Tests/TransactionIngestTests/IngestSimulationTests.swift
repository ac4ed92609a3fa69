import Foundation
import StreamTesting
import Testing

/// Ingest itself under the seeded chaos that the runtime is tested with: purchases that travel over three partitions
/// before they are passed on. More histories with STAMPEDE_INGEST_HISTORIES=n.
@Suite(.timeLimit(.minutes(60))) struct IngestSimulationTests {
  private static let seeds: ClosedRange<UInt64> =
    1...(ProcessInfo.processInfo.environment["STAMPEDE_INGEST_HISTORIES"].flatMap(UInt64.init) ?? 150)

  @Test func everyPurchaseFindsItsMemberOnceWhateverStrikes() {
    for seed in Self.seeds {
      let report = Simulation(seed: seed, workload: IngestWorkload.init).run()
      guard !report.problems.isEmpty else { continue }
      let history = Simulation(seed: seed, recording: true, workload: IngestWorkload.init).run().history
      Issue.record("seed \(seed): \(report.problems.joined(separator: "; "))\n\(history.joined(separator: "\n"))")
      return
    }
  }

  @Test func skippedChangelogRecordShows() {
    let isSeen = (1...2_000).contains { seed in
      !Simulation(seed: seed, fault: .changelogRecordSkipped, workload: IngestWorkload.init).run().problems.isEmpty
    }
    #expect(isSeen)
  }
}
