import Contracts
import Inquiry
import Loyalty
import LoyaltyCLI
import ServiceDomain
import StreamRuntime
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

  private func moment(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  /// As a row stands on the changelog.
  private func image(of row: some StoreRow) -> ByteBuffer {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return buffer
  }

  private func pastRead(from account: Account, _ traits: MemberTraits?, under program: Program) throws -> MemberPast {
    let read = try withExtendedLifetime(image(of: account)) { try RowImage.read($0.bytes, as: Account.self) }
    #expect(read == account)
    let known = try traits.map { row in
      try withExtendedLifetime(image(of: row)) { try RowImage.read($0.bytes, as: MemberTraits.self) }
    }
    #expect(known == traits)
    return MemberPast(
      account: read, traits: known, under: program, at: try moment("2026-02-01T10:00:00Z"))
  }

  @Test func aMemberOfTheEnginesRowsEarnsAtTheirLevelAndProfileAndUpToTheirCounters() throws {
    let program = try program(
      #","multipliers":[{"id":"vip","factor":"2","when":{"segment":["vip"]}}]"#)
    var account = Account(memberId: "M-7", programId: "shop")
    account.nextDue = try moment("2026-05-01T00:00:00Z")
    account.tierHistory = [
      TierStep(level: "silver", since: try moment("2026-01-20T00:00:00Z")),
      TierStep(level: "gold", since: try moment("2026-02-20T00:00:00Z")),
    ]
    account.tier = TierStanding(
      level: "silver", since: nil, until: nil, measures: .spend, metric: ExactDecimal(150), next: nil,
      asOf: try moment("2026-01-30T00:00:00Z"))
    let traits = MemberTraits(joinedAt: nil, locale: "en", segments: ["vip"])
    let past = try pastRead(from: account, traits, under: program)
    let told = text(PurchaseSimulation(program: program, purchase: try purchase("20.00"), member: past))
    #expect(told.contains("purchase P-1 by M-7, eligible spend 20.00 USD, at tier silver"))
    #expect(told.contains("vip"))
    #expect(told.contains("gold is reached at 200.00 USD: 30.00 USD are missing then"))
    let stranger = try pastRead(from: account, nil, under: program)
    let plain = PurchaseSimulation(program: program, purchase: try purchase("20.00"), member: stranger).award.points
    #expect(PurchaseSimulation(program: program, purchase: try purchase("20.00"), member: past).award.points > plain)
  }

  @Test func theVisitsThatTheEngineCountedBringTheNextOnesReward() throws {
    let visits = try ProgramDocument.decode(
      Array(
        #"""
        {"id":"shop","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"Shop","status":"active",
         "currencies":["USD"],"timeZone":"UTC","earning":[{"id":"third","kind":"visits","points":30,"every":3}]}
        """#.utf8))
    var account = Account(memberId: "M-7", programId: "shop")
    var journal = Journal()
    for number in 1...2 {
      var visit = try purchase("5.00", at: "2026-01-0\(number)T10:00:00Z")
      visit.id = "V-\(number)"
      _ = account.book(visit, under: visits, bookedAt: visit.occurredAt, into: &journal)
    }
    let third = try purchase("5.00")
    let past = try pastRead(from: account, nil, under: visits)
    #expect(PurchaseSimulation(program: visits, purchase: third, member: past).award.points == 30)
    #expect(PurchaseSimulation(program: visits, purchase: third).award.points == 0)
  }

  @Test func aFrozenAccountsPointsWaitAndAClosedOneEarnsNothing() throws {
    var account = Account(memberId: "M-7", programId: "shop")
    let since = try moment("2026-01-20T00:00:00Z")
    account.terms.standing = .frozen(since: since)
    let program = try program()
    let frozen = try pastRead(from: account, nil, under: program)
    let told = text(PurchaseSimulation(program: program, purchase: try purchase("20.00"), member: frozen))
    #expect(told.contains("become available when the account is unfrozen"))
    account.terms.standing = .closed(since: since, endsAt: try moment("2026-06-01T00:00:00Z"))
    let closed = try pastRead(from: account, nil, under: program)
    let left = text(PurchaseSimulation(program: program, purchase: try purchase("20.00"), member: closed))
    #expect(left.contains("earns nothing: the account is closed"))
  }
}
