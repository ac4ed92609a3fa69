import Loyalty
import TestValues
import Testing

/// Frozen, unfrozen and closed accounts.
@Suite(.timeLimit(.minutes(10))) struct StandingTests {
  /// 10 points earned on 2 January under the given programme.
  private func shop(_ program: Program = program()) -> Shop {
    var shop = Shop(program)
    shop.buy("P", at: "2017-01-02", "10.00")
    return shop
  }

  @Test func aFrozenAccountEarnsPendingOnlyAndSpendsNothing() {
    var shop = shop(program(transfer: TransferPolicy()))
    shop.freeze("F", at: "2017-01-03")
    shop.buy("Q", at: "2017-01-04", "5.00")
    #expect(shop.pending == 5 && shop.available == 10)
    shop.redeem(5, "R", at: "2017-01-05")
    #expect(shop.entries.last?.type == .redemptionRefused && shop.entries.last?.reason == "account-frozen")
    shop.send(5, to: "M-2", "T", at: "2017-01-05")
    #expect(shop.entries.last?.type == .transferRefused && shop.entries.last?.reason == "account-frozen")
    #expect(shop.pending == 5 && shop.available == 10)
  }

  @Test func entriesTellTheStatusOfAnAccountThatIsNotActive() {
    var shop = shop()
    shop.freeze("F", at: "2017-01-03")
    shop.buy("Q", at: "2017-01-04", "5.00")
    shop.unfreeze("U", at: "2017-01-05")
    shop.buy("R", at: "2017-01-06", "5.00")
    shop.close("C", at: "2017-01-07")
    shop.buy("S", at: "2017-01-08", "5.00")
    let told = shop.entries.map { "\($0.type.rawValue) \($0.accountStatus?.rawValue ?? "-")" }
    #expect(
      told == [
        "points.earned -", "member.frozen frozen", "points.earned frozen", "member.unfrozen -", "points.released -",
        "points.earned -", "member.closed closed", "points.earning-refused closed",
      ])
  }

  @Test func nothingIsReleasedWhileFrozenAndWhatIsDueIsWhenUnfrozen() {
    var shop = shop(program(pendingDays: 14))
    shop.freeze("F", at: "2017-01-03")
    shop.settle("2017-03-01")
    #expect(shop.pending == 10 && shop.account.nextDue == nil)
    shop.unfreeze("U", at: "2017-03-02")
    #expect(shop.pending == 0 && shop.available == 10)
    #expect(shop.entries.suffix(2).map(\.type) == [.memberUnfrozen, .pointsReleased])
    #expect(shop.entries.last?.occurredAt == time("2017-03-02") && shop.entries.last?.bookingOf == 2)
  }

  @Test func availablePointsExpireWhileFrozenAndPendingOnesOnlyAfterTheirRelease() {
    var shop = shop(program(expiry: .months(1)))
    shop.freeze("F", at: "2017-01-03")
    shop.buy("Q", at: "2017-01-04", "5.00")
    shop.settle("2017-03-01")
    #expect(shop.account.totals.expired == 10 && shop.pending == 5)
    shop.unfreeze("U", at: "2017-03-02")
    #expect(shop.entries.suffix(3).map(\.type) == [.memberUnfrozen, .pointsReleased, .pointsExpired])
    #expect(shop.lots.isEmpty && shop.records["pos:Q"]?.expired == 5)
  }

  @Test func returnsAndAdjustmentsGoOnWhileFrozen() {
    var shop = shop()
    shop.freeze("F", at: "2017-01-03")
    shop.cancel("C", of: "P", at: "2017-01-04")
    shop.adjust(by: 7, "A", at: "2017-01-05")
    #expect(shop.available == 7 && shop.account.totals.reversed == 10)
  }

  @Test func aCorrectionOfAReleasedPurchaseStaysPendingWhileFrozenAndIsReleasedOnce() {
    let tiers = TierScheme(
      metric: .spend, window: .lifetime,
      levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1, factor: decimal("2"))])
    var shop = shop(program(pendingDays: 3, tiers: tiers))
    shop.settle("2017-01-10")
    shop.freeze("F", at: "2017-01-11")
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.pending == 10 && shop.available == 10)
    shop.unfreeze("U", at: "2017-01-12")
    #expect(shop.pending == 0 && shop.available == 20)
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count)
  }

  @Test func aClosedAccountEarnsNothingAndSaysSoOnceAPurchase() {
    var shop = shop()
    shop.close("C", at: "2017-01-03")
    shop.buy("Q", at: "2017-01-04", "5.00")
    shop.buy("Q", at: "2017-01-04", "5.00")
    #expect(shop.entries.suffix(2).map(\.type) == [.memberClosed, .earningRefused])
    #expect(shop.entries.last?.reason == "account-closed" && shop.entries.last?.cause == "Q")
    shop.redeem(5, "R", at: "2017-01-05")
    #expect(shop.entries.last?.reason == "account-closed" && shop.available == 10)
    shop.adjust(by: 5, "A", at: "2017-01-05")
    #expect(shop.entries.last?.reason == "account-closed" && shop.available == 10)
  }

  @Test func aPurchaseAtTheVeryInstantOfTheClosingEarnsNothing() {
    var shop = shop()
    shop.close("C", at: "2017-01-03")
    shop.buy("Q", at: "2017-01-03", "5.00")
    #expect(shop.entries.last?.type == .earningRefused && shop.available == 10)
    shop.buy("R", at: "2017-01-03T11:59:59.999Z", "5.00")
    #expect(shop.entries.last?.type == .pointsEarned && shop.available == 15)
  }

  @Test func aRedemptionStaysSpentOnceTheAccountIsClosed() {
    var shop = shop()
    shop.redeem(4, "R", at: "2017-01-02T13:00:00Z")
    shop.close("C", at: "2017-01-03")
    shop.rollBack("R", "B", at: "2017-01-04")
    #expect(shop.entries.last?.type == .redemptionCancelRefused && shop.entries.last?.reason == "account-closed")
    #expect(shop.available == 6)
  }

  @Test func aPurchaseFromBeforeTheClosingEarnsThoughItArrivesAfter() {
    var shop = Shop(program())
    shop.close("C", at: "2017-01-03")
    shop.buy("P", at: "2017-01-02", "10.00")
    #expect(shop.available == 10)
  }

  @Test func whatIsLeftExpiresAfterTheGracePendingPointsToo() {
    var shop = shop(program(pendingDays: 5, closingGraceDays: 30))
    shop.buy("Q", at: "2017-01-30", "5.00")
    shop.close("C", at: "2017-01-31")
    #expect(shop.entries.last?.expiresAt == time("2017-03-02"))
    shop.settle("2017-03-02T11:59:59.999Z")
    #expect(shop.available == 15)
    shop.settle("2017-03-02")
    #expect(shop.available == 0 && shop.account.totals.expired == 15 && shop.account.nextDue == nil)
    #expect(shop.records["pos:P"]?.expired == 10 && shop.records["pos:Q"]?.expired == 5)
    #expect(shop.entries.suffix(2).allSatisfy { $0.type == .pointsExpired && $0.rule == "closing" })
    var quick = self.shop(program(pendingDays: 14, closingGraceDays: 0))
    quick.close("C", at: "2017-01-03")
    #expect(quick.pending == 0 && quick.account.totals.expired == 10)
  }

  @Test func returnsReverseAfterTheEndWithoutAShortfall() {
    var shop = shop()
    shop.close("C", at: "2017-01-03")
    shop.settle("2017-06-01")
    shop.cancel("X", of: "P", at: "2017-06-02")
    #expect(shop.account.totals.reversed == 10 && shop.account.totals.expired == 0 && shop.account.shortfall == 0)
  }

  @Test func pointsThatComeBackToAnEndedAccountExpireAgainUnderAnIdOfTheirOwn() throws {
    var shop = shop(program(transfer: TransferPolicy()))
    let transfer = shop.send(4, to: "M-2", "T", at: "2017-01-02T13:00:00Z")
    shop.close("C", at: "2017-01-03")
    shop.settle("2017-06-01")
    shop.takeBack(try #require(transfer), because: .accountClosed)
    #expect(shop.available == 0 && shop.account.totals.expired == 10)
    #expect(shop.entries.last?.occurredAt == time("2017-06-01"))
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count)
  }

  @Test func changesThatCannotBeAreRefusedInWords() {
    var shop = shop()
    shop.unfreeze("1", at: "2017-01-03")
    #expect(shop.entries.last?.type == .standingRefused && shop.entries.last?.reason == "not-frozen")
    shop.freeze("2", at: "2017-01-03")
    shop.freeze("3", at: "2017-01-03")
    #expect(shop.entries.last?.reason == "already-frozen")
    shop.close("4", at: "2017-01-04")
    shop.unfreeze("5", at: "2017-01-05")
    #expect(shop.entries.last?.reason == "account-closed")
    shop.close("6", at: "2017-01-05")
    #expect(shop.entries.last?.reason == "account-closed")
    let count = shop.entries.count
    shop.close("4", at: "2017-01-05")
    #expect(shop.entries.count == count)
  }
}
