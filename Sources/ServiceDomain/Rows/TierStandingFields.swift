import Loyalty
import StreamRuntime

/// Where a member stands, as part of an account's row.
extension TierStanding {
  func encode(to row: RowEncoder) {
    row.string(level)
    row.optionalInstant(since)
    row.optionalInstant(until)
    row.string(measures.rawValue)
    row.decimal(metric)
    row.instant(asOf)
    row.bool(next != nil)
    guard let next else { return }
    row.string(next.level)
    row.decimal(next.from)
    row.decimal(next.missing)
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
    guard try row.bool() else { return }
    next = NextTier(level: try row.string(), from: try row.decimal(), missing: try row.decimal())
  }
}

extension RowEncoder {
  fileprivate func decimal(_ value: ExactDecimal) {
    int(value.significand)
    byte(value.scale)
  }
}

extension RowDecoder {
  fileprivate mutating func decimal() throws -> ExactDecimal {
    ExactDecimal(significand: try int(), scale: try byte())
  }
}
