import Loyalty
import Partners
import Testing

/// Every way that an order can go, some calls deep: whatever partners answer, and whenever the process dies.
@Suite(.timeLimit(.minutes(10))) struct PartnerDeliveryPropertyTests {
  private static let callsMax = 5
  private static let vouchers = [PartnerVoucher(code: "C", serial: "S")]
  private static let issueVerdicts: [IssueVerdict?] = [
    .issued(vouchers), .outOfStock(code: "o"), .refused(code: "r"), .account(code: "a"), .limit(code: "l"),
    .later(code: "not-sent"), .exists(code: "e"), .unknown(code: "u"), nil,
  ]
  private static let statusVerdicts: [StatusVerdict?] = [
    .issued(vouchers), .notKnown(code: "n"), .refused(code: "r"), .account(code: "a"), .unknown(code: "u"), nil,
  ]

  /// What a witness knows who sees calls and answers alone.
  private struct Witness {
    var reference: PartnerReference?
    var lastIssue: Instant?
    /// An order may be there: from an answer that leaves it open, until the partner says that there is none.
    var isOpen = false
    var wasSent = false
    /// Calls whose outcome was lost: what comes of them late must change nothing.
    var lateIssues: [IssueCall] = []
    var lateQuestions: [StatusCall] = []
    var toldDoubt = 0
    var toldEnd = 0
  }

  private final class Count {
    var ways = 0
    var issues = 0
  }

  @Test(arguments: PartnerAccount.AdapterName.allCases)
  func nothingIsOrderedWhileAnOrderMayBeThere(name: PartnerAccount.AdapterName) throws {
    let adapter = try TestPartners.account(name).adapter
    let patience = PartnerPatience(terms: adapter.terms)
    let count = Count()
    try walk(try TestPartners.delivery(TestPartners.order(name), adapter), Witness(), 0, patience, count)
    #expect(count.ways > 5_000 && count.issues > 300)
  }

  private func walk(
    _ delivery: PartnerDelivery, _ witness: Witness, _ calls: Int, _ patience: PartnerPatience, _ count: Count
  ) throws {
    #expect(PartnerDelivery(json: delivery.json) == delivery)
    #expect(witness.toldDoubt <= 1 && witness.toldEnd <= 1)
    #expect(delivery.isSettled == (witness.toldEnd == 1))
    guard let due = delivery.dueAt, calls < Self.callsMax else {
      count.ways += 1
      return #expect(delivery.isSettled || calls == Self.callsMax, "an order that nobody looks at again")
    }
    var next = delivery
    expectDeaf(delivery, witness, patience)
    switch next.next(at: due, mayCall: true, patience) {
    case .call(.issue(let call)):
      expectDeaf(next, witness, patience)
      var seen = witness
      #expect(!seen.isOpen, "an order that may be there is ordered again")
      #expect(seen.reference == nil || seen.reference == call.reference)
      if let last = seen.lastIssue, seen.wasSent {
        #expect(due >= last.advanced(byMilliseconds: patience.repeatAfterMs))
      }
      (seen.reference, seen.lastIssue) = (call.reference, due)
      count.issues += 1
      for verdict in Self.issueVerdicts {
        var (answered, knows) = (next, seen)
        knows.isOpen = [nil, "exists", "unknown"].contains(verdict?.outcome)
        knows.wasSent = verdict?.code != "not-sent"
        if verdict == nil { knows.lateIssues.append(call) }
        let now = due.advanced(byMilliseconds: 1_000)
        let news =
          verdict.map { answered.take($0, of: call, at: now, patience) } ?? answered.interrupt(at: now)
        note(news, &knows)
        try walk(answered, knows, calls + 1, patience, count)
      }
    case .call(.status(let call)):
      expectDeaf(next, witness, patience)
      #expect(call.reference == witness.reference)
      for verdict in Self.statusVerdicts {
        var (answered, knows) = (next, witness)
        if ["issued", "not-known", "refused"].contains(verdict?.outcome) { knows.isOpen = false }
        if verdict == nil { knows.lateQuestions.append(call) }
        let now = due.advanced(byMilliseconds: 1_000)
        let news =
          verdict.map { answered.take($0, of: call, at: now, patience) } ?? answered.interrupt(at: now)
        note(news, &knows)
        if case .refused? = news { #expect(!knows.isOpen, "points go back while an order may be there") }
        try walk(answered, knows, calls + 1, patience, count)
      }
    case .told(let news):
      var knows = witness
      note(news, &knows)
      #expect(!witness.isOpen)
      try walk(next, knows, calls, patience, count)
    case .nothing: Issue.record("what is due does nothing")
    }
  }

  private func expectDeaf(_ delivery: PartnerDelivery, _ witness: Witness, _ patience: PartnerPatience) {
    let now = TestPartners.start
    for call in witness.lateIssues {
      var heard = delivery
      #expect(heard.take(.refused(code: "late"), of: call, at: now, patience) == nil && heard == delivery)
    }
    for call in witness.lateQuestions {
      var heard = delivery
      #expect(heard.take(.notKnown(code: "late"), of: call, at: now, patience) == nil && heard == delivery)
    }
  }

  private func note(_ news: PartnerNews?, _ witness: inout Witness) {
    switch news {
    case .inDoubt: witness.toldDoubt += 1
    case .issued, .refused: witness.toldEnd += 1
    case nil: break
    }
  }
}
