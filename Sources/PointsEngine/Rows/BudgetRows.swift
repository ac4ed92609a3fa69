import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `allotments`: what this partition may award of a campaign's budget.
extension CampaignAllotment: StoreRow {
  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.points(left)
    row.points(lastAhead)
    row.int(claimed)
    row.int(answered)
    row.points(deferred)
    row.int(lastDeferral)
    row.optionalInt(exhausted?.value)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      left: try row.points(), lastAhead: try row.points(), claimed: try row.count(), answered: try row.count(),
      deferred: try row.points(), lastDeferral: try row.count(), exhausted: try row.bool() ? try row.points() : nil)
  }
}

/// A row of the store `budgets`: a campaign's budget that this partition owns.
extension CampaignBudget: StoreRow {
  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.points(granted)
    row.list(answered) {
      row.int(Int64($0.partition))
      row.int($0.number)
    }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      granted: try row.points(),
      answered: try row.list {
        Answered(partition: Int32(truncatingIfNeeded: try $0.int()), number: try $0.int())
      })
  }
}

/// A row of the store `deferrals`: what a rule would have given to a purchase or an activity and its campaign had
/// no points for.
package struct DeferredAward: StoreRow, Equatable {
  package var memberId: String
  package var lotId: String
  package var rule: String
  package var points: Points
  /// When the purchase or activity occurred, and the version that rated it.
  package var earnedAt: Instant
  package var programVersion: Int

  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package init(memberId: String, lotId: String, rule: String, points: Points, earnedAt: Instant, programVersion: Int) {
    self.memberId = memberId
    self.lotId = lotId
    self.rule = rule
    self.points = points
    self.earnedAt = earnedAt
    self.programVersion = programVersion
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.string(lotId)
    row.string(rule)
    row.points(points)
    row.instant(earnedAt)
    row.int(programVersion)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      memberId: try row.string(), lotId: try row.string(), rule: try row.string(), points: try row.points(),
      earnedAt: try row.instant(), programVersion: Int(try row.int()))
  }
}

/// A campaign of a programme: the key of its rows, and of its records on `loyalty.budgets`.
struct CampaignKey: Hashable {
  var programId: String
  var campaign: String

  var text: String { BudgetMessage.key(programId, campaign) }

  /// Of all the deferrals of the campaign.
  var deferrals: String { text + RecordKey.separator }

  /// Keys stand in the order of their numbers.
  func deferral(_ number: Int64) -> String {
    let digits = String(number)
    return deferrals + String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
  }
}
