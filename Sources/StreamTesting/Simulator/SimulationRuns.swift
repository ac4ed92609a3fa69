/// Many histories in a row.
extension Simulation {
  /// Runs a history a seed, quickly; the first that fails is run again to record what happened.
  package static func firstFailure(in seeds: Range<UInt64>, fault: SimulatedFault? = nil) -> Report? {
    for seed in seeds {
      let report = Simulation(seed: seed, fault: fault).run()
      if !report.problems.isEmpty { return Simulation(seed: seed, fault: fault, recording: true).run() }
    }
    return nil
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
