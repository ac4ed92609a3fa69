/// What one account must remember of earlier purchases and activities to rate the next one. Only what the programme's
/// rules ask for is kept.
package struct EarningCounters: Equatable, Sendable {
  /// Purchases with eligible spend above 0 so far; a return takes none off.
  package var purchases: Int64 = 0
  package var visits: [VisitProgress] = []
  /// Points that count against limits; the scope is a rule's id, or empty for the programme's own limits.
  package var points: [PeriodSeries] = []
  /// How often activities were awarded; the scope is a rule's id.
  package var times: [PeriodSeries] = []
  package var thresholds: [ThresholdPeriod] = []

  package init() {}

  /// Periods that ended so many days ago are forgotten: something that occurred before that and becomes known today
  /// finds its period empty.
  package static let daysRemembered = 400

  // MARK: Visits

  /// Counts a visit and says whether it completes the count.
  /// - Parameters:
  ///   - day: nil: each purchase is one.
  ///   - lotId: of the purchase, which holds the award.
  mutating func countVisit(of rule: String, every: Int, day: LocalDate?, by lotId: String) -> Bool {
    let index = visits.firstIndex { $0.rule == rule } ?? visits.count
    if index == visits.count { visits.append(VisitProgress(rule: rule, count: 0)) }
    if let day, !visits[index].enter(day) { return false }
    visits[index].count += 1
    guard visits[index].count >= every else { return false }
    visits[index].count -= every
    if let day { visits[index].hold(day, by: Lot.shortId(lotId)) }
    return true
  }

  /// Takes a purchase that came back whole off the visits. A day that has other purchases stands, with its award. Says
  /// who loses the award that the visit had completed, see `Lot.shortId`.
  ///
  /// - Parameter holdsAward: whether this purchase was given one.
  mutating func uncountVisit(of rule: String, every: Int, day: LocalDate?, by lotId: String, holdsAward: Bool)
    -> String?
  {
    guard let index = visits.firstIndex(where: { $0.rule == rule }) else { return nil }
    var loser = holdsAward ? Lot.shortId(lotId) : nil
    if let day {
      switch visits[index].leave(day) {
      case .stands: return nil
      case .ends(let holder): loser = holder
      case .forgotten: break
      }
    }
    visits[index].count += (loser == nil ? 0 : every) - 1
    return loser
  }

  /// Takes a purchase that is going to be rated again off the visits, with its award.
  mutating func unwindVisit(of rule: String, every: Int, day: LocalDate?, by lotId: String, holdsAward: Bool) {
    guard let index = visits.firstIndex(where: { $0.rule == rule }) else { return }
    if holdsAward { visits[index].count += every }
    if let day, !visits[index].unwind(day, by: Lot.shortId(lotId)) { return }
    visits[index].count -= 1
  }

  // MARK: Points and times per period

  static func total(of scope: String, _ period: Period, from start: LocalDate, in series: [PeriodSeries]) -> Int64 {
    guard let found = series.first(where: { $0.period == period && $0.scope == scope }) else { return 0 }
    return found.amount(from: start)
  }

  static func add(
    _ amount: Int64, to scope: String, _ period: Period, from start: LocalDate, in series: inout [PeriodSeries]
  ) {
    let index = series.firstIndex { $0.period == period && $0.scope == scope } ?? series.count
    if index == series.count { series.append(PeriodSeries(scope: scope, period: period)) }
    series[index].add(amount, from: start)
  }
}

/// How many visits count towards the next award of one `visits` rule. Below 0 after refunded visits of an award that
/// the member kept.
package struct VisitProgress: Equatable, Sendable {
  package var rule: String
  package var count: Int
  /// For a rule that counts one visit a day: the days that have one, ascending.
  package var days: [VisitDay]

  package init(rule: String, count: Int, days: [VisitDay] = []) {
    self.rule = rule
    self.count = count
    self.days = days
  }

  /// Whether this is the day's first purchase.
  fileprivate mutating func enter(_ day: LocalDate) -> Bool {
    var index = days.count
    while index > 0, days[index - 1].day >= day { index -= 1 }
    if index < days.count, days[index].day == day {
      days[index].purchases += 1
      return false
    }
    days.insert(VisitDay(day: day, purchases: 1), at: index)
    if let last = days.last, let first = days.first, first.day.adding(days: EarningCounters.daysRemembered) < last.day {
      let keepFrom = last.day.adding(days: -EarningCounters.daysRemembered)
      days.removeAll { $0.day < keepFrom && $0.day != day }
    }
    return true
  }

  fileprivate mutating func hold(_ day: LocalDate, by lotId: String) {
    guard let index = days.firstIndex(where: { $0.day == day }) else { return }
    days[index].holder = lotId
  }

  fileprivate enum Left {
    /// Another purchase of the day is there.
    case stands
    /// None is left; the award that the day completed lies with `holder`.
    case ends(holder: String?)
    case forgotten
  }

  fileprivate mutating func leave(_ day: LocalDate) -> Left {
    guard let index = days.firstIndex(where: { $0.day == day }) else { return .forgotten }
    days[index].purchases -= 1
    guard days[index].purchases <= 0 else { return .stands }
    return .ends(holder: days.remove(at: index).holder)
  }

  /// Whether the day is no visit any more. It stays one where its award lies with a purchase that is not rated again.
  fileprivate mutating func unwind(_ day: LocalDate, by lotId: String) -> Bool {
    guard let index = days.firstIndex(where: { $0.day == day }) else { return true }
    if days[index].holder == lotId { days[index].holder = nil }
    days[index].purchases -= 1
    guard days[index].purchases <= 0, days[index].holder == nil else { return false }
    days.remove(at: index)
    return true
  }
}

