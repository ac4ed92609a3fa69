import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `allotments`: what this partition may award of a campaign's budget.
extension CampaignAllotment: StoreRow {
  private static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.byte(CampaignAllotment.format)
    row.points(left)
    row.points(lastAhead)
    row.int(claimed)
    row.int(answered)
    row.points(deferred)
    row.int(lastDeferral)
    row.optionalInt(exhausted?.value)
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(CampaignAllotment.format, of: "an allotment")
    self.init(
      left: try row.points(), lastAhead: try row.points(), claimed: try row.int(), answered: try row.int(),
      deferred: try row.points(), lastDeferral: try row.int(), exhausted: try row.optionalInt().map { Points($0) })
  }
}

/// A row of the store `budgets`: a campaign's budget that this partition owns.
extension CampaignBudget: StoreRow {
  private static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.byte(CampaignBudget.format)
    row.points(granted)
    row.list(answered) {
      row.int(Int64($0.partition))
      row.int($0.number)
    }
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(CampaignBudget.format, of: "a budget")
    self.init(
      granted: try row.points(),
      answered: try row.list {
        Answered(partition: Int32(truncatingIfNeeded: try $0.int()), number: try $0.int())
      })
  }
}

/// A row of the store `deferrals`: what a rule would have given to a purchase or an activity and its campaign had
/// no points for.
struct DeferredAward: StoreRow, Equatable {
  var memberId: String
  var lotId: String
  var rule: String
  var points: Points
  /// When the purchase or activity occurred, and the version that rated it.
  var earnedAt: Instant
  var programVersion: Int

  private static let format: UInt8 = 1

  var dueMs: Int64? { nil }

  init(memberId: String, lotId: String, rule: String, points: Points, earnedAt: Instant, programVersion: Int) {
    self.memberId = memberId
    self.lotId = lotId
    self.rule = rule
    self.points = points
    self.earnedAt = earnedAt
    self.programVersion = programVersion
  }

  func encode(to row: RowEncoder) {
    row.byte(DeferredAward.format)
    row.string(memberId)
    row.string(lotId)
    row.string(rule)
    row.points(points)
    row.instant(earnedAt)
    row.int(programVersion)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(DeferredAward.format, of: "a deferred award")
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
