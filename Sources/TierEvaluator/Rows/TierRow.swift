import Loyalty
import StreamRuntime

/// A row of the store `tiers`: a member's tier in one programme, looked at again at its next judgement.
extension TierState: StoreRow {
  private static let format: UInt8 = 1

  package var dueMs: Int64? { nextJudgement?.milliseconds }

  package func encode(to row: RowEncoder) {
    row.byte(TierState.format)
    row.string(memberId)
    row.string(programId)
    row.optionalString(level)
    row.instant(since)
    row.optionalInstant(nextJudgement)
    row.instant(clock)
    row.list(days) {
      row.int(Int64($0.day.daysSinceEpoch))
      row.int($0.spend)
      row.int($0.visits)
    }
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(TierState.format, of: "a tier")
    self.init(memberId: try row.string(), programId: try row.string())
    level = try row.optionalString()
    since = try row.instant()
    nextJudgement = try row.optionalInstant()
    clock = try row.instant()
    days = try row.list {
      TierDay(
        day: LocalDate(daysSinceEpoch: Int32(truncatingIfNeeded: try $0.int())), spend: try $0.int(),
        visits: try $0.int())
    }
  }
}
