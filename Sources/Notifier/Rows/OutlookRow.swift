import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `outlooks`: what is to come of an account that its member may be told ahead, as the account's
/// last statement says it, and how far they were told. Under a member without a programme: a welcome that waits for
/// the first programme.
package struct OutlookRow: StoreRow, Equatable {
  /// What expires when if it is not spent before; none while the account cannot be used.
  package var expiries: [Due] = []
  package var level: Level?
  package var told: Told?
  /// The end of a level that the member was told of.
  package var toldLevelUntil: Instant?
  /// When the member joined who is still to be welcomed.
  package var joinedAt: Instant?
  /// When it is looked at again; nil: never.
  package var judgeAtMs: Int64?

  /// The level held, which ends.
  package struct Level: Equatable, Sendable {
    package var id: String
    package var until: Instant
    /// What is to be done before, so that the level is kept, in whole units of what is measured; nil: not known.
    package var missing: Int64?

    package init(id: String, until: Instant, missing: Int64?) {
      self.id = id
      self.until = until
      self.missing = missing
    }

    /// It is kept as things are.
    var isSafe: Bool { missing == 0 }
  }

  /// The points of the last message: all that expire from `first` to `through`.
  package struct Told: Equatable, Sendable {
    package var first: Instant
    package var through: Instant

    package init(first: Instant, through: Instant) {
      self.first = first
      self.through = through
    }
  }

  package init() {}

  /// What expires next of what the member was not told.
  func nextExpiry(after now: Instant) -> Due? {
    expiries.first { due in due.at > now && told.map { due.at > $0.through } ?? true }
  }

  /// The level whose end is still to be told.
  func endingLevel(after now: Instant) -> Level? {
    level.flatMap { $0.until > now && $0.until != toldLevelUntil && !$0.isSafe ? $0 : nil }
  }

  /// Nothing in it matters from then on; nil: nothing does now.
  func end(after now: Instant) -> Instant? {
    let ends = [expiries.last?.at, level?.until, told?.through, toldLevelUntil].compactMap { $0 }.max()
    return ends.flatMap { $0 > now ? $0 : nil }
  }

  package var dueMs: Int64? { judgeAtMs }

  package static let format: UInt8 = 1

  package func encode(to row: RowEncoder) {
    row.optionalInt(judgeAtMs)
    row.list(expiries) { due in
      row.instant(due.at)
      row.points(due.points)
    }
    row.bool(level != nil)
    if let level {
      row.string(level.id)
      row.instant(level.until)
      row.optionalInt(level.missing)
    }
    row.bool(told != nil)
    if let told {
      row.instant(told.first)
      row.instant(told.through)
    }
    row.optionalInstant(toldLevelUntil)
    row.optionalInstant(joinedAt)
  }

  package init(from row: inout RowDecoder) throws {
    judgeAtMs = try row.optionalInt()
    expiries = try row.list { Due(at: try $0.instant(), points: try $0.points()) }
    if try row.bool() {
      level = Level(id: try row.string(), until: try row.instant(), missing: try row.optionalInt())
    }
    if try row.bool() { told = Told(first: try row.instant(), through: try row.instant()) }
    toldLevelUntil = try row.optionalInstant()
    joinedAt = try row.optionalInstant()
  }
}
