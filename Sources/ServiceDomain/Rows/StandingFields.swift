import Loyalty
import StreamRuntime

/// How an account stands, as part of its row.
extension LotTerms {
  /// Which standing follows; a number once given stays.
  private enum Standings: UInt8 {
    case active = 1
    case frozen = 2
    case closed = 3
  }

  func encode(to row: RowEncoder) {
    row.optionalInstant(keptUntil)
    switch standing {
    case .active: row.byte(Standings.active.rawValue)
    case .frozen(let since):
      row.byte(Standings.frozen.rawValue)
      row.instant(since)
    case .closed(let since, let endsAt):
      row.byte(Standings.closed.rawValue)
      row.instant(since)
      row.instant(endsAt)
    }
  }

  init(from row: inout RowDecoder) throws {
    self.init(keptUntil: try row.optionalInstant())
    switch Standings(rawValue: try row.byte()) {
    case .active: standing = .active
    case .frozen: standing = .frozen(since: try row.instant())
    case .closed: standing = .closed(since: try row.instant(), endsAt: try row.instant())
    case nil: throw RowFormatError("an account that stands in a way that is not known")
    }
  }
}

extension SentPoints {
  func encode(to row: RowEncoder) {
    row.int(Int64(day.daysSinceEpoch))
    row.points(inDay)
    row.points(inMonth)
  }

  init(from row: inout RowDecoder) throws {
    self.init(day: try row.day(), inDay: try row.points(), inMonth: try row.points())
  }
}
