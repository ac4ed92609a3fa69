/// A currency that is money no more, and the one that took its place at a fixed rate.
package struct WithdrawnCurrency: Equatable, Sendable {
  package let currency: Currency
  /// The last local day on which one could pay with it.
  package let lastDay: LocalDate
  package let successor: Currency
  /// So many of it became one of the successor.
  package let rate: ExactDecimal

  package static func find(_ currency: Currency) -> WithdrawnCurrency? { withdrawn.first { $0.currency == currency } }

  /// Whether something may have been paid with it: somewhere on earth it was its last day or before.
  package func isMoney(at instant: Instant) -> Bool {
    instant.milliseconds < (Int64(lastDay.daysSinceEpoch) + 2) * Instant.dayMs
  }

  fileprivate init?(_ row: Substring) {
    let words = row.split(separator: " ").map(String.init)
    guard words.count == 4, let currency = Currency.known(words[0]), let lastDay = LocalDate(text: words[1]),
      let rate = ExactDecimal(words[2]), let successor = Currency.known(words[3])
    else { return nil }
    self.currency = currency
    self.lastDay = lastDay
    self.rate = rate
    self.successor = successor
  }

  package static let all = withdrawn
}

extension Currency {
  /// Whether amounts of a purchase in `other` may be given back in this currency.
  package func givesBack(_ other: Currency) -> Bool {
    self == other || self == .unspecified || WithdrawnCurrency.find(other)?.successor == self
  }
}

/// Amounts of a withdrawn currency that were given back in its successor.
package struct FixedRate: Equatable, Sendable {
  private let numerator: Int128
  private let denominator: Int128
  /// What half of the successor's smallest unit is worth, rounded up: so far may an amount lie from what it stands for.
  package let tolerance: Int64

  /// nil: the one did not take the other's place.
  package init?(from given: Currency, to paid: Currency) {
    guard let withdrawn = WithdrawnCurrency.find(paid), withdrawn.successor == given else { return nil }
    numerator = Int128(withdrawn.rate.significand) * Int128(powerOfTen(paid.exponent))
    denominator = Int128(powerOfTen(withdrawn.rate.scale)) * Int128(powerOfTen(given.exponent))
    tolerance = Int64(Rounding.up.divide(numerator, by: denominator * 2))
  }

  /// Rounded to the nearest minor unit.
  package func converted(_ amount: Int64) -> Int64 {
    Int64(
      clamping: min(
        Rounding.nearest.divide(Int128(amount) * numerator, by: denominator), Int128(Money.largestMinorUnits)))
  }

  package func converted(_ returned: Return) -> Return {
    var converted = returned
    converted.refund = returned.refund.map { self.converted($0) }
    converted.shipping = returned.shipping.map { self.converted($0) }
    converted.tax = returned.tax.map { self.converted($0) }
    for index in converted.lines.indices {
      converted.lines[index].amount = converted.lines[index].amount.map { self.converted($0) }
    }
    return converted
  }
}

// ISO 4217, list three, and the central banks' rates: currency, last day, how many became one of the successor.
private let withdrawn: [WithdrawnCurrency] = """
  EEK 2011-01-14 15.6466 EUR
  ZMK 2013-06-30 1000 ZMW
  LVL 2014-01-14 0.702804 EUR
  LTL 2015-01-15 3.4528 EUR
  BYR 2016-12-31 10000 BYN
  STD 2018-06-30 1000 STN
  VEF 2018-12-05 100000 VES
  MRO 2018-12-31 10 MRU
  CUC 2021-06-30 24 CUP
  HRK 2023-01-14 7.5345 EUR
  SLL 2024-03-31 1000 SLE
  ZWL 2024-08-31 2498.7242 ZWG
  ANG 2025-06-30 1 XCG
  BGN 2026-01-31 1.95583 EUR
  """.split(separator: "\n").compactMap { WithdrawnCurrency($0) }
