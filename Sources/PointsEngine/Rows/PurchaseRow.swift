import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `purchases`: what a purchase was granted and what became of it.
extension PurchaseRecord: StoreRow {
  private static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.byte(PurchaseRecord.format)
    row.string(purchaseId)
    row.string(source)
    row.instant(occurredAt)
    row.currency(currency)
    row.int(programVersion)
    row.spend(spend)
    row.list(awards) {
      row.string($0.rule)
      row.points($0.points)
      row.bool($0.isBonus)
    }
    row.points(tierPoints)
    row.list(visitRules) { row.string($0) }
    row.optionalInstant(pendingUntil, after: occurredAt)
    row.optionalInstant(expiresAt, after: occurredAt)
    row.points(reversed)
    row.points(expired)
    row.list(returnIds) { row.string($0) }
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(PurchaseRecord.format, of: "a purchase")
    self.init(
      purchaseId: try row.string(), source: try row.string(), occurredAt: try row.instant(),
      currency: try row.currency(), programVersion: Int(try row.int()),
      spend: try row.spend())
    awards = try row.list { RuleAward(rule: try $0.string(), points: try $0.points(), isBonus: try $0.bool()) }
    tierPoints = try row.points()
    visitRules = try row.list { try $0.string() }
    pendingUntil = try row.optionalInstant(after: occurredAt)
    expiresAt = try row.optionalInstant(after: occurredAt)
    reversed = try row.points()
    expired = try row.points()
    returnIds = try row.list { try $0.string() }
  }
}
