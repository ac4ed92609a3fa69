import Loyalty

/// What members get, as its document says it.
package struct Reward: Equatable, Sendable {
  package var id: String
  package var version: Int64
  package var status: Status
  package var programId: String
  package var names: DisplayNames
  /// The first whose condition holds is the price.
  package var costs: [Cost]
  /// Pieces that the document puts in; nil: without limit.
  package var stock: Int64?
  package var perMember: MemberLimit?
  /// It may be had in [validFrom, validUntil).
  package var validFrom: Instant?
  package var validUntil: Instant?
  /// Local hours of the week in which it may be had; empty: always.
  package var hours: [Hours]
  package var when: Condition?
  package var delivery: Delivery
  package var cancel: CancelTerms
  /// Of one that is delivered as money off a bill.
  package var payment: PaymentTerms?

  package enum Status: String, Sendable, CaseIterable {
    case draft, active, paused, archived
  }

  package struct Cost: Equatable, Sendable {
    package var points: Points
    package var when: Condition?

    package init(_ points: Points, when: Condition? = nil) {
      self.points = points
      self.when = when
    }
  }

  package struct Hours: Equatable, Sendable {
    /// Monday is 0.
    package var weekdays: Set<Int>
    /// Local time in milliseconds, [from, until); past midnight where `until` is not after `from`, counted to the day
    /// on which it begins.
    package var from: Int64
    package var until: Int64

    package init(weekdays: Set<Int>, from: Int64, until: Int64) {
      self.weekdays = weekdays
      self.from = from
      self.until = until
    }
  }

  package enum Delivery: Equatable, Sendable {
    case voucher(pool: String)
    case partner(id: String, product: String)
    /// By people, such as an experience.
    case manual
    /// Money off a bill, by ``Reward/payment``.
    case money
  }

  /// What points are worth on a bill.
  package struct PaymentTerms: Equatable, Sendable {
    package var rate: PointsAsMoney
    package var currency: Currency

    package init(_ rate: PointsAsMoney, in currency: Currency) {
      self.rate = rate
      self.currency = currency
    }

    /// What so many points take off a bill, of a member who has them.
    package func offer(_ points: Points, off total: Money) -> PointsAsMoney.Offer {
      guard total.currency == currency else { return .noEffect }
      return rate.offer(points, available: points, basket: total.minorUnits)
    }
  }

  package struct CancelTerms: Equatable, Sendable {
    package var until: Until
    /// After the asking; nil: without end.
    package var days: Int?

    package enum Until: String, Sendable, CaseIterable {
      case issued, used, never
    }

    package init(until: Until = .never, days: Int? = nil) {
      self.until = until
      self.days = days
    }
  }

  package init(
    id: String, version: Int64 = 1, status: Status = .active, programId: String, costs: [Cost], delivery: Delivery,
    stock: Int64? = nil, perMember: MemberLimit? = nil, cancel: CancelTerms = .init()
  ) {
    self.id = id
    self.version = version
    self.status = status
    self.programId = programId
    self.costs = costs
    self.delivery = delivery
    self.stock = stock
    self.perMember = perMember
    self.cancel = cancel
    names = DisplayNames()
    hours = []
  }

  package func isOpen(at instant: Instant, in calendar: ZoneCalendar) -> Bool {
    let (day, time) = calendar.dayAndTime(of: instant)
    let before = day.adding(days: -1).weekday
    return hours.isEmpty
      || hours.contains { span in
        if span.from < span.until {
          return span.weekdays.contains(day.weekday) && time >= span.from && time < span.until
        }
        return span.weekdays.contains(day.weekday) && time >= span.from
          || span.weekdays.contains(before) && time < span.until
      }
  }
}
