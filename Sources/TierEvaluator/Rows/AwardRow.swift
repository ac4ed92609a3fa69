import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `awards`: what a purchase or activity was awarded, in a programme that measures points.
struct AwardRow: StoreRow, Equatable {
  var award: CountedAward
  var forgetAt: Instant

  private static let format: UInt8 = 2

  var dueMs: Int64? { forgetAt.milliseconds }

  init(award: CountedAward, forgetAt: Instant) {
    self.award = award
    self.forgetAt = forgetAt
  }

  func encode(to row: RowEncoder) {
    row.byte(AwardRow.format)
    row.instant(forgetAt)
    row.instant(award.earnedAt)
    row.int(award.granted)
    row.int(award.base)
    row.int(award.reversed)
    row.int(award.told.points)
    row.int(award.told.basePoints)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(AwardRow.format, of: "an award")
    forgetAt = try row.instant()
    award = CountedAward(
      earnedAt: try row.instant(), granted: try row.int(), base: try row.int(), reversed: try row.int(),
      told: TierAmounts(points: try row.int(), basePoints: try row.int()))
  }
}
