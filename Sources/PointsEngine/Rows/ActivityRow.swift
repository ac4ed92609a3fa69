import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `activities`: what an activity was awarded, until it is forgotten.
package struct ActivityRow: StoreRow {
  package var record: ActivityRecord
  package var forgetAt: Instant

  package static let format: UInt8 = 2

  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(record: ActivityRecord, forgetAt: Instant) {
    self.record = record
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.instant(forgetAt)
    row.string(record.activityId)
    row.string(record.source)
    row.string(record.name)
    row.instant(record.occurredAt)
    row.int(record.programVersion)
    row.list(record.numbers.sorted { $0.key < $1.key }) {
      row.string($0.key)
      row.decimal($0.value)
    }
    row.list(record.awards) { $0.encode(to: row) }
    row.list(record.timesRules) { row.string($0) }
    row.int(record.afterPurchases)
    row.int(record.afterEntries)
    row.bool(record.answers != nil)
    if let answers = record.answers { answers.encode(to: row) }
    row.optionalInstant(record.pendingUntil, after: record.occurredAt)
    row.optionalInstant(record.expiresAt, after: record.occurredAt)
    row.points(record.expired)
  }

  package init(from row: inout RowDecoder) throws {
    let forgetAt = try row.instant()
    var record = ActivityRecord(
      activityId: try row.string(), source: try row.string(), name: try row.string(), occurredAt: try row.instant(),
      programVersion: Int(try row.int()))
    let numbers = try row.list {
      (try $0.string(), try $0.decimal())
    }
    record.numbers = Dictionary(numbers) { first, _ in first }
    record.awards = try row.list { try RuleAward(from: &$0) }
    record.timesRules = try row.list { try $0.string() }
    record.afterPurchases = try row.int()
    record.afterEntries = try row.int()
    if try row.bool() { record.answers = try ConditionAnswers(from: &row) }
    record.pendingUntil = try row.optionalInstant(after: record.occurredAt)
    record.expiresAt = try row.optionalInstant(after: record.occurredAt)
    record.expired = try row.points()
    self.init(record: record, forgetAt: forgetAt)
  }
}
