/// One member's tier in one programme and the activity it is judged by: one row of the worker that judges it.
package struct TierState: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// nil: the programme's first level, since ever.
  package var level: String?
  package var since: Instant
  /// When the level is judged again if no activity comes before; nil: never.
  package var nextJudgement: Instant?
  /// An operator set the level, which holds exactly until then.
  package var pinnedUntil: Instant?
  /// The first day of the member's own years: that of the first activity counted.
  package var firstDay: LocalDate?
  /// Where levels are valid so many months: the day on which the level was reached, or was valid to the last time.
  package var validFrom: LocalDate?
  /// What was done, by local day, ascending; one entry for all time where the window is lifetime.
  package var days: [TierDay]
  /// The highest time this state has been judged up to.
  package var clock: Instant
  /// The instant for which progress was told last: with the clock, or after it where time moved the metric since.
  package var toldAsOf: Instant = .distantPast
  /// When time moves what was told, so that it is told anew; nil: never.
  package var tellAgain: Instant?
  /// The last commands taken, oldest first: each id once.
  package var commands: [TakenCommand]
  /// Returns that wait for purchases which have not been counted yet, where whoever judges keeps them.
  package var waitingReturns: [WaitingReturn.Mark] = []

  package static let commandsMax = 50
  /// More than of thirty years; beyond it the oldest two become one, which leaves the window with the later.
  package static let daysMax = 12_000

  package init(memberId: String, programId: String) {
    self.memberId = memberId
    self.programId = programId
    level = nil
    since = .distantPast
    nextJudgement = nil
    pinnedUntil = nil
    firstDay = nil
    validFrom = nil
    days = []
    clock = .distantPast
    commands = []
  }

  package struct TakenCommand: Equatable, Sendable {
    package var id: String
    /// Of what it asked for; nil: taken by a release that did not keep that.
    package var digest: UInt64?

    package init(id: String, digest: UInt64?) {
      self.id = id
      self.digest = digest
    }
  }
}

/// Amounts of one day, or what one activity changes in them.
package struct TierAmounts: Equatable, Sendable {
  /// Eligible spend in minor units, refunds taken off.
  package var spend: Int64
  package var visits: Int64
  /// Points earned, those reversed taken off.
  package var points: Int64
  /// The same before multipliers.
  package var basePoints: Int64
  /// What activities counted, millionths.
  package var activities: Int64

  package init(
    spend: Int64 = 0, visits: Int64 = 0, points: Int64 = 0, basePoints: Int64 = 0, activities: Int64 = 0
  ) {
    self.spend = spend
    self.visits = visits
    self.points = points
    self.basePoints = basePoints
    self.activities = activities
  }

  package subscript(metric: TierScheme.Metric) -> Int64 {
    switch metric {
    case .spend: spend
    case .visits: visits
    case .points: points
    case .basePoints: basePoints
    case .activities: activities
    }
  }

  package var isZero: Bool { self == TierAmounts() }

  package static func - (left: TierAmounts, right: TierAmounts) -> TierAmounts {
    TierAmounts(
      spend: left.spend - right.spend, visits: left.visits - right.visits, points: left.points - right.points,
      basePoints: left.basePoints - right.basePoints, activities: left.activities - right.activities)
  }

  package static func += (left: inout TierAmounts, right: TierAmounts) {
    left.spend = left.spend.addingBounded(right.spend)
    left.visits = left.visits.addingBounded(right.visits)
    left.points = left.points.addingBounded(right.points)
    left.basePoints = left.basePoints.addingBounded(right.basePoints)
    left.activities = left.activities.addingBounded(right.activities)
  }
}

package struct TierDay: Equatable, Sendable {
  package var day: LocalDate
  package var amounts: TierAmounts

  package init(day: LocalDate, amounts: TierAmounts = TierAmounts()) {
    self.day = day
    self.amounts = amounts
  }
}

/// What a purchase, an award or its return changes in a member's metric.
package struct TierActivity: Equatable, Sendable {
  /// Counts on the local day of the purchase, returns too.
  package var purchasedAt: Instant
  package var amounts: TierAmounts

  package init(purchasedAt: Instant, amounts: TierAmounts) {
    self.purchasedAt = purchasedAt
    self.amounts = amounts
  }

  package init(purchasedAt: Instant, spend: Int64, visits: Int64) {
    self.init(purchasedAt: purchasedAt, amounts: TierAmounts(spend: spend, visits: visits))
  }
}
