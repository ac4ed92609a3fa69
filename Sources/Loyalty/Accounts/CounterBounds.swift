/// What counters may take in an account's row and in its statement. Ordinary programmes come nowhere near: it takes
/// dozens of rules with limits by the day, or thousands of bonuses.
extension EarningCounters {
  /// Of a row.
  package static let bytesMax = 256 * 1024

  /// Beyond ``bytesMax`` the oldest days are forgotten, and periods that are over; then the rules that were counted
  /// first. What occurred before and becomes known later finds its periods empty.
  mutating func bound(at day: LocalDate) {
    guard mayBeHeavy, rowBytesMax > Self.bytesMax else { return }
    for days in [200, 100, 50, 31, 7, 1, 0] where rowBytesMax > Self.bytesMax {
      _ = leaveOut(before: day.adding(days: -days))
    }
    while rowBytesMax > Self.bytesMax { forgetOldestRule() }
  }

  /// Bytes of a row at most, however long ids are: most counters are not weighed.
  private var mayBeHeavy: Bool {
    visits.count * Weight.visitsMax + (points.count + times.count) * Weight.seriesMax
      + thresholds.count * Weight.thresholdMax + (thresholds.isEmpty ? 0 : Self.holdersMax * Weight.holder)
      > Self.bytesMax
  }

  private enum Weight {
    static let day = 14
    static let holder = 12 + Lot.shortIdBytesMax
    static let own = 24
    /// Of 400 days, and an id of 128 characters.
    static let seriesMax = 8_000
    static let visitsMax = 24_000
    static let thresholdMax = 600
  }

  /// Bytes that these take in a row at most.
  package var rowBytesMax: Int {
    var bytes = Weight.own
    for rule in visits {
      bytes += Weight.own + rule.rule.utf8.count + rule.days.count * Weight.day
      for day in rule.days where day.holder != nil { bytes += Weight.holder }
    }
    for series in [points, times] {
      for sums in series { bytes += Weight.own + sums.scope.utf8.count + sums.amounts.count * Weight.day }
    }
    for period in thresholds {
      bytes += Weight.own + period.rule.utf8.count + period.holders.count * Weight.holder
    }
    return bytes
  }

  /// Of the longest list.
  private mutating func forgetOldestRule() {
    let longest = max(visits.count, points.count, times.count, thresholds.count)
    if visits.count == longest {
      visits.removeFirst()
    } else if points.count == longest {
      points.removeFirst()
    } else if times.count == longest {
      times.removeFirst()
    } else {
      thresholds.removeFirst()
    }
  }
}

extension EarningPast {
  /// Of a statement.
  package static let textBytesMax = 512 * 1024

  /// That of an account, with as many of the last ``daysTold`` days as have room; nil: it is too much to tell.
  static func told(of account: Account) -> EarningPast? {
    var past = EarningPast(of: account)
    for days in [7, 1, 0] where past.textBytes > textBytesMax { past.leaveOut(before: account.clock, days: days) }
    return past.textBytes <= textBytesMax ? past : nil
  }

  private enum Weight {
    /// In a text some characters stand as two.
    static let idByte = 2
    static let day = 34
    static let own = 112
  }

  /// Bytes of its text at most.
  package var textBytes: Int {
    func weight(_ id: String, days: Int = 0) -> Int {
      Weight.own + id.utf8.count * Weight.idByte + days * Weight.day
    }
    var bytes = Weight.own
    for level in levels { bytes += weight(level.level) }
    for rule in counters.visits { bytes += weight(rule.rule, days: rule.days.count) }
    for sums in counters.points { bytes += weight(sums.scope, days: sums.amounts.count) }
    for sums in counters.times { bytes += weight(sums.scope, days: sums.amounts.count) }
    for period in counters.thresholds { bytes += weight(period.rule) }
    return bytes
  }
}
