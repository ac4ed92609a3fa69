/// How a programme makes whole points out of a fraction.
package enum Rounding: String, Sendable, CaseIterable {
  /// Towards zero.
  case down
  /// To the nearest, halves away from zero.
  case nearest
  /// Away from zero.
  case up

  /// `numerator ÷ denominator` as a whole number; `denominator` is positive.
  package func divide(_ numerator: Int128, by denominator: Int128) -> Int128 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    guard remainder != 0 else { return quotient }
    let away: Int128 = numerator < 0 ? -1 : 1
    switch self {
    case .down: return quotient
    case .nearest:
      return remainder.magnitude >= denominator.magnitude - remainder.magnitude ? quotient + away : quotient
    case .up: return quotient + away
    }
  }
}
