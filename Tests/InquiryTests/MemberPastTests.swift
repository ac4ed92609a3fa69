import Contracts
import Inquiry
import JSON
import Loyalty
import StreamTesting
import Testing

/// What a simulation knows of a member is what their published account tells.
@Suite(.timeLimit(.minutes(10))) struct MemberPastTests {
  private func moment(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  private func program(_ rules: String) throws -> Program {
    let text = """
      {"id":"shop","version":1,"effectiveFrom":"2025-01-01T00:00:00Z","name":"Shop","status":"active",\
      "currencies":["USD"],\(rules)}
      """
    return try ProgramDocument.decode(Array(text.utf8))
  }

  private func purchase(_ id: String, _ cents: Int64, at instant: Instant) throws -> Transaction {
    Transaction(
      id: id, source: "till", kind: .purchase, memberId: "M-7", occurredAt: instant,
      currency: try #require(Currency.known("USD")), lines: [PurchaseLine(sku: "A", category: "fruit", amount: cents)])
  }

  /// The account as it stands on its topic.
  private func statement(of account: Account) throws -> AccountStatement {
    var writer = JSONWriter()
    account.statement.encode(to: &writer)
    return try writer.bytes.withUnsafeBytes { try AccountStatement(decoding: $0) }
  }

  // MARK: What is told

  @Test func theLevelAndTheWayToTheNextAreThoseOfTheAccount() throws {
    let program = try program(
      #"""
      "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
      "multipliers":[{"id":"vip","factor":"2","when":{"segment":["vip"]}}],
      "tiers":{"metric":"spend","window":{"kind":"lifetime"},
       "levels":[{"id":"member","from":"0"},{"id":"silver","from":"50"},{"id":"gold","from":"200"}]}
      """#)
    var account = Account(memberId: "M-7", programId: "shop")
    account.tierHistory = [
      TierStep(level: "silver", since: try moment("2026-01-20T00:00:00Z")),
      TierStep(level: "gold", since: try moment("2026-02-20T00:00:00Z")),
    ]
    account.tier = TierStanding(
      level: "silver", since: nil, until: nil, measures: .spend, metric: ExactDecimal(150), next: nil,
      asOf: try moment("2026-01-30T00:00:00Z"))
    let at = try moment("2026-02-01T10:00:00Z")
    let traits = MemberTraits(joinedAt: nil, locale: "en", segments: ["vip"])
    let told = try statement(of: account)
    let past = try MemberPast(told, traits: traits, under: program, at: at)
    #expect(past.memberId == "M-7" && past.level == "silver" && past.metric == ExactDecimal(150))
    let known = PurchaseSimulation(program: program, purchase: try purchase("P-1", 2_000, at: at), member: past)
    #expect(known.award.points == 40)
    #expect(known.standing(after: known.award)?.next?.missing == ExactDecimal(30))
    let stranger = try MemberPast(told, traits: nil, under: program, at: at)
    #expect(PurchaseSimulation(program: program, purchase: known.purchase, member: stranger).award.points == 20)
  }

  @Test func aFrozenAccountIsFrozenAndAClosedOneFromItsDayOn() throws {
    let program = try program(
      #""timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]"#)
    var account = Account(memberId: "M-7", programId: "shop")
    let since = try moment("2026-01-20T00:00:00Z")
    let before = since.advanced(byMilliseconds: -1)
    account.terms.standing = .frozen(since: since)
    #expect(try MemberPast(statement(of: account), traits: nil, under: program, at: since).isFrozen)
    account.terms.standing = .closed(since: since, endsAt: try moment("2026-06-01T00:00:00Z"))
    let closed = try statement(of: account)
    #expect(try MemberPast(closed, closedAt: since, traits: nil, under: program, at: since).isClosed)
    #expect(try !MemberPast(closed, closedAt: since, traits: nil, under: program, at: before).isClosed)
    #expect(try MemberPast(closed, closedAt: nil, traits: nil, under: program, at: before).isClosed)
  }

  @Test func anAccountOfAnEarlierReleaseIsNotTakenForANewMembers() throws {
    let program = try program(
      #""timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]"#)
    var told = Account(memberId: "M-7", programId: "shop").statement
    told.earning = nil
    #expect(throws: InquiryError.noEarningPast(memberId: "M-7", programId: "shop")) {
      try MemberPast(told, traits: nil, under: program, at: .epoch)
    }
  }

  // MARK: As the engine would

  private static let rules = #"""
    "earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"},
     {"id":"fruit","kind":"product","points":5,"when":{"category":["fruit"]},
      "limits":{"pointsPerWeek":20,"pointsLifetime":900}},
     {"id":"third-day","kind":"visits","every":3,"points":30,"oncePerDay":true},
     {"id":"fifth","kind":"visits","every":5,"points":50},
     {"id":"big-month","kind":"threshold","amount":"300.00","points":100,"within":"month","repeat":true},
     {"id":"big-day","kind":"threshold","amount":"90.00","points":40,"within":"day"},
     {"id":"every-seventh","kind":"transaction","points":7,"when":{"nthPurchase":{"every":7}}},
     {"id":"review","kind":"activity","activity":"review","points":10,"limit":{"times":2,"per":"month"}}],
    "limits":{"pointsPerDay":150,"pointsPerMonth":1500},
    "tiers":{"metric":"spend","window":{"kind":"rolling","months":2},
     "levels":[{"id":"member","from":"0"},{"id":"silver","from":"50","factor":"1.25"}]}
    """#

  /// A member's months: purchases, some of them late, returns, activities, and levels that are told late.
  private struct Life {
    let program: Program
    let random: SeededRandom
    var account = Account(memberId: "M-7", programId: "shop")
    private var records: [PurchaseRecord] = []
    private var number = 0

    init(_ program: Program, _ random: SeededRandom, from start: Instant) {
      self.program = program
      self.random = random
      account.clock = start
    }

    mutating func goOn(_ purchase: (String, Int64, Instant) throws -> Transaction) throws {
      var journal = Journal()
      number += 1
      let now = account.clock.advanced(byMilliseconds: Int64(random.below(30)) * Instant.hourMs)
      let late = now.advanced(byMilliseconds: -Int64(random.below(20)) * Instant.dayMs)
      switch random.weighted([70, 10, 10, 10]) {
      case 0:
        let bought = try purchase(
          "P-\(number)", Int64(random.within(100...12_000)), random.chance(150) ? late : now)
        records.append(account.book(bought, under: program, bookedAt: now, into: &journal))
      case 1 where !records.isEmpty:
        let index = random.below(records.count)
        var back = try purchase("R-\(number)", 0, now)
        back.kind =
          random.chance(500)
          ? .cancelled(purchaseId: records[index].purchaseId)
          : .returned(Return(purchaseId: records[index].purchaseId, refund: 500))
        account.apply(back, to: &records[index], under: program, bookedAt: now, into: &journal)
      case 2:
        var rooms = CampaignRooms.unlimited
        let review = Activity(
          id: "A-\(number)", source: "app", memberId: "M-7", occurredAt: now, name: "review")
        _ = account.book(review, under: program, traits: nil, rooms: &rooms, bookedAt: now, into: &journal)
      default:
        let change = TierChange(
          memberId: "M-7", programId: "shop", level: random.pick(["member", "silver"]), previous: "member",
          since: random.chance(500) ? late : now, until: nil, reason: .upgrade, metric: .zero, cause: "P-\(number)")
        var rated = RatedRecords(purchases: records)
        let program = program
        _ = account.note(
          change, records: &rated, version: { _ in program }, bookedAt: now, into: &journal)
        records = rated.purchases
      }
      account.settle(upTo: now, bookedAt: now, into: &journal)
    }
  }

  /// What the engine would award if the purchase came now.
  private func award(of purchase: Transaction, to account: Account, under program: Program) -> Award {
    program.rate(
      purchase, member: MemberFacts(level: account.tierLevel(at: purchase.occurredAt)), counters: account.counters,
      rooms: .unlimited)
  }

  @Test(arguments: ["UTC", "Pacific/Pago_Pago", "Pacific/Kiritimati", "America/New_York"], 0..<3 as Range<UInt64>)
  func thePublishedAccountRatesWhatIsNotBookedAsTheEngineWould(zone: String, seed: UInt64) throws {
    let program = try program(#""timeZone":"\#(zone)","# + Self.rules)
    let random = SeededRandom(seed)
    var life = Life(program, random, from: try moment("2026-01-01T00:00:00Z"))
    var (cut, capped, visits, refused) = (0, 0, 0, 0)
    for step in 0..<260 {
      try life.goOn { id, cents, at in try purchase(id, cents, at: at) }
      let told = try statement(of: life.account)
      let earning = try #require(told.earning)
      if earning.since != nil { cut += 1 }
      for days in [0, random.within(1...40), -random.within(1...30), -32] {
        let at = life.account.clock.advanced(byMilliseconds: Int64(days) * Instant.dayMs)
        let bought = try purchase("S-\(step)", Int64(random.within(100...20_000)), at: at)
        if let since = earning.since, at < since {
          refused += 1
          #expect(throws: InquiryError.earningPastTooShort(memberId: "M-7", programId: "shop", since: since)) {
            try MemberPast(told, traits: nil, under: program, at: at)
          }
          continue
        }
        let past = try MemberPast(told, traits: nil, under: program, at: at)
        let simulated = PurchaseSimulation(program: program, purchase: bought, member: past).award
        let booked = award(of: bought, to: life.account, under: program)
        #expect(simulated == booked, "step \(step), \(days) days from \(life.account.clock.rfc3339)")
        if booked.lines.contains(where: { $0.capped != nil }) { capped += 1 }
        if booked.lines.contains(where: { $0.award.rule == "third-day" }) { visits += 1 }
      }
    }
    // Else nothing of it would have been tried.
    #expect(cut > 100 && capped > 50 && visits > 50 && refused > 100, "\(cut), \(capped), \(visits), \(refused)")
  }

  @Test func theStatementsOfALongLifeStayShort() throws {
    let program = try program(#""timeZone":"UTC","# + Self.rules)
    var account = Account(memberId: "M-7", programId: "shop")
    var journal = Journal()
    var sizes: [Int] = []
    for day in 0..<360 {
      let at = try moment("2026-01-01T12:00:00Z").advanced(byMilliseconds: Int64(day) * Instant.dayMs)
      _ = account.book(
        try purchase("P-\(day)", 9_500, at: at), under: program, bookedAt: at, into: &journal)
      var writer = JSONWriter()
      account.statement.encode(to: &writer)
      sizes.append(writer.bytes.count)
    }
    #expect((sizes.max() ?? 0) < 5_000 && sizes[359] <= sizes[40] + 200, "\(sizes[40]), \(sizes[359])")
  }
}
