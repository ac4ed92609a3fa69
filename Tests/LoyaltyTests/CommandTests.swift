import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct CommandTests {
  @Test(
    arguments: zip(
      [Int64(40), 120, 0, -5, 2_000_000_000_000],
      ["below-minimum", "insufficient-points", "amount-out-of-range", "amount-out-of-range", "amount-out-of-range"]))
  func redemptionIsRefusedWithItsReason(points: Int64, reason: String) {
    var shop = Shop(program(redemption: RedemptionPolicy(minimumPoints: 50)))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.redeem(points, "R", at: "2017-01-03")
    #expect(shop.available == 100)
    #expect(shop.entries.last?.type == .redemptionRefused && shop.entries.last?.reason == reason)
    #expect(shop.entries.last?.points == 0 && shop.entries.last?.debit == nil)
  }

  @Test(arguments: [Int64(50), 100]) func theLeastAndAllThatThereIsCanBeRedeemed(points: Int64) {
    var shop = Shop(program(redemption: RedemptionPolicy(minimumPoints: 50)))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.redeem(points, "R", at: "2017-01-03")
    #expect(shop.available == 100 - points && shop.entries.last?.type == .pointsRedeemed)
  }

  @Test func aRefusedRedemptionStaysRefused() {
    var shop = Shop(program())
    shop.redeem(50, "R", at: "2017-01-02")
    shop.buy("P", at: "2017-01-03", "100.00")
    shop.redeem(50, "R", at: "2017-01-04")
    #expect(shop.available == 100)
  }

  @Test func pendingPointsCannotBeSpentAndAPausedProgrammeSpendsNothing() {
    var shop = Shop(program(pendingDays: 14))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.redeem(50, "R1", at: "2017-01-03")
    #expect(shop.entries.last?.reason == "insufficient-points")
    shop.program.status = .paused
    shop.redeem(50, "R2", at: "2017-01-20")
    #expect(shop.entries.last?.reason == "program-paused")
  }

  @Test func redemptionIsOneBookingOverItsLots() {
    var shop = Shop(program())
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-03", "10.00")
    shop.redeem(15, "R", at: "2017-01-04")
    #expect(
      shop.entries.suffix(2).map { "\($0.lotId ?? "") \($0.points.value) \($0.bookingEntry)/\($0.bookingOf)" } == [
        "pos:A 10 1/2", "pos:B 5 2/2",
      ])
  }

  @Test func aCancelledRedemptionGivesPointsBackWithTheirExpiryOrAGrace() {
    var shop = Shop(program(expiry: .months(6), returns: ReturnPolicy(graceDays: 30)))
    shop.buy("old", at: "2017-01-02", "10.00")
    shop.buy("new", at: "2017-03-02", "10.00")
    shop.redeem(15, "R", at: "2017-04-01")
    shop.rollBack("R", "B", at: "2017-08-01")
    #expect(shop.lots == [":grace:B@\(time("2017-08-01").milliseconds):pos:old 0+10", "pos:new 0+10"])
    #expect(shop.account.lots.first?.expiresAt == time("2017-08-31"))
    #expect(shop.account.lots.last?.expiresAt == time("2017-09-02"))
  }

  @Test func aRedemptionIsCancelledInPartsFromItsLastLotOn() {
    var shop = Shop(program())
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-03", "10.00")
    shop.redeem(16, "R", at: "2017-01-04")
    shop.rollBack("R", "C1", at: "2017-01-05", points: 8)
    #expect(shop.lots == ["pos:A 0+2", "pos:B 0+10"], "6 of B, then 2 of A")
    shop.rollBack("R", "C2", at: "2017-01-06", points: 9)
    #expect(shop.entries.last?.reason == "amount-out-of-range" && shop.available == 12, "8 are left of it")
    shop.rollBack("R", "C3", at: "2017-01-06")
    #expect(shop.lots == ["pos:A 0+10", "pos:B 0+10"])
    shop.rollBack("R", "C4", at: "2017-01-07", points: 1)
    #expect(shop.entries.last?.reason == "already-cancelled" && shop.account.totals.redeemed == 0)
  }

  @Test func halfOfAnOrderThatWasPartlyPaidWithPointsIsRefunded() {
    var shop = Shop(program())
    shop.adjust(by: 200, "START", at: "2017-01-01")
    shop.buy("P", at: "2017-01-02", "70.00")
    shop.redeem(150, "R", at: "2017-01-02")
    #expect(shop.available == 120)
    shop.bringBack("B", of: "P", at: "2017-01-03", refund: "35.00")
    #expect(shop.available == 85)
    shop.rollBack("R", "C", at: "2017-01-03", points: 75)
    #expect(shop.available == 160)
  }

  @Test func aDeductionBeyondTheBalanceIsOwedWhereTheProgrammeLetsMembersOwe() {
    var shop = Shop(program(returns: ReturnPolicy(overdraw: .negative)))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.adjust(by: -130, "A", at: "2017-01-03")
    #expect(shop.available == -30 && shop.lots == [])
    #expect(shop.entries.suffix(2).map(\.points) == [100, 30] && shop.account.totals.adjusted == 130)
    shop.adjust(by: -5, "B", at: "2017-01-04")
    #expect(shop.available == -35)
    shop.buy("Q", at: "2017-01-05", "50.00")
    #expect(shop.available == 15, "what comes next repays it")
  }

  @Test func contentTellsCommandsApartAndRetriesNot() {
    func digest(_ kind: MemberCommand.Kind, reason: String? = "sorry", at: String = "2017-01-02") -> UInt64 {
      MemberCommand(id: "C", kind: kind, memberId: "M", occurredAt: time(at), actor: at, reason: reason).contentDigest
    }
    let kinds: [MemberCommand.Kind] = [
      .redeem(points: 5, reference: nil), .redeem(points: 5, reference: ""), .redeem(points: 5, reference: "A"),
      .redeem(points: 6, reference: nil), .adjust(points: 5), .adjust(points: -5), .transfer(points: 5, to: "A"),
      .transfer(points: 5, to: "B"), .cancelRedemption(redemptionId: "5"),
      .cancelRedemption(redemptionId: "A", points: 5), .cancelRedemption(redemptionId: "A"), .freeze, .unfreeze, .close,
    ]
    #expect(Set(kinds.map { digest($0) }).count == kinds.count)
    #expect(digest(.freeze) == digest(.freeze, at: "2017-03-02"))
    #expect(digest(.freeze) != digest(.freeze, reason: "stolen") && digest(.freeze) != digest(.freeze, reason: nil))
  }

  @Test func cancellingWhatWasNeverRedeemedIsRefused() {
    var shop = Shop(program())
    shop.rollBack("R", "B", at: "2017-08-01")
    #expect(shop.entries.last?.reason == "unknown-redemption")
  }

  @Test func adjustmentsNeedAnActorAndAReason() {
    var shop = Shop(program(expiry: .months(6)))
    shop.adjust(by: 100, "A", at: "2017-01-02", actor: nil)
    #expect(shop.entries.last?.reason == "actor-and-reason-required")
    shop.adjust(by: 100, "B", at: "2017-01-02")
    #expect(shop.available == 100 && shop.entries.last?.actor == "ann" && shop.entries.last?.reason == "sorry")
    shop.adjust(by: -30, "C", at: "2017-01-03")
    #expect(shop.available == 70 && shop.account.totals.adjusted == 30)
    shop.adjust(by: -71, "D", at: "2017-01-03")
    #expect(shop.available == 70 && shop.entries.last?.reason == "insufficient-points")
    shop.settle("2017-07-02")
    #expect(shop.available == 0)
  }
}
