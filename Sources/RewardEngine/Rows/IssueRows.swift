import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `grants`, under member, programme and rule: the first day of the last period in which the rule
/// issued something. It is never forgotten but with the member: a rule may issue once in a life.
package struct GrantRow: StoreRow, Equatable {
  package var period: LocalDate

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(_ period: LocalDate) { self.period = period }
  package func encode(to row: RowEncoder) { row.int(Int64(period.daysSinceEpoch)) }
  package init(from row: inout RowDecoder) throws { period = try row.day() }
}

/// A row of the store `birthdays`, under the member: which one is waited for.
package struct BirthdayRow: StoreRow, Equatable {
  package var birthday: MemberTraits.MonthDay
  package var year: Int64
  /// What was over then is none of this member's.
  package var knownSince: Instant
  package var wakeAt: Instant

  package static let format: UInt8 = 1
  package var dueMs: Int64? { wakeAt.milliseconds }

  /// A day begins so long before it does in UTC, and ends so long after it, at most.
  private static let aheadMs: Int64 = 14 * 3_600_000
  private static let behindMs: Int64 = 12 * 3_600_000

  package init(_ birthday: MemberTraits.MonthDay, year: Int64, knownSince: Instant, wakeAt: Instant) {
    self.birthday = birthday
    self.year = year
    self.knownSince = knownSince
    self.wakeAt = wakeAt
  }

  /// Waits for the first birthday that is not over everywhere.
  package init(_ birthday: MemberTraits.MonthDay, knownSince: Instant) {
    let now = knownSince.advanced(byMilliseconds: -Self.behindMs)
    let today = LocalDate(daysSinceEpoch: Int32(now.milliseconds.flooredDivision(by: Instant.dayMs).quotient))
    let year = today.civil.year
    self.init(birthday, of: birthday.day(in: year) >= today ? Int64(year) : Int64(year) + 1, knownSince: knownSince)
  }

  private init(_ birthday: MemberTraits.MonthDay, of year: Int64, knownSince: Instant) {
    let day = birthday.day(in: Int(year))
    let start = Instant(milliseconds: Int64(day.daysSinceEpoch) * Instant.dayMs)
    self.init(
      birthday, year: year, knownSince: knownSince, wakeAt: start.advanced(byMilliseconds: -Self.aheadMs))
  }

  package var day: LocalDate { birthday.day(in: Int(year)) }
  var nextYear: BirthdayRow { BirthdayRow(birthday, of: year + 1, knownSince: knownSince) }

  package func encode(to row: RowEncoder) {
    row.int(Int64(birthday.month))
    row.int(Int64(birthday.day))
    row.int(year)
    row.instant(knownSince)
    row.instant(wakeAt)
  }

  package init(from row: inout RowDecoder) throws {
    let (month, day) = (try row.int(within: 1...12), try row.int(within: 1...31))
    self.init(
      .init(month: Int(month), day: Int(day)), year: try row.int(within: 1...9_999), knownSince: try row.instant(),
      wakeAt: try row.instant())
  }
}
