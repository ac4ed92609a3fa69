/// Chance that repeats: SplitMix64 (Steele, Lea, Flood 2014), the same in every process and on every machine.
package final class SeededRandom {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03 }

  package func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 ..< `bound`.
  package func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  package func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True `perMille` times in a thousand.
  package func chance(_ perMille: Int) -> Bool { below(1_000) < perMille }

  package func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

  /// An index, each as often as its weight says.
  package func weighted(_ weights: [Int]) -> Int {
    var left = below(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if left < weight { return index }
      left -= weight
    }
    return weights.count - 1
  }
}
