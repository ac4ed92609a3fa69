import Foundation
import StreamTesting
import Testing

/// The runtime under seeded chaos (`make sim SEEDS=n FROM=seed` for more of it, and for the history of a seed).
@Suite(.timeLimit(.minutes(10))) struct SimulationTests {
  private static let seeds: Range<UInt64> = 1..<2_001
  private static let hostileSeeds: Range<UInt64> = 1..<301
  /// The rarest fault shows in about one history of two thousand.
  private static let seedsToSeeAFault: Range<UInt64> = 1..<10_001

  @Test func historiesHoldWhateverStrikes() {
    let failed = Simulation.firstFailure(in: Self.seeds)
    #expect(failed == nil, "seed \(failed?.seed ?? 0): \(failed?.problems.joined(separator: "; ") ?? "")")
  }

  /// Records that kill the process, and records whose outputs, rows or partitions do not fit, become dead letters; all
  /// others count once.
  @Test func hostileHistoriesHoldWhateverStrikes() {
    let failed = Simulation.firstFailure(in: Self.hostileSeeds, isHostile: true)
    #expect(failed == nil, "seed \(failed?.seed ?? 0): \(failed?.problems.joined(separator: "; ") ?? "")")
  }

  /// A simulator that finds nothing proves nothing: each way to break exactly-once on purpose is seen.
  @Test(arguments: SimulatedFault.allCases) func simulatorSees(fault: SimulatedFault) throws {
    let failed = try #require(
      Simulation.firstFailure(in: Self.seedsToSeeAFault, fault: fault), "\(fault) went unseen")
    #expect(failed.history.count > 1)
    #expect(Simulation(seed: failed.seed).run().problems.isEmpty, "the seed fails without the fault too")
  }

  @Test func seedRepeatsInAnotherProcess() throws {
    let own = "\(Simulation.digest(of: 1..<41))\n"
    // Swift seeds its hashing anew in each process, so whatever follows a dictionary's order would differ here.
    #expect(try digestOfAnotherProcess() == own)
    #expect(try digestOfAnotherProcess() == own)
  }

  private func digestOfAnotherProcess() throws -> String {
    let process = Process()
    let bundle = try #require(Bundle.main.executableURL)
    process.executableURL = bundle.deletingLastPathComponent().appendingPathComponent("Simulate")
    process.arguments = ["--digest", "--seeds", "40"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }
}
