/// What counts towards the next level at an instant, and what time alone takes off it later: enough to tell the
/// member's progress on any later day on which nothing else happened.
package struct TierProgress: Equatable, Sendable {
  /// Told for this instant and every later one.
  package var asOf: Instant
  /// What the window, or the running year, holds at ``asOf``; in the unit of the metric.
  package var counted: ExactDecimal
  /// When the running year ends and counting begins again at nothing; nil: the window has no years.
  package var endsAt: Instant?
  /// What leaves the window when, ascending and after ``asOf``; empty: nothing does.
  package var leaves: [Leave]

  package struct Leave: Equatable, Sendable {
    package var at: Instant
    package var amount: ExactDecimal

    package init(at: Instant, amount: ExactDecimal) {
      self.at = at
      self.amount = amount
    }
  }

  /// The next instants at which something leaves are told one by one, so many of them: two months of someone who comes
  /// every day, more than a year of someone who comes once a week.
  package static let instantsMax = 60
  /// What leaves after these is told by local month, at the first instant in it at which something leaves; and what
  /// leaves after so many parts in all, with the last.
  package static let leavesMax = 120

  package init(asOf: Instant, counted: ExactDecimal, endsAt: Instant? = nil, leaves: [Leave] = []) {
    self.asOf = asOf
    self.counted = counted
    self.endsAt = endsAt
    self.leaves = leaves
  }

  /// What counts at an instant, ``asOf`` where that is later.
  package func counted(at instant: Instant) -> ExactDecimal {
    leaves.prefix { $0.at <= instant }.reduce(counted) { $0.less($1.amount) }
  }

  /// Whether someone who was told this knows what `other` would tell.
  package func tells(_ other: TierProgress) -> Bool {
    counted == other.counted && endsAt == other.endsAt && leaves == other.leaves
  }
}

extension TierStanding {
  /// What counts at an instant not before ``asOf``. A release that told no ``progress`` told what counted as of then.
  package func counted(at instant: Instant) -> ExactDecimal {
    if let progress { return progress.counted(at: instant) }
    guard let next, next.missing != .zero else { return metric }
    return next.from.less(next.missing)
  }

  /// The same under a window, by which what an earlier release told is over at the latest.
  package func counted(at instant: Instant, over window: TierScheme.Window, _ calendar: ZoneCalendar) -> ExactDecimal {
    progress == nil && window.hasLeft(since: asOf, by: instant, calendar) ? .zero : counted(at: instant)
  }
}

extension NextTier {
  /// What is missing when so much counts.
  package func missing(counting metric: ExactDecimal) -> ExactDecimal {
    let left = from.less(metric)
    return left.isNegative ? .zero : left
  }
}

extension ExactDecimal {
  /// The difference, of amounts in one unit: their decimals are those of a currency.
  fileprivate func less(_ other: ExactDecimal) -> ExactDecimal {
    let scale = max(scale, other.scale)
    guard let own = minorUnits(exponent: scale), let taken = other.minorUnits(exponent: scale) else { return self }
    return ExactDecimal(minorUnits: own.addingBounded(-taken), exponent: scale)
  }
}
