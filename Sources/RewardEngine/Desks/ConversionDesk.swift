import Contracts
import Loyalty
import Rewards
import StreamRuntime

/// Turns points that members earn into rewards by itself, where a programme's `convert` says so. What a booking earned
/// counts as a whole, once all its entries are here.
struct ConversionDesk {
  private let book: RewardBook
  private let requests: RewardRequestDesk

  init(_ book: RewardBook, _ requests: RewardRequestDesk) {
    self.book = book
    self.requests = requests
  }

  func process(_ entry: LedgerEntry) throws {
    let points = Self.earned(entry)
    guard points != 0 || entry.bookingOf > 1, let program = book.program(entry.programId, at: entry.occurredAt),
      program.status == .active, let rule = program.conversion, !rule.hasEnded(at: entry.occurredAt)
    else { return }
    book.context.clock.observe(entry.occurredAt.milliseconds)
    let key = RecordKey.memberProgram(entry.memberId, program.id)
    var row = try book.conversions.get(key) ?? ConversionRow(memberId: entry.memberId, programId: program.id)
    let before = row
    row.booking = row.booking.addingBounded(points)
    guard entry.bookingEntry == entry.bookingOf else {
      if row != before { try book.conversions.put(key, row) }
      return
    }
    let booked = row.booking
    row.booking = 0
    var given: PendingRewards?
    if booked > 0 {
      given = row.account.earn(
        booked, by: Self.id(program.id, entry.sequence), at: entry.occurredAt, under: rule, in: program.calendar)
    } else {
      row.account.takeBack(-booked)
    }
    row.endAt = row.account == ConversionAccount() ? nil : rule.until
    if row != before { try book.conversions.put(key, row) }
    if let given { try give(given, row) }
  }

  /// Time has come for rewards that wait, or for the rule.
  func wake(_ key: String, _ row: ConversionRow) throws {
    var row = row
    var given = row.account.settle(at: book.now)
    if let rule = book.program(row.programId, at: book.now)?.conversion {
      if rule.hasEnded(at: book.now) { given += row.account.end(rule.atEnd) }
      row.endAt = row.account == ConversionAccount() ? nil : rule.until
    } else {
      // A version without `convert`: what waits is given in its time.
      row.endAt = nil
    }
    if row.isEmpty { try book.conversions.remove(key) } else { try book.conversions.put(key, row) }
    for rewards in given { try give(rewards, row) }
  }

  private func give(_ rewards: PendingRewards, _ row: ConversionRow) throws {
    let redeem = RewardRequest.Redeem(reward: rewards.reward, quantity: rewards.count)
    let request = RewardRequest(
      id: rewards.id, memberId: row.memberId, kind: .redeem(redeem), occurredAt: max(book.now, rewards.dueAt))
    // One command moves no more: the points engine would not take it, and the redemption would wait for good.
    try requests.convert(redeem, request, costing: min(rewards.cost, Points.largestMovement))
  }

  /// What the entry adds to what the member earned by rules, or takes from it. What a return took is all that it asked
  /// for: points that were not there any more had been earned by it too.
  private static func earned(_ entry: LedgerEntry) -> Points {
    switch entry.type {
    case .pointsEarned: entry.points
    case .pointsCorrected: entry.debit == .programIssued ? entry.points : -(entry.points + entry.shortfall)
    case .pointsReduced, .pointsReversed: -(entry.points + entry.shortfall)
    default: 0
    }
  }

  /// Of a redemption: the entry that ended the booking is a member's and programme's own.
  private static func id(_ programId: String, _ sequence: Int64) -> String { "\(programId)/convert/\(sequence)" }
}
