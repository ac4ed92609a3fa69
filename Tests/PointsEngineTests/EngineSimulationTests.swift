import Foundation
import StreamTesting
import Testing

/// The points engine itself under the seeded chaos that the runtime is tested with. More histories with
/// `STAMPEDE_ENGINE_HISTORIES=n swift test -c release --filter EngineSimulationTests`.
@Suite(.timeLimit(.minutes(60))) struct EngineSimulationTests {
  private static let seeds: ClosedRange<UInt64> =
    1...(ProcessInfo.processInfo.environment["STAMPEDE_ENGINE_HISTORIES"].flatMap(UInt64.init) ?? 250)

  @Test func ledgerHoldsWhateverStrikes() {
    for seed in Self.seeds {
      let report = Simulation(seed: seed, workload: EngineWorkload.init).run()
      guard !report.problems.isEmpty else { continue }
      let history = Simulation(seed: seed, recording: true, workload: EngineWorkload.init).run().history
      Issue.record("seed \(seed): \(report.problems.joined(separator: "; "))\n\(history.joined(separator: "\n"))")
      return
    }
  }

  /// Never more than the budget, none of what waits forgotten, and all of it given where enough is wanted: whatever
  /// strikes.
  @Test func budgetsHoldWhateverStrikes() {
    for seed in Self.seeds {
      let report = Simulation(seed: seed, workload: BudgetWorkload.init).run()
      guard !report.problems.isEmpty else { continue }
      let history = Simulation(seed: seed, recording: true, workload: BudgetWorkload.init).run().history
      Issue.record("seed \(seed): \(report.problems.joined(separator: "; "))\n\(history.joined(separator: "\n"))")
      return
    }
  }

  @Test(arguments: [SimulatedFault.changelogRecordSkipped, .timersWithoutOffsets, .referenceRecordsLate])
  func faultShowsInTheLedger(fault: SimulatedFault) {
    let isSeen = (1...3_000).contains { seed in
      !Simulation(seed: seed, fault: fault, workload: EngineWorkload.init).run().problems.isEmpty
    }
    #expect(isSeen)
  }
}
