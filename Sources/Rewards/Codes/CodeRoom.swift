/// Whether a pool's codes can be guessed: for each one that is live there must be 10⁹ that could be.
package struct CodeRoom: Equatable, Sendable {
  /// Codes that the pattern can make; as many as 128 bits can count where there are more.
  package let possible: UInt128
  package let live: UInt64

  package static let possiblePerLiveMin: UInt128 = 1_000_000_000

  package init(_ pattern: CodePattern, live: UInt64) {
    possible = CodeRoom.power(pattern.alphabet.characters.count, pattern.drawnCount)
    self.live = live
  }

  /// Why the pool is refused, with what it has and needs; nil: it is not.
  package struct Refusal: Equatable, Sendable {
    package var possible: UInt128
    package var live: UInt64
    /// Possible codes for each live one.
    package var ratio: UInt128
    package var ratioMin: UInt128
    /// Drawn characters that would do.
    package var drawnNeeded: Int
  }

  package func refusal(of alphabet: CodeAlphabet) -> Refusal? {
    let count = UInt128(max(1, live))
    guard possible / count < CodeRoom.possiblePerLiveMin else { return nil }
    let needed = count * CodeRoom.possiblePerLiveMin
    var drawn = 1
    while CodeRoom.power(alphabet.characters.count, drawn) < needed { drawn += 1 }
    return Refusal(
      possible: possible, live: live, ratio: possible / count, ratioMin: CodeRoom.possiblePerLiveMin,
      drawnNeeded: drawn)
  }

  private static func power(_ base: Int, _ exponent: Int) -> UInt128 {
    var power: UInt128 = 1
    for _ in 0..<exponent {
      let (product, overflow) = power.multipliedReportingOverflow(by: UInt128(base))
      if overflow { return .max }
      power = product
    }
    return power
  }
}
