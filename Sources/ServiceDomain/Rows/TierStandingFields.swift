import Loyalty
import StreamRuntime

/// Where a member stands, as part of an account's row; from its format 5 on with what counts now and later.
extension TierStanding {
  func encode(to row: RowEncoder) {
    row.string(level)
    row.optionalInstant(since)
    row.optionalInstant(until)
    row.string(measures.rawValue)
    row.decimal(metric)
    row.instant(asOf)
    row.bool(next != nil)
    if let next {
      row.string(next.level)
      row.decimal(next.from)
      row.decimal(next.missing)
    }
    if row.format >= 5 { row.list(progress.map { [$0] } ?? []) { $0.encode(to: row) } }
  }

  init(from row: inout RowDecoder) throws {
    let level = try row.string()
    let since = try row.optionalInstant()
    let until = try row.optionalInstant()
    let word = try row.string()
    guard let measures = TierScheme.Metric(rawValue: word) else { throw RowFormatError("unknown metric \(word)") }
    self.init(
      level: level, since: since, until: until, measures: measures, metric: try row.decimal(), next: nil,
      asOf: try row.instant())
    if try row.bool() {
      next = NextTier(level: try row.string(), from: try row.decimal(), missing: try row.decimal())
    }
    if row.format >= 5 { progress = try row.list { try TierProgress(from: &$0) }.first }
  }
}

extension TierProgress {
  fileprivate func encode(to row: RowEncoder) {
    row.instant(asOf)
    row.decimal(counted)
    row.optionalInstant(endsAt)
    // Each as its distance from the one before.
    var before = asOf
    row.list(leaves) {
      row.int($0.at.milliseconds - before.milliseconds)
      row.decimal($0.amount)
      before = $0.at
    }
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(asOf: try row.instant(), counted: try row.decimal(), endsAt: try row.optionalInstant())
    var at = asOf
    leaves = try row.list {
      at = try $0.instant(after: at)
      return Leave(at: at, amount: try $0.decimal())
    }
  }
}
