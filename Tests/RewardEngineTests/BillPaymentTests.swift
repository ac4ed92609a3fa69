import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

/// Points that pay on a bill.
@Suite(.timeLimit(.minutes(10))) struct BillPaymentTests {
  private static let pay =
    #"{"id":"pay","version":1,"names":{"en":"Pay with points"},"programId":"coffee","kind":"pay-with-points","#
    + #""deliver":{"money":{"points":100,"amount":"10000","currency":"VND","percentMax":50,"pointsMin":200}},"#
    + #""cancel":{"until":"used","days":7}}"#

  private static func fixture() throws -> RewardFixture {
    try RewardFixture(rewards: [pay, RewardFixture.reward("latte")], balances: ["M-1": 1_000])
  }

  private func ask(
    _ fixture: RewardFixture, _ points: Points, of total: Int64 = 200_000, in code: String = "VND",
    reward: String = "pay", id: String = "r-1"
  ) {
    let payment = BillPayment(points, on: "B-77", of: Money(minorUnits: total, currency: currency(code)))
    fixture.ask(id, .redeem(.init(reward: reward, payment: payment)))
  }

  @Test func pointsTakeMoneyOffTheBillAtOnce() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    ask(fixture, 250)
    try fixture.run()
    let paid = try #require(try fixture.status("r-1"))
    #expect(paid.state == .issued && paid.points == 200 && paid.reference == "B-77")
    #expect(paid.off == Money(minorUnits: 20_000, currency: currency("VND")))
    #expect(fixture.balances["M-1"] == 800)
    // The till asks again.
    ask(fixture, 250)
    try fixture.run()
    #expect(fixture.balances["M-1"] == 800)
    #expect(try fixture.statuses().count == 1)
  }

  @Test func halfOfTheBillIsTheMost() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    ask(fixture, 1_000, of: 119_999)
    try fixture.run()
    let paid = try #require(try fixture.status("r-1"))
    #expect(paid.points == 500 && paid.off?.minorUnits == 50_000)
  }

  @Test func aSaleThatDoesNotComeAboutGivesThePointsBack() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    ask(fixture, 300)
    try fixture.run()
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .cancelled)
    #expect(fixture.balances["M-1"] == 1_000)
  }

  @Test func whatCannotBeIsRefusedWithItsNumbers() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    ask(fixture, 199, id: "few")
    ask(fixture, 5_000, of: 9_000_000, id: "poor")
    ask(fixture, 300, in: "USD", id: "currency")
    ask(fixture, 300, of: 19_999, id: "small")
    ask(fixture, 300, reward: "latte", id: "no-payer")
    fixture.redeem("no-bill", "pay")
    try fixture.run()
    let refusals = try ["few", "poor", "currency", "small", "no-payer", "no-bill"].map { id in
      try fixture.status(id)?.refusal
    }
    typealias Refusal = RedemptionStatus.Refusal
    #expect(
      refusals == [
        Refusal(code: "below-minimum", required: 200, available: 199),
        Refusal(code: "insufficient-points", required: 5_000, available: 1_000),
      ] + Array(repeating: Refusal(code: "no-effect"), count: 4))
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func aLostDiskPaysOnce() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    ask(fixture, 300)
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    try fixture.run()
    #expect(try fixture.status("r-1")?.off?.minorUnits == 30_000)
    #expect(fixture.balances["M-1"] == 700)
  }
}
