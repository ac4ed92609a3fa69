/// What tiers count that are measured by activities.
package struct ActivityMeasure: Equatable, Sendable {
  /// The activities' names, such as `flight.flown`.
  package var names: Set<String>
  /// The attribute that is summed; nil: each activity counts 1.
  package var attribute: String?

  /// A value counts exactly to so many decimals; finer is cut off.
  package static let decimals: UInt8 = 6
  /// What one activity counts at most, either sign.
  package static let largestValue: Int64 = 1_000_000_000_000

  package init(names: Set<String>, attribute: String? = nil) {
    self.names = names
    self.attribute = attribute
  }

  /// What an activity counts, in millionths; nil: nothing, because it is another one, or has no such number.
  package func millionths(of activity: Activity) -> Int64? {
    guard names.contains(activity.name) else { return nil }
    let unit = powerOfTen(Self.decimals)
    guard let attribute else { return unit }
    guard let value = activity.numbers[attribute] else { return nil }
    let exact = Int128(value.significand) * Int128(unit) / Int128(powerOfTen(value.scale))
    let most = Int128(Self.largestValue) * Int128(unit)
    return Int64(max(-most, min(exact, most)))
  }
}

/// At what rates spend in other currencies counts as spend in the programme's own, the first of its currencies.
package struct TierRates: Equatable, Sendable {
  /// What one unit of a currency is worth in units of the programme's own.
  package var perUnit: [Currency: ExactDecimal]
  /// To minor units of the programme's own currency, once a purchase.
  package var rounding: Rounding

  package init(perUnit: [Currency: ExactDecimal], rounding: Rounding = .nearest) {
    self.perUnit = perUnit
    self.rounding = rounding
  }
}

/// The rate at which a purchase counts, whatever rates later versions of its programme have.
package struct TierRate: Equatable, Sendable {
  package var perUnit: ExactDecimal
  /// Decimals of the currency that it leads to.
  package var exponent: UInt8
  package var rounding: Rounding

  package init(perUnit: ExactDecimal, exponent: UInt8, rounding: Rounding) {
    self.perUnit = perUnit
    self.exponent = exponent
    self.rounding = rounding
  }

  /// So much is converted at most: ten times what an event may state as one amount.
  private static let mostMinorUnits = 10 * Money.largestMinorUnits

  /// `round(amount × rate)`, in minor units. With 10^16 of them, a rate of 64 bits and three decimals more all of it
  /// fits 128 bits.
  package func converted(_ minorUnits: Int64, of currency: Currency) -> Int64 {
    let amount = Int128(max(-Self.mostMinorUnits, min(minorUnits, Self.mostMinorUnits)))
    let numerator = amount * Int128(perUnit.significand) * Int128(powerOfTen(exponent))
    let denominator = Int128(powerOfTen(perUnit.scale)) * Int128(powerOfTen(currency.exponent))
    let exact = rounding.divide(numerator, by: denominator)
    return Int64(max(Int128(Int64.min), min(exact, Int128(Int64.max))))
  }
}

extension Program {
  /// How spend in a currency that the programme takes counts towards its tiers.
  package enum TierSpend: Equatable, Sendable {
    /// Not at all: there are rates, and none for it.
    case no
    case asItIs
    case at(TierRate)
  }

  package func tierSpend(in currency: Currency) -> TierSpend {
    guard let rates = tiers?.rates, let own = currencies.first, currency != own else { return .asItIs }
    guard let perUnit = rates.perUnit[currency] else { return .no }
    return .at(TierRate(perUnit: perUnit, exponent: own.exponent, rounding: rates.rounding))
  }
}
