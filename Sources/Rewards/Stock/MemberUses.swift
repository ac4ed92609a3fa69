import Loyalty

/// How often a member may have something, by the local day, week, month, year or their whole life.
package struct MemberLimit: Equatable, Sendable {
  package var count: Int64
  package var per: Period

  package init(_ count: Int64, per: Period = .lifetime) {
    self.count = count
    self.per = per
  }
}

/// How often a member had one thing, period by period.
package struct MemberUses: Equatable, Sendable {
  /// The earliest first.
  package private(set) var counts: [Count] = []

  package struct Count: Equatable, Sendable {
    package var from: LocalDate
    package var uses: Int64

    package init(from: LocalDate, uses: Int64) {
      self.from = from
      self.uses = uses
    }
  }

  /// The periods that are remembered: the last of them, so that what was had late last month can yet be given back.
  private static let periodsMax = 3

  package init(_ counts: [Count] = []) { self.counts = counts }

  package func used(on day: LocalDate, under limit: MemberLimit) -> Int64 {
    let from = limit.per.start(of: day)
    return counts.first { $0.from == from }?.uses ?? 0
  }

  /// How many there is room for; never below 0.
  package func left(on day: LocalDate, under limit: MemberLimit) -> Int64 {
    max(0, limit.count - used(on: day, under: limit))
  }

  /// Why a member does not use one more voucher; nil: they do.
  package func refusal(on day: LocalDate, under limit: MemberLimit) -> VoucherRefusal? {
    let used = used(on: day, under: limit)
    return used < limit.count ? nil : .memberLimit(limit: limit.count, used: used)
  }

  package mutating func add(_ uses: Int64, on day: LocalDate, under limit: MemberLimit) {
    let from = limit.per.start(of: day)
    if let index = counts.firstIndex(where: { $0.from == from }) {
      counts[index].uses = max(0, counts[index].uses + uses)
    } else if uses > 0 {
      counts.append(Count(from: from, uses: uses))
      counts.sort { $0.from < $1.from }
      if counts.count > MemberUses.periodsMax { counts.removeFirst() }
    }
  }
}
