/// How many points a member may be given, by a programme or by one of its rules. nil: without limit.
package struct PointLimits: Equatable, Sendable {
  package var perTransaction: Points?
  /// By the local day, week, month, year or the whole life in which something occurred.
  package var perPeriod: [PeriodLimit]

  package struct PeriodLimit: Equatable, Sendable {
    package var period: Period
    package var points: Points

    package init(_ period: Period, _ points: Points) {
      self.period = period
      self.points = points
    }
  }

  package init(perTransaction: Points? = nil, perPeriod: [PeriodLimit] = []) {
    self.perTransaction = perTransaction
    self.perPeriod = perPeriod
  }

  package var isEmpty: Bool { perTransaction == nil && perPeriod.isEmpty }
}

/// A span of local days that limits and thresholds count over.
package enum Period: String, Sendable, CaseIterable {
  case day
  /// Begins on Monday.
  case week
  case month
  case year
  case lifetime

  /// The first day of the period that `day` lies in.
  package func start(of day: LocalDate) -> LocalDate {
    switch self {
    case .day: return day
    case .week: return day.adding(days: -day.weekday)
    case .month:
      let (year, month, _) = day.civil
      return LocalDate(validYear: year, month: month, day: 1)
    case .year: return LocalDate(validYear: day.civil.year, month: 1, day: 1)
    case .lifetime: return LocalDate(daysSinceEpoch: 0)
    }
  }
}

/// The limit that cut an award, as entries name it.
package enum Cap: String, Sendable, CaseIterable {
  case transaction = "limits.pointsPerTransaction"
  case day = "limits.pointsPerDay"
  case week = "limits.pointsPerWeek"
  case month = "limits.pointsPerMonth"
  case year = "limits.pointsPerYear"
  case lifetime = "limits.pointsLifetime"
  case ruleTransaction = "rule.pointsPerTransaction"
  case ruleDay = "rule.pointsPerDay"
  case ruleWeek = "rule.pointsPerWeek"
  case ruleMonth = "rule.pointsPerMonth"
  case ruleYear = "rule.pointsPerYear"
  case ruleLifetime = "rule.pointsLifetime"
  case timesDay = "limits.timesPerDay"
  case timesWeek = "limits.timesPerWeek"
  case timesMonth = "limits.timesPerMonth"
  case timesYear = "limits.timesPerYear"
  case timesLifetime = "limits.timesLifetime"
  case ruleTimesTransaction = "rule.timesPerTransaction"
  case ruleTimesDay = "rule.timesPerDay"
  case ruleTimesWeek = "rule.timesPerWeek"
  case ruleTimesMonth = "rule.timesPerMonth"
  case ruleTimesYear = "rule.timesPerYear"
  case ruleTimesLifetime = "rule.timesLifetime"
  /// What the campaign's budget had not granted yet when the entry was booked.
  case campaign

  /// - Parameter period: nil: the limit of one transaction.
  init(_ period: Period?, ofRule: Bool) {
    switch period {
    case nil: self = ofRule ? .ruleTransaction : .transaction
    case .day: self = ofRule ? .ruleDay : .day
    case .week: self = ofRule ? .ruleWeek : .week
    case .month: self = ofRule ? .ruleMonth : .month
    case .year: self = ofRule ? .ruleYear : .year
    case .lifetime: self = ofRule ? .ruleLifetime : .lifetime
    }
  }

  /// The same of a limit by number. A programme has none of one transaction.
  init(timesPer period: Period?, ofRule: Bool) {
    switch period {
    case nil: self = .ruleTimesTransaction
    case .day: self = ofRule ? .ruleTimesDay : .timesDay
    case .week: self = ofRule ? .ruleTimesWeek : .timesWeek
    case .month: self = ofRule ? .ruleTimesMonth : .timesMonth
    case .year: self = ofRule ? .ruleTimesYear : .timesYear
    case .lifetime: self = ofRule ? .ruleTimesLifetime : .timesLifetime
    }
  }
}
