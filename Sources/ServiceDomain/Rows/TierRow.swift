import Loyalty
import StreamRuntime

/// A row of the store `tiers`: a member's tier in one programme, looked at again at its next judgement, and when what
/// was told of it is to be told anew.
extension TierState: StoreRow {
  /// From format 3 on it keeps as of when progress was told, and when it is told anew; what activities counted; from
  /// when the level is valid; what commands asked for; and which returns wait.
  package static let format: UInt8 = 3
  package static let formatsRead: ClosedRange<UInt8> = 2...3

  package var dueMs: Int64? {
    guard let tellAgain = tellAgain?.milliseconds else { return nextJudgement?.milliseconds }
    return min(tellAgain, nextJudgement?.milliseconds ?? tellAgain)
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.string(programId)
    row.optionalString(level)
    row.instant(since)
    row.optionalInstant(nextJudgement)
    row.optionalInstant(pinnedUntil)
    row.optionalInt((firstDay?.daysSinceEpoch).map { Int64($0) })
    row.instant(clock)
    row.list(commands) { row.string($0.id) }
    // Each day as its distance from the one before: a byte, as a rule.
    var before: Int32 = 0
    row.list(days) {
      row.int(Int64($0.day.daysSinceEpoch - before))
      row.int($0.amounts.spend)
      row.int($0.amounts.visits)
      row.int($0.amounts.points)
      row.int($0.amounts.basePoints)
      before = $0.day.daysSinceEpoch
    }
    guard row.format >= 3 else { return }
    row.instant(toldAsOf)
    row.optionalInstant(tellAgain)
    row.optionalInt((validFrom?.daysSinceEpoch).map { Int64($0) })
    // Few programmes count activities: their days alone, each by its place among them.
    row.list(days.indices.filter { days[$0].amounts.activities != 0 }) {
      row.int(Int64($0))
      row.int(days[$0].amounts.activities)
    }
    row.list(commands) { row.optionalInt($0.digest.map { Int64(bitPattern: $0) }) }
    row.list(waitingReturns) {
      row.digest($0.digest)
      row.instant($0.deadline)
      row.int($0.bytes)
    }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(memberId: try row.string(), programId: try row.string())
    level = try row.optionalString()
    since = try row.instant()
    nextJudgement = try row.optionalInstant()
    pinnedUntil = try row.optionalInstant()
    firstDay = try row.bool() ? try row.day() : nil
    clock = try row.instant()
    commands = try row.list { TakenCommand(id: try $0.string(), digest: nil) }
    var day = LocalDate(daysSinceEpoch: 0)
    days = try row.list {
      day = try $0.day(after: day)
      return TierDay(
        day: day,
        amounts: TierAmounts(
          spend: try $0.int(), visits: try $0.int(), points: try $0.int(), basePoints: try $0.int()))
    }
    guard row.format >= 3 else {
      // What an earlier release told does not say what leaves when: it is told anew at once.
      tellAgain = days.isEmpty ? nil : clock
      return
    }
    toldAsOf = try row.instant()
    tellAgain = try row.optionalInstant()
    validFrom = try row.bool() ? try row.day() : nil
    for (index, amount) in try row.list({ (Int(try $0.int()), try $0.int()) }) {
      guard days.indices.contains(index) else { throw RowFormatError("an amount of a day that is not there") }
      days[index].amounts.activities = amount
    }
    let digests = try row.list { try $0.optionalInt().map { UInt64(bitPattern: $0) } }
    guard digests.count == commands.count else { throw RowFormatError("not one digest a command") }
    for (index, digest) in digests.enumerated() { commands[index].digest = digest }
    waitingReturns = try row.list {
      WaitingReturn.Mark(digest: try $0.digest(), deadline: try $0.instant(), bytes: Int(try $0.count()))
    }
  }
}
