import Contracts
import Inquiry
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty simulate` prints.
@Suite(.timeLimit(.minutes(10))) struct SimulationTextTests {
  private func program(_ more: String = "") throws -> Program {
    let text = """
      {"id":"shop","version":3,"effectiveFrom":"2026-01-01T00:00:00Z","name":"Shop","status":"active",\
      "currencies":["USD"],"timeZone":"UTC","pending":{"days":2},"expiry":{"kind":"days","days":10},
      "earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"},
       {"id":"fruit","kind":"product","points":5,"when":{"category":["fruit"]}}],
      "limits":{"pointsPerTransaction":60},
      "tiers":{"metric":"spend","window":{"kind":"lifetime"},
       "levels":[{"id":"member","from":"0"},{"id":"silver","from":"50","factor":"1.25"},{"id":"gold","from":"200"}]}\(more)}
      """
    return try ProgramDocument.decode(Array(text.utf8))
  }

  private func purchase(_ amount: String, currency: String = "USD", at instant: String = "2026-02-01T10:00:00Z") throws
    -> Transaction
  {
    let text = """
      {"type":"purchase.completed","id":"P-1","occurredAt":"\(instant)","source":"till","member":{"id":"M-1"},\
      "currency":"\(currency)","lines":[{"sku":"A","category":"bread","quantity":1,"amount":"\(amount)"}]}
      """
    return try Array(text.utf8).withUnsafeBytes { try TransactionDecoder(.commerce).decode($0) }
  }

  private func text(_ simulation: PurchaseSimulation) -> String { SimulationText(simulation: simulation).text }

  @Test func eachLineIsToldWithItsArithmeticAndTheWayToTheNextTier() throws {
    let told = text(PurchaseSimulation(program: try program(), purchase: try purchase("42.60")))
    #expect(told.contains("eligible spend 42.60 USD, at tier member"))
    #expect(told.contains("1 × 42.60 USD ÷ 1 = 42 (rounded down)"))
    #expect(told.contains("become available 2026-02-03T10:00:00Z and expire 2026-02-11T10:00:00Z"))
    #expect(told.contains("These give nothing here: fruit"))
    #expect(told.contains("silver is reached at 50.00 USD: 7.40 USD are missing then"))
  }

  @Test func aPurchaseThatReachesATierSaysSo() throws {
    let told = text(PurchaseSimulation(program: try program(), purchase: try purchase("55.00")))
    #expect(told.contains("The member reaches silver with it."))
    #expect(told.contains("gold is reached at 200.00 USD: 145.00 USD are missing then"))
  }

  @Test func aKnownMemberEarnsAtTheirTierAndUpToTheLimit() throws {
    var past = MemberPast()
    past.level = "silver"
    past.metric = ExactDecimal(150)
    let told = text(PurchaseSimulation(program: try program(), purchase: try purchase("50.00"), member: past))
    #expect(
      told.contains("(1.25 − 1) × 50 points at tier silver, cut by the programme's limits.pointsPerTransaction to 10"))
    #expect(told.contains("The member reaches gold with it."))
    #expect(told.contains("No level is above."))
  }

  @Test func aPurchaseThatCannotEarnSaysWhy() throws {
    let foreign = PurchaseSimulation(program: try program(), purchase: try purchase("1.00", currency: "EUR"))
    #expect(text(foreign).contains("earns nothing: shop, version 3, takes USD, not EUR"))
    let early = PurchaseSimulation(program: try program(), purchase: try purchase("1.00", at: "2025-12-31T10:00:00Z"))
    #expect(text(early).contains("earns nothing: shop, version 3, is in force from 2026-01-01T00:00:00Z"))
    var closed = MemberPast()
    closed.isClosed = true
    let left = PurchaseSimulation(program: try program(), purchase: try purchase("1.00"), member: closed)
    #expect(text(left).contains("earns nothing: the account is closed"))
  }

  @Test func aKnownMemberIsNamed() throws {
    var past = MemberPast()
    past.memberId = "M-7"
    past.level = "silver"
    past.metric = ExactDecimal(150)
    let told = text(PurchaseSimulation(program: try program(), purchase: try purchase("20.00"), member: past))
    #expect(told.contains("purchase P-1 by M-7, eligible spend 20.00 USD, at tier silver"))
    #expect(told.contains("gold is reached at 200.00 USD: 30.00 USD are missing then"))
  }

  @Test func aFrozenAccountsPointsWait() throws {
    var past = MemberPast()
    past.isFrozen = true
    let told = text(PurchaseSimulation(program: try program(), purchase: try purchase("20.00"), member: past))
    #expect(told.contains("become available when the account is unfrozen"))
  }
}
