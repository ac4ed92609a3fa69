import Loyalty
import StreamRuntime

/// What an account remembers for rating, as part of its row. Most programmes ask for little: a byte says what follows.
extension EarningCounters {
  private enum Flag {
    static let visits: UInt8 = 1
    static let points: UInt8 = 2
    static let times: UInt8 = 4
    static let thresholds: UInt8 = 8
  }

  func encode(to row: RowEncoder) {
    row.int(purchases)
    var flags: UInt8 = 0
    if !visits.isEmpty { flags |= Flag.visits }
    if !points.isEmpty { flags |= Flag.points }
    if !times.isEmpty { flags |= Flag.times }
    if !thresholds.isEmpty { flags |= Flag.thresholds }
    row.byte(flags)
    if flags & Flag.visits != 0 {
      row.list(visits) {
        row.string($0.rule)
        row.int($0.count)
        row.list($0.days) {
          row.int(Int($0.day.daysSinceEpoch))
          row.int($0.purchases)
          row.optionalString($0.holder)
        }
      }
    }
    if flags & Flag.points != 0 { row.list(points) { $0.encode(to: row) } }
    if flags & Flag.times != 0 { row.list(times) { $0.encode(to: row) } }
    if flags & Flag.thresholds != 0 {
      row.list(thresholds) {
        row.string($0.rule)
        row.int(Int($0.start.daysSinceEpoch))
        row.int($0.spend)
        row.list($0.holders) {
          row.string($0.lotId)
          row.int($0.times)
        }
      }
    }
  }

  init(from row: inout RowDecoder) throws {
    self.init()
    purchases = try row.count()
    let flags = try row.byte()
    if flags & Flag.visits != 0 {
      visits = try row.list {
        VisitProgress(
          rule: try $0.string(), count: Int(try $0.balance()),
          days: try $0.list {
            VisitDay(
              day: try $0.day(), purchases: try $0.balance(), holder: try $0.optionalString().map(Lot.shortId))
          })
      }
    }
    if flags & Flag.points != 0 { points = try row.list { try PeriodSeries(from: &$0) } }
    if flags & Flag.times != 0 { times = try row.list { try PeriodSeries(from: &$0) } }
    if flags & Flag.thresholds != 0 {
      thresholds = try row.list {
        ThresholdPeriod(
          rule: try $0.string(), start: try $0.day(), spend: try $0.int(),
          holders: try $0.list { ThresholdPeriod.Holder(lotId: Lot.shortId(try $0.string()), times: try $0.int()) })
      }
    }
  }
}

extension PeriodSeries {
  fileprivate func encode(to row: RowEncoder) {
    row.string(scope)
    row.string(period.rawValue)
    row.amounts(amounts)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    let scope = try row.string()
    let name = try row.string()
    guard let period = Period(rawValue: name) else { throw RowFormatError("unknown period \(name)") }
    self.init(scope: scope, period: period, amounts: try row.amounts())
  }
}

extension RowEncoder {
  fileprivate func amounts(_ amounts: [PeriodAmount]) {
    list(amounts) {
      int(Int($0.start.daysSinceEpoch))
      int($0.amount)
    }
  }
}

extension RowDecoder {
  fileprivate mutating func amounts() throws -> [PeriodAmount] {
    try list { PeriodAmount(start: try $0.day(), amount: try $0.int()) }
  }
}
