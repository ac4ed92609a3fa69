import Loyalty

/// What each actor has had adjusted by hand, a day at a time, and what of it deserves a second look. Entries come in,
/// in the order of their partition; of several partitions in any mix. Knows no Kafka.
package struct ActorReport {
  /// What deserves a second look.
  package struct Marks: Equatable, Sendable {
    /// Hours of the programme's own clock from and before which people are at work.
    package var opensAt: Int
    package var closesAt: Int
    /// Multiples of it are round.
    package var roundTo: Int64

    package init(opensAt: Int = 8, closesAt: Int = 20, roundTo: Int64 = 1_000) {
      self.opensAt = opensAt
      self.closesAt = closesAt
      self.roundTo = roundTo
    }
  }

  /// An actor on a day of the programme's own calendar, by when it was booked.
  package struct Place: Hashable, Comparable, Sendable {
    package var actor: String
    package var day: LocalDate

    package static func < (left: Place, right: Place) -> Bool {
      (left.actor, left.day) < (right.actor, right.day)
    }
  }

  package struct Line: Equatable, Sendable {
    package var adjustments = 0
    package var awarded: Points = 0
    package var deducted: Points = 0
    /// Adjustments by member.
    package var members: [String: Int] = [:]
    /// Asked for and not booked at once: more than one person alone may do.
    package var proposed = 0
    /// What others proposed and this actor approved.
    package var approved = 0
    package var approvedPoints: Points = 0
    /// What others proposed and this actor declined.
    package var declined = 0
    package var round = 0
    package var afterHours = 0
    /// Awards of which the member redeemed or gave away points within a day.
    package var spentSoon = 0
  }

  package private(set) var lines: [Place: Line] = [:]
  private let marks: Marks
  private let calendars: [String: ZoneCalendar]
  private let since: Instant
  private let until: Instant
  /// Of members in programmes: the booking that is being read, and awards that were not spent yet, none of them older
  /// than a day before the last.
  private var open: [Holder: Points] = [:]
  private var awards: [Holder: [(at: Instant, place: Place)]] = [:]

  private struct Holder: Hashable {
    var member: String
    var program: String
  }

  /// How soon after an award points are spent soon.
  private static let soonMs = Instant.dayMs

  /// - Parameters:
  ///   - calendars: of the programmes; one that has none counts in UTC.
  ///   - since: what was booked from then on, and before `until`.
  package init(
    marks: Marks = Marks(), calendars: [String: ZoneCalendar], since: Instant = .distantPast,
    until: Instant = .distantFuture
  ) {
    self.marks = marks
    self.calendars = calendars
    self.since = since
    self.until = until
  }

  package mutating func book(_ entry: LedgerEntry) {
    let account = Holder(member: entry.memberId, program: entry.programId)
    switch entry.type {
    case .pointsAdjusted: adjust(entry, account)
    case .adjustmentProposed where isMeant(entry):
      guard let actor = entry.actor else { return }
      lines[place(actor, entry).place, default: Line()].proposed += 1
    case .adjustmentRefused where isMeant(entry):
      guard let actor = entry.approval?.declinedBy, actor != entry.actor else { return }
      lines[place(actor, entry).place, default: Line()].declined += 1
    case .pointsRedeemed, .transferredOut: spend(entry, account)
    default: break
    }
  }

  private func isMeant(_ entry: LedgerEntry) -> Bool { entry.bookedAt >= since && entry.bookedAt < until }

  /// A deduction has an entry a lot: they are one adjustment.
  private mutating func adjust(_ entry: LedgerEntry, _ account: Holder) {
    guard isMeant(entry), let actor = entry.actor else { return }
    let isFirst = entry.bookingEntry == 1
    let points = (isFirst ? 0 : open[account] ?? 0).addingBounded(
      entry.debit == .programIssued ? entry.points : -entry.points)
    guard entry.bookingEntry == entry.bookingOf else {
      open[account] = points
      return
    }
    open[account] = nil
    let (place, hour) = self.place(actor, entry)
    var line = lines[place] ?? Line()
    line.adjustments += 1
    if points > 0 {
      line.awarded = line.awarded.addingBounded(points)
    } else {
      line.deducted = line.deducted.addingBounded(-points)
    }
    line.members[entry.memberId, default: 0] += 1
    if points.value.magnitude.isMultiple(of: marks.roundTo.magnitude) { line.round += 1 }
    if hour < marks.opensAt || hour >= marks.closesAt { line.afterHours += 1 }
    lines[place] = line
    if points > 0 { note(award: (entry.bookedAt, place), of: account) }
    guard let approvedBy = entry.approval?.approvedBy else { return }
    let other = self.place(approvedBy, entry).place
    var approvals = lines[other] ?? Line()
    approvals.approved += 1
    approvals.approvedPoints = approvals.approvedPoints.addingBounded(max(points, -points))
    lines[other] = approvals
  }

  private mutating func note(award: (at: Instant, place: Place), of account: Holder) {
    var known = awards[account] ?? []
    // What is spent from now on is spent soon after later ones alone.
    known.removeAll { award.at.milliseconds - $0.at.milliseconds > Self.soonMs }
    awards[account] = known + [award]
  }

  private mutating func spend(_ entry: LedgerEntry, _ account: Holder) {
    guard let given = awards.removeValue(forKey: account) else { return }
    for award in given where entry.bookedAt.milliseconds - award.at.milliseconds <= Self.soonMs {
      lines[award.place]?.spentSoon += 1
    }
  }

  private func place(_ actor: String, _ entry: LedgerEntry) -> (place: Place, hour: Int) {
    let (day, time) =
      calendars[entry.programId]?.dayAndTime(of: entry.bookedAt) ?? Self.dayAndTimeInUTC(entry.bookedAt)
    return (Place(actor: actor, day: day), Int(time / Instant.hourMs))
  }

  private static func dayAndTimeInUTC(_ instant: Instant) -> (day: LocalDate, milliseconds: Int64) {
    let (days, time) = instant.milliseconds.flooredDivision(by: Instant.dayMs)
    return (LocalDate(daysSinceEpoch: Int32(days)), time)
  }
}
