import Contracts
import Inquiry
import Loyalty
import Testing

/// Why an entry says what it says: entries are those that the account books.
@Suite(.timeLimit(.minutes(10))) struct EntryExplanationTests {
  /// A silver member buys for 42.60, and half of it comes back.
  private struct Life {
    let program: Program
    var account = Account(memberId: "M-1", programId: "shop")
    var entries: [LedgerEntry] = []

    init() throws {
      let text = """
        {"id":"shop","version":3,"effectiveFrom":"2026-01-01T00:00:00Z","name":"Shop","status":"active",\
        "currencies":["USD"],"timeZone":"UTC","expiry":{"kind":"days","days":10},
        "earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
        "tiers":{"metric":"spend","window":{"kind":"lifetime"},
         "levels":[{"id":"member","from":"0"},{"id":"silver","from":"50","factor":"1.25"}]}}
        """
      program = try ProgramDocument.decode(Array(text.utf8))
      account.tierHistory = [TierStep(level: "silver", since: .epoch)]
      let purchase = try event(#""type":"purchase.completed","id":"P-1","lines":[{"sku":"A","amount":"42.60"}]"#)
      var journal = Journal()
      var record = account.book(purchase, under: program, bookedAt: purchase.occurredAt, into: &journal)
      let back = try event(#""type":"purchase.returned","id":"R-1","purchaseId":"P-1","refund":"21.30""#)
      account.apply(back, to: &record, under: program, bookedAt: back.occurredAt, into: &journal)
      entries = journal.entries
    }

    /// The account is closed the day after, and its grace passes.
    mutating func end() {
      var journal = Journal()
      let at = Instant(milliseconds: account.clock.milliseconds + 86_400_000)
      let command = MemberCommand(
        id: "C-1", kind: .close, memberId: "M-1", occurredAt: at, actor: "ann", reason: "member asked")
      _ = account.change(.close, for: command, under: program, bookedAt: at, into: &journal)
      account.settle(upTo: .distantFuture, bookedAt: at, into: &journal)
      entries += journal.entries
    }

    /// Two more purchases under a limit that the first of them uses up.
    mutating func useUpALimit() throws {
      var limited = program
      limited.earning = [EarningRule(id: "base", kind: .spend(points: .one, per: .one))]
      limited.limits = PointLimits(perPeriod: [.init(.day, 10)])
      var journal = Journal()
      for id in ["P-2", "P-3"] {
        let more = try event(#""type":"purchase.completed","id":"\#(id)","lines":[{"sku":"A","amount":"12.00"}]"#)
        _ = account.book(more, under: limited, bookedAt: more.occurredAt, into: &journal)
      }
      entries += journal.entries
    }

    private func event(_ fields: String) throws -> Transaction {
      let text = """
        {"occurredAt":"2026-02-01T10:00:00Z","source":"till","member":{"id":"M-1"},"currency":"USD",\(fields)}
        """
      return try Array(text.utf8).withUnsafeBytes { try TransactionDecoder(.commerce).decode($0) }
    }

    /// The title and the words, a line each.
    func explanation(of number: Int, published: Bool = true) -> String {
      let explanation = EntryExplanation(
        entry: entries[number - 1], program: published ? program : nil, history: Array(entries.prefix(number)))
      return ([explanation.title] + explanation.rows.map(\.words)).joined(separator: "\n")
    }
  }

  @Test func anAwardIsToldWithRuleVersionAndArithmetic() throws {
    let told = try Life().explanation(of: 1)
    #expect(told.contains("Entry 1 of M-1 in shop: 42 points, points.earned, rule base"))
    #expect(told.contains("P-1 of till, on 2026-02-01T10:00:00Z"))
    #expect(told.contains("base of Shop, version 3: 1 point for every 1 of eligible spend"))
    #expect(told.contains("1 × 42.60 USD ÷ 1 = 42 (rounded down)"))
    #expect(told.contains("42 from program:issued to member:available, lot till:P-1, expires 2026-02-11T10:00:00Z"))
  }

  @Test func whyThereIsNothingIsTold() throws {
    var life = try Life()
    try life.useUpALimit()
    let number = life.entries.firstIndex { $0.cause == "P-3" && $0.rule == "base" }.map { $0 + 1 }
    let told = life.explanation(of: try #require(number))
    #expect(told.contains("0 points, points.earning-refused, rule base"))
    #expect(told.contains("1 × 12.00 USD ÷ 1, cut by the programme's limits.pointsPerDay to 0"), "\(told)")
    #expect(told.contains("the limit was used up by what this member had been given before"))
  }

  @Test func theTiersFactorNamesTheLevelThatDecided() throws {
    #expect(try Life().explanation(of: 2).contains("(1.25 − 1) × 42 points at tier silver = 10 (rounded down)"))
  }

  @Test func aReversalTellsWhatThePurchaseWasGrantedAndWhatIsTakenBack() throws {
    let told = try Life().explanation(of: 3)
    #expect(told.contains("purchase till:P-1 was granted 52; with this entry 26 are taken back"))
  }

  @Test func aVersionThatIsGoneIsSaid() throws {
    #expect(
      try Life().explanation(of: 1, published: false).contains("base of version 3, which is not published any more"))
  }

  @Test func theEndOfAClosedAccountIsToldInWords() throws {
    var life = try Life()
    life.account.lots[0].expiresAt = nil
    life.end()
    let closed = try #require(life.entries.firstIndex { $0.type == .memberClosed }) + 1
    #expect(life.explanation(of: closed).contains("closed: member asked; what is left expires on 2026-03-04T10:00:00Z"))
    #expect(life.explanation(of: closed + 1).contains("the account was closed, and its time of grace is over"))
  }
}
