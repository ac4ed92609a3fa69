import Loyalty
import Partners
import Testing

@Suite(.timeLimit(.minutes(10))) struct PartnerGateTests {
  private let start = TestPartners.start

  private func gate(share: Int = 1) throws -> PartnerGate {
    PartnerGate(try TestPartners.account(.gotIt).adapter.terms, share: share)
  }

  /// Got It: "Limit max 3000 request trong 5 phút."
  @Test func noMoreCallsThanThePartnerAllows() throws {
    var gate = try gate(share: 3)
    for _ in 0..<1_000 {
      #expect(gate.mayCall(at: start))
      gate.called(at: start)
    }
    #expect(!gate.mayCall(at: start.adding(299)))
    #expect(gate.mayCall(at: start.adding(300)))
    gate.called(at: start.adding(300))
    #expect(gate.mayCall(at: start.adding(300)))
  }

  @Test func aRefusedAccountHoldsEverythingAndIsTriedWithOneCall() throws {
    var gate = try gate()
    #expect(gate.take(IssueVerdict.account(code: "gotit-0002"), at: start) == .held(code: "gotit-0002"))
    #expect(gate.isHeld && !gate.mayCall(at: start.adding(29)) && gate.mayCall(at: start.adding(30)))
    // Those that were out already say nothing more.
    #expect(gate.take(IssueVerdict.account(code: "gotit-0002"), at: start.adding(1)) == .none)
    #expect(gate.take(IssueVerdict.issued([]), at: start.adding(1)) == .none)
    gate.called(at: start.adding(30))
    #expect(!gate.mayCall(at: start.adding(30)), "one at a time")
    #expect(gate.take(StatusVerdict.limit(code: "gotit-3002"), at: start.adding(31)) == .none)
    #expect(!gate.mayCall(at: start.adding(90)) && gate.mayCall(at: start.adding(91)), "twice as long")
    gate.called(at: start.adding(91))
    #expect(gate.take(StatusVerdict.notKnown(code: "gotit-2007"), at: start.adding(92)) == .opened)
    #expect(!gate.isHeld && gate.mayCall(at: start.adding(92)))
    #expect(gate.take(IssueVerdict.later(code: "not-sent"), at: start.adding(93)) == .held(code: "not-sent"))
    #expect(gate.mayCall(at: start.adding(123)), "the first pause again")
  }

  @Test func whatConcernsOneOrderHoldsNobody() throws {
    var gate = try gate()
    for verdict in [
      IssueVerdict.outOfStock(code: "a"), .refused(code: "b"), .exists(code: "c"), .unknown(code: "d"),
      .later(code: "e"), .issued([]),
    ] {
      #expect(gate.take(verdict, at: start) == .none && !gate.isHeld)
    }
  }

  @Test func aCallWhoseOutcomeNobodyTellsDoesNotCloseItForGood() throws {
    var gate = try gate()
    _ = gate.take(IssueVerdict.limit(code: "x"), at: start)
    gate.called(at: start.adding(30))
    #expect(!gate.mayCall(at: start.adding(629)) && gate.mayCall(at: start.adding(630)))
  }
}
