/// Many histories in a row.
extension Simulation {
  /// Runs a history a seed, quickly; the first that fails is run again to record what happened.
  ///
  /// - Parameter isHostile: see ``LedgerWorkload``.
  package static func firstFailure(
    in seeds: Range<UInt64>, fault: SimulatedFault? = nil, isHostile: Bool = false
  ) -> Report? {
    for seed in seeds {
      let report = history(seed, fault, isHostile, recording: false).run()
      if !report.problems.isEmpty { return history(seed, fault, isHostile, recording: true).run() }
    }
    return nil
  }

  private static func history(
    _ seed: UInt64, _ fault: SimulatedFault?, _ isHostile: Bool, recording: Bool
  ) -> Simulation {
    Simulation(seed: seed, fault: fault, recording: recording) { LedgerWorkload($0, isHostile: isHostile) }
  }

  /// FNV-1a over every line of every history.
  package static func digest(of seeds: Range<UInt64>) -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for seed in seeds {
      for line in Simulation(seed: seed, recording: true).run().history {
        for byte in line.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
      }
    }
    return digest
  }
}
