/// How often a member may be awarded: by one rule or multiplier, or how many of their purchases and activities may earn
/// in a programme. A `threshold` that repeats awards once for each multiple.
package struct TimesLimits: Equatable, Sendable {
  package var perTransaction: Int64?
  /// By the local day, week, month, year or the whole life in which something occurred.
  package var perPeriod: [PeriodTimes]

  package struct PeriodTimes: Equatable, Sendable {
    package var period: Period
    package var times: Int64

    package init(_ period: Period, _ times: Int64) {
      self.period = period
      self.times = times
    }
  }

  package init(perTransaction: Int64? = nil, perPeriod: [PeriodTimes] = []) {
    self.perTransaction = perTransaction
    self.perPeriod = perPeriod
  }

  package var isEmpty: Bool { perTransaction == nil && perPeriod.isEmpty }
}

extension Program {
  /// Whether anything in it is limited by number.
  var hasTimes: Bool { plan.hasTimes || !times.isEmpty }

  /// Whether what was counted when something was booked stands, whatever tier becomes known later: no rule or
  /// multiplier asks for the tier, so it cannot decide who is awarded, but only how much.
  var keepsCounts: Bool { !plan.hasTierConditions }
}
