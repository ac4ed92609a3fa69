import Loyalty

/// What a voucher does to a basket. Amounts are minor units of the voucher's currency.
package enum VoucherEffect: Equatable, Sendable {
  case amount(AmountOff)
  /// From 0 to 100, of what is left on the lines; at most `cap`.
  case percent(ExactDecimal, cap: Int64?)
  case freeUnits(FreeUnits)
  /// At most `cap` of the shipping.
  case freeShipping(cap: Int64?)
  /// A gift card: it pays what is left, lines and shipping, until its value is spent.
  case credit

  /// Decimals of a percentage.
  package static let percentScaleMax: UInt8 = 6

  /// A payment, and no discount: it comes last, and goes with everything.
  package var isPayment: Bool { self == .credit }
}

/// A fixed sum off the basket, each line or each unit.
package struct AmountOff: Equatable, Sendable {
  package var minorUnits: Int64
  package var per: Per
  /// How one sum is spread over lines.
  package var spread: Spread
  /// Of each line at most so many units; nil: all.
  package var unitsPerLineMax: Int64?

  package enum Per: String, Sendable, CaseIterable {
    case basket, line, unit
  }

  package enum Spread: String, Sendable, CaseIterable {
    /// In proportion to what is left on the lines.
    case amount
    /// In proportion to their units.
    case quantity
  }

  package init(_ minorUnits: Int64, per: Per = .basket, spread: Spread = .amount, unitsPerLineMax: Int64? = nil) {
    self.minorUnits = minorUnits
    self.per = per
    self.spread = spread
    self.unitsPerLineMax = unitsPerLineMax
  }
}

/// For every `buy` units that are paid, `get` are free: the cheapest.
package struct FreeUnits: Equatable, Sendable {
  /// 0: the free ones ask for nothing.
  package var buy: Int64
  package var get: Int64
  /// At most so often; nil: as often as it goes, once where nothing is to be bought.
  package var timesMax: Int64?
  package var adding: Adding

  package enum Adding: String, Sendable, CaseIterable {
    /// The basket holds the free units already.
    case none
    /// Those that it lacks are put in.
    case missing
    /// All free units are put in, beside what the basket holds.
    case always
  }

  package init(buy: Int64, get: Int64, timesMax: Int64? = nil, adding: Adding = .none) {
    self.buy = buy
    self.get = get
    self.timesMax = timesMax
    self.adding = adding
  }
}
