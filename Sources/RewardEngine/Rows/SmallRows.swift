import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// A row of the store `levels`, under member and programme: the member's level.
package struct LevelRow: StoreRow, Equatable {
  package var level: String

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(_ level: String) { self.level = level }
  package func encode(to row: RowEncoder) { row.string(level) }
  package init(from row: inout RowDecoder) throws { level = try row.string() }
}

/// A row of the store `uses`, under member and reward: how often the member had it.
package struct UsesRow: StoreRow, Equatable {
  package var uses: MemberUses
  package var forgetAt: Instant?

  package static let format: UInt8 = 1
  package var dueMs: Int64? { forgetAt?.milliseconds }

  package init(_ uses: MemberUses = MemberUses(), forgetAt: Instant? = nil) {
    self.uses = uses
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.list(uses.counts) {
      row.int(Int64($0.from.daysSinceEpoch))
      row.int($0.uses)
    }
    row.optionalInstant(forgetAt)
  }

  package init(from row: inout RowDecoder) throws {
    uses = MemberUses(try row.list { .init(from: try $0.day(), uses: try $0.count()) })
    forgetAt = try row.optionalInstant()
  }
}

/// Under which a pool's vouchers are counted in the store `uses`; a reward's are under two parts.
enum PoolUsesKey {
  static func of(_ memberId: String, _ pool: String) -> String { RecordKey.joined(memberId, "pool", pool) }
}

/// A row of the store `stock`, under the reward's id.
package struct StockRow: StoreRow, Equatable {
  package var stock: RewardStock
  /// The version of the reward that said last how many there are, and how many of these have been put in.
  package var version: Int64
  package var putIn: Int64

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(_ stock: RewardStock = RewardStock(start: 0), version: Int64 = 0, putIn: Int64 = 0) {
    self.stock = stock
    self.version = version
    self.putIn = putIn
  }

  /// A later version of the reward has another stock: the difference comes in, or of the free ones goes out.
  package mutating func follow(stock wanted: Int64, version: Int64) {
    guard version > self.version else { return }
    self.version = version
    putIn += stock.restock(by: wanted - putIn)
  }

  package func encode(to row: RowEncoder) {
    for count in [stock.start, stock.free, stock.held, stock.given, stock.returned, version, putIn] { row.int(count) }
  }

  package init(from row: inout RowDecoder) throws {
    let (start, free, held) = (try row.count(), try row.count(), try row.count())
    guard
      let stock = RewardStock(
        start: start, free: free, held: held, given: try row.count(), returned: try row.count())
    else { throw RowFormatError("a stock that does not add up") }
    self.init(stock, version: try row.count(), putIn: try row.balance())
  }
}

/// A row of the store `claims`, under reward, member and redemption: what the redemption has of the reward's pieces.
package struct ClaimRow: StoreRow, Equatable {
  package var pieces: Int64
  package var isGiven: Bool
  package var forgetAt: Instant?

  package static let format: UInt8 = 1
  package var dueMs: Int64? { forgetAt?.milliseconds }

  package init(pieces: Int64, isGiven: Bool = false, forgetAt: Instant? = nil) {
    self.pieces = pieces
    self.isGiven = isGiven
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.int(pieces)
    row.bool(isGiven)
    row.optionalInstant(forgetAt)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(pieces: try row.count(), isGiven: try row.bool(), forgetAt: try row.optionalInstant())
  }
}

/// A row of the store `holders`, under member and digest: a voucher of the member lies in this partition.
package struct HolderRow: StoreRow, Equatable {
  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init() {}
  package func encode(to row: RowEncoder) {}
  package init(from row: inout RowDecoder) throws {}
}

/// A row of the store `free-codes`, under pool and digest: an imported code that nobody has yet.
package struct FreeCodeRow: StoreRow, Equatable {
  package var sealed: String
  package var codeEnd: String
  /// When it ends by itself.
  package var validUntil: Instant?

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(sealed: String, codeEnd: String, validUntil: Instant? = nil) {
    self.sealed = sealed
    self.codeEnd = codeEnd
    self.validUntil = validUntil
  }

  package func encode(to row: RowEncoder) {
    row.string(sealed)
    row.string(codeEnd)
    row.optionalInstant(validUntil)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(sealed: try row.string(), codeEnd: try row.string(), validUntil: try row.optionalInstant())
  }
}

/// A row of the store `live-codes`, under the pool: how many of its vouchers that lie here are neither used up, nor
/// ended.
package struct LiveCodesRow: StoreRow, Equatable {
  package var count: Int64

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(_ count: Int64 = 0) { self.count = count }
  package func encode(to row: RowEncoder) { row.int(count) }
  package init(from row: inout RowDecoder) throws { count = try row.count() }
}

/// A row of the store `guesses`, under the source: how many wrong codes it named.
package struct GuessRow: StoreRow, Equatable {
  package var count: GuessCount
  package var forgetAt: Instant

  package static let format: UInt8 = 1
  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(_ count: GuessCount, forgetAt: Instant) {
    self.count = count
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.instant(count.since)
    row.int(count.wrong)
    row.instant(forgetAt)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(GuessCount(since: try row.instant(), wrong: try row.count()), forgetAt: try row.instant())
  }
}

/// The row of the store `figures`: what has been done in the partition, counted in the transactions that did it.
package struct FiguresRow: StoreRow, Equatable {
  package var issued: Int64 = 0
  package var used: Int64 = 0
  package var givenBack: Int64 = 0
  package var expired: Int64 = 0
  package var cancelled: Int64 = 0
  package var holdsOpen: Int64 = 0
  /// Redemptions that the points engine has not answered.
  package var waiting: Int64 = 0
  /// By the code of the refusal: of redemptions, and of tills.
  package var refused: [String: Int64] = [:]
  /// At partners: without an outcome, and of these in doubt.
  package var ordersOpen: Int64 = 0
  package var ordersInDoubt: Int64 = 0

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init() {}

  package func encode(to row: RowEncoder) {
    for count in [issued, used, givenBack, expired, cancelled, holdsOpen, waiting] { row.int(count) }
    row.list(refused.sorted { $0.key < $1.key }) {
      row.string($0.key)
      row.int($0.value)
    }
    row.int(ordersOpen)
    row.int(ordersInDoubt)
  }

  package init(from row: inout RowDecoder) throws {
    (issued, used, givenBack) = (try row.count(), try row.count(), try row.count())
    (expired, cancelled, holdsOpen) = (try row.count(), try row.count(), try row.balance())
    waiting = try row.balance()
    for (code, count) in try row.list({ (try $0.string(), try $0.count()) }) { refused[code] = count }
    (ordersOpen, ordersInDoubt) = (try row.balance(), try row.balance())
  }
}
