/// How a programme makes whole points out of a fraction. Halves and directions are those of the number line, for what
/// is taken off as well.
package enum Rounding: String, Sendable, CaseIterable {
  /// `⌊x⌋`
  case down
  /// `⌊x + ½⌋`
  case nearest
  /// `⌈x⌉`
  case up

  /// `numerator ÷ denominator` as a whole number; `denominator` is positive.
  package func divide(_ numerator: Int128, by denominator: Int128) -> Int128 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    guard remainder != 0 else { return quotient }
    let floor = remainder < 0 ? quotient - 1 : quotient
    switch self {
    case .down: return floor
    case .up: return floor + 1
    case .nearest:
      let above = remainder < 0 ? remainder + denominator : remainder
      return above >= denominator - above ? floor + 1 : floor
    }
  }
}
