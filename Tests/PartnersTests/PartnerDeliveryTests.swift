import JSON
import Loyalty
import Partners
import Testing

/// One order on its way: what goes out, what follows from what comes back.
@Suite(.timeLimit(.minutes(10))) struct PartnerDeliveryTests {
  private let adapter: any PartnerAdapter
  private let patience: PartnerPatience
  private let start = TestPartners.start
  private let voucher = PartnerVoucher(code: "4142468304", serial: "VX1")

  init() throws {
    adapter = try TestPartners.account(.gotIt).adapter
    patience = PartnerPatience(terms: adapter.terms)
  }

  private func asked() throws -> (PartnerDelivery, IssueCall) {
    var delivery = try TestPartners.delivery(TestPartners.order(), adapter)
    let call = try TestPartners.issueCall(&delivery, adapter)
    return (delivery, call)
  }

  private func question(_ delivery: inout PartnerDelivery, at now: Instant) throws -> StatusCall {
    let step = delivery.next(at: now, mayCall: true, patience)
    guard case .call(.status(let call)) = step else { throw TestPartners.Unexpected(what: "\(step)") }
    return call
  }

  @Test func anOrderGoesOutOnceAndIsIssued() throws {
    var (delivery, call) = try asked()
    #expect(delivery.dueAt == nil && delivery.next(at: start.adding(9_999), mayCall: true, patience) == .nothing)
    #expect(delivery.take(.issued([voucher]), of: call, at: start.adding(1), patience) == .issued([voucher]))
    guard case .issued(let issued) = delivery.state else { throw TestPartners.Unexpected(what: "\(delivery.state)") }
    #expect(issued.at == start.adding(1) && issued.count == 1 && issued.serials == ["VX1"])
    #expect(delivery.take(.refused(code: "gotit-2001"), of: call, at: start.adding(2), patience) == nil)
    #expect(!delivery.json.compact.contains("4142468304"))
  }

  /// After a time-out: the state by reference first, then, when Got It allows it, the same reference.
  @Test func afterSilenceTheReferenceIsAskedForAndThenOrderedAgain() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start.adding(30), patience) == .inDoubt)
    #expect(delivery.inDoubtSince == start.adding(30))
    let status = try question(&delivery, at: start.adding(45))
    #expect(status.reference == call.reference)
    #expect(delivery.take(.notKnown(code: "gotit-2007"), of: status, at: start.adding(46), patience) == nil)
    #expect(delivery.dueAt == start.adding(300), "five minutes after it went out")
    #expect(delivery.next(at: start.adding(299), mayCall: true, patience) == .nothing)
    guard case .call(.issue(let again)) = delivery.next(at: start.adding(300), mayCall: true, patience) else {
      throw TestPartners.Unexpected(what: "\(delivery.state)")
    }
    #expect(again.reference == call.reference && again.order == call.order && again.number != call.number)
    #expect(adapter.issue(again)?.body == adapter.issue(call)?.body, "the same order, byte by byte")
    // It had arrived after all: 2008, which is not the voucher.
    #expect(delivery.take(.exists(code: "gotit-2008"), of: again, at: start.adding(301), patience) == nil)
    let second = try question(&delivery, at: start.adding(301))
    #expect(
      delivery.take(.issued([voucher]), of: second, at: start.adding(302), patience) == .issued([voucher]))
  }

  @Test func whatWasNotSentIsOrderedAgainSoon() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.later(code: "not-sent"), of: call, at: start, patience) == nil)
    #expect(delivery.dueAt == start.adding(15) && delivery.inDoubtSince == nil)
  }

  /// "After a failure the same one is allowed after 5 minutes."
  @Test(arguments: [
    IssueVerdict.account(code: "gotit-0002"), .limit(code: "gotit-3004"), .later(code: "later"),
  ]) func afterAFailureThePartnersTimeIsKept(verdict: IssueVerdict) throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(verdict, of: call, at: start.adding(1), patience) == nil)
    #expect(delivery.dueAt == start.adding(301))
  }

  @Test func outOfStockIsToldAtOnce() throws {
    var (delivery, call) = try asked()
    let news = delivery.take(.outOfStock(code: "gotit-5003"), of: call, at: start.adding(1), patience)
    #expect(news == .refused(.outOfStock("gotit-5003")))
    #expect(delivery.isSettled)
  }

  /// The first order may still arrive: its reference is asked for before points go back.
  @Test func aRefusalAfterDoubtIsAskedFor() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    let first = try question(&delivery, at: start.adding(15))
    #expect(delivery.take(.notKnown(code: "gotit-2007"), of: first, at: start.adding(16), patience) == nil)
    guard case .call(.issue(let again)) = delivery.next(at: start.adding(300), mayCall: true, patience) else {
      throw TestPartners.Unexpected(what: "\(delivery.state)")
    }
    var other = delivery
    #expect(delivery.take(.outOfStock(code: "gotit-5003"), of: again, at: start.adding(301), patience) == nil)
    let second = try question(&delivery, at: start.adding(301))
    #expect(
      delivery.take(.notKnown(code: "gotit-2007"), of: second, at: start.adding(302), patience)
        == .refused(.outOfStock("gotit-5003")))
    #expect(other.take(.outOfStock(code: "gotit-5003"), of: again, at: start.adding(301), patience) == nil)
    let third = try question(&other, at: start.adding(301))
    #expect(other.take(.issued([voucher]), of: third, at: start.adding(302), patience) == .issued([voucher]))
  }

  @Test func aKillWhileACallIsOutLeavesDoubt() throws {
    var (delivery, call) = try asked()
    let kept = try #require(PartnerDelivery(json: delivery.json))
    #expect(kept == delivery)
    #expect(delivery.interrupt(at: start.adding(60)) == .inDoubt)
    let status = try question(&delivery, at: start.adding(60))
    #expect(delivery.interrupt(at: start.adding(90)) == nil)
    #expect(delivery.dueAt == start.adding(90) && delivery.inDoubtSince == start.adding(60))
    // What came of the calls of before is true of the reference where it is vouchers, and nothing otherwise.
    #expect(delivery.take(.refused(code: "gotit-2001"), of: call, at: start.adding(91), patience) == nil)
    #expect(delivery.take(.notKnown(code: "gotit-2007"), of: status, at: start.adding(91), patience) == nil)
    #expect(delivery.inDoubtSince == start.adding(60))
    #expect(delivery.take(.issued([voucher]), of: call, at: start.adding(92), patience) == .issued([voucher]))
  }

  /// What was said of the reference before it was ordered again says nothing of what is there now.
  @Test func aLateAnswerFromBeforeTheSecondOrderIsNotTaken() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    var late: [StatusCall] = []
    for seconds in [15, 75, 195] {
      late.append(try question(&delivery, at: start.adding(Int64(seconds))))
      if seconds < 195 { #expect(delivery.interrupt(at: start.adding(Int64(seconds))) == nil) }
    }
    #expect(delivery.take(.notKnown(code: "gotit-2007"), of: late[2], at: start.adding(196), patience) == nil)
    let again = try #require(delivery.dueAt)
    guard case .call(.issue(let second)) = delivery.next(at: again, mayCall: true, patience) else {
      throw TestPartners.Unexpected(what: "\(delivery.state)")
    }
    #expect(delivery.take(.unknown(code: "no-answer"), of: second, at: again, patience) == nil)
    for seconds in [15, 75, 195] {
      _ = try question(&delivery, at: again.adding(Int64(seconds)))
      for call in late {
        #expect(delivery.take(.notKnown(code: "gotit-2007"), of: call, at: again.adding(200), patience) == nil)
        #expect(delivery.inDoubtSince == again)
      }
      #expect(delivery.interrupt(at: again.adding(Int64(seconds))) == nil)
    }
  }

  @Test func questionsAreAskedAtLongerAndLongerTimes() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    var now = start
    var waits: [Int64] = []
    for _ in 0..<12 {
      let due = try #require(delivery.dueAt)
      waits.append((due.milliseconds - now.milliseconds) / 1_000)
      now = due
      let status = try question(&delivery, at: now)
      #expect(delivery.take(.unknown(code: "http-503"), of: status, at: now, patience) == nil)
    }
    #expect(waits == [15, 15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
    delivery.askNow(at: now)
    #expect(delivery.dueAt == now)
  }

  @Test func whatIsInDoubtIsNeverGivenUpByTime() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    let status = try question(&delivery, at: start.adding(400 * 86_400))
    #expect(delivery.take(.unknown(code: "http-503"), of: status, at: start.adding(400 * 86_400), patience) == nil)
    #expect(!delivery.isSettled)
  }

  @Test func whatWasNotIssuedForADayIsGivenUpThoughThePartnerIsHeld() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.account(code: "gotit-0002"), of: call, at: start, patience) == nil)
    #expect(delivery.next(at: start.adding(86_399), mayCall: false, patience) == .nothing)
    let given = delivery.next(at: start.adding(86_400), mayCall: false, patience)
    #expect(given == .told(.refused(.gaveUp("gotit-0002"))))
  }

  @Test func anOperatorSettlesWhatIsInDoubtAndNothingElse() throws {
    var (delivery, call) = try asked()
    #expect(delivery.settle(.notIssued(actor: "ann"), at: start) == nil)
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    var other = delivery
    #expect(other.settle(.issued([]), at: start.adding(5)) == nil)
    #expect(other.settle(.issued([voucher]), at: start.adding(5)) == .issued([voucher]))
    #expect(delivery.settle(.notIssued(actor: "ann"), at: start.adding(5)) == .refused(.settled(by: "ann")))
    #expect(delivery.settle(.issued([voucher]), at: start.adding(6)) == nil)
  }

  @Test func aVoucherThatThePartnerTookBackIsNone() throws {
    var (delivery, call) = try asked()
    #expect(delivery.take(.unknown(code: "no-answer"), of: call, at: start, patience) == .inDoubt)
    let status = try question(&delivery, at: start.adding(15))
    let cancelled = PartnerVoucher(code: "1", serial: "S", isCancelled: true)
    #expect(
      delivery.take(.issued([cancelled]), of: status, at: start.adding(16), patience) == .refused(.cancelledThere))
  }

  @Test(arguments: ["{}", "[]", #"{"state":"ready"}"#]) func otherRowsAreNone(text: String) throws {
    #expect(PartnerDelivery(json: try JSONValue(parsing: text)) == nil)
  }
}
