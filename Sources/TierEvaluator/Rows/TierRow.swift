import Loyalty
import ServiceDomain
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
    // Each day as its distance from the one before: a byte, as a rule.
    var before: Int32 = 0
    row.list(days) {
      row.int(Int64($0.day.daysSinceEpoch - before))
      row.int($0.spend)
      row.int($0.visits)
      before = $0.day.daysSinceEpoch
    }
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(TierState.format, of: "a tier")
    self.init(memberId: try row.string(), programId: try row.string())
    level = try row.optionalString()
    since = try row.instant()
    nextJudgement = try row.optionalInstant()
    clock = try row.instant()
    var day: Int32 = 0
    days = try row.list {
      day &+= Int32(truncatingIfNeeded: try $0.int())
      return TierDay(day: LocalDate(daysSinceEpoch: day), spend: try $0.int(), visits: try $0.int())
    }
  }
}
