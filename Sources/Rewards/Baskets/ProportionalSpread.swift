/// Spreads a sum over parts without losing a unit of it: each its exact share rounded down, and what is left over one
/// each to the largest fractions (the method of largest remainder, Hamilton 1792); the earlier of equal ones first.
enum ProportionalSpread {
  /// Weights are not negative. Where all are 0, nothing is spread.
  static func parts(of sum: Int64, by weights: [Int64]) -> [Int64] {
    let whole = weights.reduce(Int128(0)) { $0 + Int128($1) }
    guard whole > 0, sum > 0 else { return weights.map { _ in 0 } }
    var parts: [Int64] = []
    var fractions: [(index: Int, remainder: Int128)] = []
    for (index, weight) in weights.enumerated() {
      let (part, remainder) = (Int128(sum) * Int128(weight)).quotientAndRemainder(dividingBy: whole)
      parts.append(Int64(part))
      fractions.append((index, remainder))
    }
    let rest = Int(sum - parts.reduce(0, +))
    fractions.sort { $0.remainder == $1.remainder ? $0.index < $1.index : $0.remainder > $1.remainder }
    for fraction in fractions.prefix(rest) { parts[fraction.index] += 1 }
    return parts
  }

  /// The same with a bound for each part: what goes beyond one is spread over the others anew.
  static func parts(of sum: Int64, by weights: [Int64], bounds: [Int64]) -> [Int64] {
    var parts = weights.map { _ in Int64(0) }
    var rest = sum
    while rest > 0 {
      let open = weights.indices.map { parts[$0] < bounds[$0] ? weights[$0] : 0 }
      let shares = Self.parts(of: rest, by: open)
      let before = rest
      for index in shares.indices {
        let taken = min(shares[index], bounds[index] - parts[index])
        parts[index] += taken
        rest -= taken
      }
      // Nothing has room any more.
      if rest == before { break }
    }
    return parts
  }
}
