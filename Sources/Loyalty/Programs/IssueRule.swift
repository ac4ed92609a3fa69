/// A programme gives members a voucher of a pool without points, when something comes about: once in each period.
package struct IssueRule: Equatable, Sendable {
  package var id: String
  package var pool: String
  package var cause: Trigger
  /// Once in each of these, by the local day on which it came about.
  package var per: Period
  /// Asked of the member and the moment.
  package var when: Condition?

  package enum Trigger: Equatable, Sendable {
    /// The member rose to it.
    case level(String)
    /// So many points that can be spent.
    case points(Points)
    case birthday
  }

  /// What came about.
  package enum Occasion: Equatable, Sendable {
    case level(String)
    case balance(from: Points, to: Points)
    case birthday
  }

  package init(id: String, pool: String, cause: Trigger, per: Period, when: Condition? = nil) {
    self.id = id
    self.pool = pool
    self.cause = cause
    self.per = per
    self.when = when
  }

  /// The period for which it issues what comes about; nil: nothing, or it has issued for this one or a later one.
  package func period(of occasion: Occasion, on day: LocalDate, last: LocalDate?) -> LocalDate? {
    guard isCaused(by: occasion) else { return nil }
    let period = per.start(of: day)
    if let last, last >= period { return nil }
    return period
  }

  package func isCaused(by occasion: Occasion) -> Bool {
    switch (cause, occasion) {
    case (.level(let wanted), .level(let reached)): wanted == reached
    case (.points(let goal), .balance(let before, let after)): before < goal && goal <= after
    case (.birthday, .birthday): true
    case (.level, _), (.points, _), (.birthday, _): false
    }
  }

  /// The id of what a member is issued: made of programme, rule and period, so that it comes once.
  package func issueId(of programId: String, on day: LocalDate) -> String {
    "\(programId)/\(id)/" + (per == .lifetime ? "once" : per.start(of: day).text)
  }
}

extension MemberTraits.MonthDay {
  /// 29 February is the 28th in years without one.
  package func day(in year: Int) -> LocalDate {
    LocalDate(validYear: year, month: month, day: min(day, LocalDate.days(inMonth: month, of: year)))
  }
}
