/// What a purchase earns, before it is booked.
extension Program {
  /// Points of one `spend` rule for eligible spend of `minorUnits` (0 or more), rounded once.
  package func points(_ points: ExactDecimal, per amount: ExactDecimal, for minorUnits: Int64, in currency: Currency)
    -> Points
  {
    guard minorUnits > 0 else { return 0 }
    let numerator = Int128(minorUnits) * Int128(points.significand) * Int128(powerOfTen(amount.scale))
    let denominator =
      Int128(amount.significand) * Int128(powerOfTen(points.scale)) * Int128(powerOfTen(currency.exponent))
    return bounded(rounding.divide(numerator, by: denominator))
  }

  /// The tier's own line: `round((factor − 1) × base)`, where `base` is what the spend rules gave.
  package func tierPoints(on base: Points, factor: ExactDecimal) -> Points {
    let unit = Int128(powerOfTen(factor.scale))
    return bounded(rounding.divide((Int128(factor.significand) - unit) * Int128(base.value), by: unit))
  }

  /// The factor of a tier level; 1 where the programme has no such level.
  package func tierFactor(of level: String?) -> ExactDecimal {
    guard let tiers, let first = tiers.levels.first else { return .one }
    guard let level else { return first.factor }
    return tiers.levels.first { $0.id == level }?.factor ?? .one
  }

  /// `round(granted × refunded ÷ eligible)`: what is to be reversed in all after that much was refunded.
  package func reversal(of granted: Points, refunded: Int64, eligible: Int64) -> Points {
    guard refunded < eligible else { return granted }
    return Points(Int64(rounding.divide(Int128(granted.value) * Int128(refunded), by: Int128(eligible))))
  }

  /// Eligible spend of the lines a condition matches, never below 0.
  func eligibleSpend(of lines: [PurchaseLine], eligible: [Int64], matching condition: LineCondition?) -> Int64 {
    var sum: Int64 = 0
    if let condition {
      for index in lines.indices where condition.matches(lines[index]) { sum += eligible[index] }
    } else {
      for amount in eligible { sum += amount }
    }
    return max(0, sum)
  }

  private func bounded(_ points: Int128) -> Points {
    Points(Int64(max(0, min(points, Int128(Points.largestMovement.value)))))
  }
}