/// A day on which a rule counted a visit.
package struct VisitDay: Equatable, Sendable {
  package var day: LocalDate
  /// The day's purchases that stand.
  package var purchases: Int64
  /// The lot of the purchase that was given the award which this day completed, see `Lot.shortId`.
  package var holder: String?

  package init(day: LocalDate, purchases: Int64, holder: String? = nil) {
    self.day = day
    self.purchases = purchases
    self.holder = holder
  }
}

/// Sums by period of one scope.
package struct PeriodSeries: Equatable, Sendable {
  package var scope: String
  package var period: Period
  /// Ascending by start.
  package var amounts: [PeriodAmount]

  package init(scope: String, period: Period, amounts: [PeriodAmount] = []) {
    self.scope = scope
    self.period = period
    self.amounts = amounts
  }

  func amount(from start: LocalDate) -> Int64 {
    // The period asked for is nearly always the last.
    for amount in amounts.reversed() where amount.start <= start { return amount.start == start ? amount.amount : 0 }
    return 0
  }

  fileprivate mutating func add(_ amount: Int64, from start: LocalDate) {
    amounts.add(amount, from: start)
    amounts.forgetBefore(EarningCounters.daysRemembered)
  }
}

package struct PeriodAmount: Equatable, Sendable {
  /// The period's first day.
  package var start: LocalDate
  package var amount: Int64

  package init(start: LocalDate, amount: Int64) {
    self.start = start
    self.amount = amount
  }
}

extension [PeriodAmount] {
  fileprivate mutating func add(_ amount: Int64, from start: LocalDate) {
    var index = count
    while index > 0, self[index - 1].start > start { index -= 1 }
    if index > 0, self[index - 1].start == start {
      let before = self[index - 1].amount
      self[index - 1].amount = before.addingBounded(amount)
      // A period in which nothing is counted is not remembered.
      if self[index - 1].amount == 0 { remove(at: index - 1) }
      return
    }
    insert(PeriodAmount(start: start, amount: amount), at: index)
  }

  /// Forgets what lies so many days before the last start, but never the last two.
  fileprivate mutating func forgetBefore(_ days: Int) {
    guard count > 2, let last, let first, first.start.adding(days: days) < last.start else { return }
    let keepFrom = last.start.adding(days: -days)
    removeAll { $0.start < keepFrom }
  }
}

/// What one `threshold` rule has seen in one period.
package struct ThresholdPeriod: Equatable, Sendable {
  package var rule: String
  package var start: LocalDate
  /// Minor units, refunds taken off.
  package var spend: Int64
  /// The purchases that hold its bonuses, oldest first.
  package var holders: [Holder]

  package struct Holder: Equatable, Sendable {
    /// See `Lot.shortId`; empty: those of whom only the number is known.
    package var lotId: String
    package var times: Int64

    package init(lotId: String, times: Int64) {
      self.lotId = lotId
      self.times = times
    }
  }

  package init(rule: String, start: LocalDate, spend: Int64 = 0, holders: [Holder] = []) {
    self.rule = rule
    self.start = start
    self.spend = spend
    self.holders = holders
  }

  package var timesHeld: Int64 { holders.reduce(0) { $0.addingBounded($1.times) } }
}

extension EarningCounters {
  /// The period's record, opened where there is none yet.
  mutating func thresholdIndex(of rule: String, from start: LocalDate) -> Int {
    if let index = thresholds.lastIndex(where: { $0.rule == rule && $0.start == start }) { return index }
    thresholds.removeAll { $0.rule == rule && $0.start.adding(days: Self.daysRemembered) < start }
    thresholds.append(ThresholdPeriod(rule: rule, start: start))
    return thresholds.count - 1
  }
}
