import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// A row of the store `conversions`, under member and programme: what was gathered, and rewards that wait.
package struct ConversionRow: StoreRow, Equatable {
  package var memberId: String
  package var programId: String
  package var account: ConversionAccount
  /// What the entries of a booking came to that is not here whole.
  package var booking: Points
  /// When the rule ends under which something was gathered.
  package var endAt: Instant?

  package static let format: UInt8 = 1
  package var dueMs: Int64? {
    let due = account.pending.map(\.dueAt.milliseconds).min()
    guard let endAt else { return due }
    return min(due ?? endAt.milliseconds, endAt.milliseconds)
  }

  var isEmpty: Bool { account == ConversionAccount() && booking == 0 }

  package init(
    memberId: String, programId: String, account: ConversionAccount = ConversionAccount(), booking: Points = 0,
    endAt: Instant? = nil
  ) {
    self.memberId = memberId
    self.programId = programId
    self.account = account
    self.booking = booking
    self.endAt = endAt
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.string(programId)
    row.points(account.balance)
    row.list(account.pending) {
      row.string($0.id)
      row.string($0.reward)
      row.int($0.count)
      row.points($0.every)
      row.points($0.cost)
      row.instant($0.dueAt)
    }
    row.points(booking)
    row.optionalInstant(endAt)
  }

  package init(from row: inout RowDecoder) throws {
    let (memberId, programId, balance) = (try row.string(), try row.string(), try row.points())
    let pending = try row.list {
      PendingRewards(
        id: try $0.string(), reward: try $0.string(), count: try $0.count(), every: try $0.points(),
        cost: try $0.points(), dueAt: try $0.instant())
    }
    self.init(
      memberId: memberId, programId: programId, account: ConversionAccount(balance: balance, pending: pending),
      booking: try row.points(), endAt: try row.optionalInstant())
  }
}
