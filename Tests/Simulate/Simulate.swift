import Foundation
import StreamTesting

/// Runs simulated histories, one a seed: `Simulate [--seeds N] [--from SEED] [--fault NAME] [--hostile] [--digest]`.
/// In hostile ones some records kill the process, and what some put out does not fit.
///
/// Prints the first seed that fails with its history, a line an event, and exits with 1. `--digest` prints a number
/// that depends on every event of every history: it is the same in every process.
@main struct Simulate {
  static func main() {
    let arguments = CommandLine.arguments
    func value(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
      return arguments[index + 1]
    }
    guard let seeds = UInt64(value("--seeds") ?? "2000"), let from = UInt64(value("--from") ?? "1"), seeds > 0 else {
      print("--seeds and --from take whole numbers")
      exit(2)
    }
    let fault = value("--fault").map { name -> SimulatedFault in
      guard let fault = SimulatedFault(rawValue: name) else {
        print("--fault takes one of: \(SimulatedFault.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
      }
      return fault
    }
    if arguments.contains("--digest") {
      print(Simulation.digest(of: from..<from + seeds))
      return
    }
    if arguments.contains("--history") {
      for line in Simulation(seed: from, fault: fault, recording: true).run().history { print(line) }
      return
    }
    let started = Date()
    let failed = Simulation.firstFailure(
      in: from..<from + seeds, fault: fault, isHostile: arguments.contains("--hostile"))
    let seconds = Date().timeIntervalSince(started)
    guard let failed else {
      print("\(seeds) histories hold (\(Int(Double(seeds) / seconds)) a second)")
      return
    }
    for line in failed.history { print(line) }
    print("seed \(failed.seed) fails. See it again: make sim SEEDS=1 FROM=\(failed.seed)")
    exit(1)
  }
}
