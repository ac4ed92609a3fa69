import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct TransferTests {
  private let programme = program(
    expiry: .months(6),
    transfer: TransferPolicy(minimumPoints: 5, pointsPerDay: 50, pointsPerMonth: 80))

  /// M-1 with 100 points in two lots, and M-2.
  private func pair() -> (Shop, Shop) {
    var sender = Shop(programme)
    sender.buy("A", at: "2017-01-02", "30.00")
    sender.buy("B", at: "2017-01-03", "70.00")
    return (sender, Shop(programme, member: "M-2"))
  }

  private func inTransfer(_ shops: Shop...) -> Int64 { shops.reduce(0) { $0 + $1.account.totals.transferred.value } }

  @Test func pointsMoveWithTheirExpiryAndNoneIsLostOnTheWay() throws {
    var (sender, recipient) = pair()
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    #expect(sender.available == 60 && inTransfer(sender, recipient) == 40)
    #expect(recipient.receive(transfer) == nil)
    #expect(recipient.available == 40 && inTransfer(sender, recipient) == 0)
    let name = ":transfer:M-1:T@\(time("2017-01-04").milliseconds)"
    #expect(recipient.lots == ["\(name):1 0+30", "\(name):2 0+10"])
    #expect(recipient.account.lots.map(\.expiresAt) == [time("2017-07-02"), time("2017-07-03")])
    #expect(sender.entries.suffix(2).allSatisfy { $0.type == .transferredOut && $0.counterparty == "M-2" })
    #expect(recipient.entries.map(\.counterparty) == ["M-1", "M-1"])
    recipient.settle("2017-07-02")
    #expect(recipient.available == 10)
  }

  @Test func theSameTransferTwiceMovesNothingTheSecondTime() throws {
    var (sender, recipient) = pair()
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    #expect(sender.send(40, to: "M-2", "T", at: "2017-01-04") == nil)
    for _ in 0..<2 { #expect(recipient.receive(transfer) == nil) }
    #expect(sender.available == 60 && recipient.available == 40)
    for _ in 0..<2 { sender.takeBack(transfer, because: .accountClosed) }
    #expect(sender.available == 100)
  }

  @Test func aClosedRecipientSendsPointsBackToTheLotsTheyCameFrom() throws {
    var (sender, recipient) = pair()
    recipient.close("C", at: "2017-01-01")
    let before = sender.account.lots
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    let answer = recipient.receive(transfer)
    let code = try #require(answer)
    #expect(code == .accountClosed && recipient.available == 0)
    sender.takeBack(transfer, because: code)
    #expect(sender.account.lots == before && inTransfer(sender, recipient) == 0)
    #expect(sender.entries.last?.type == .transferReturned && sender.entries.last?.reason == "account-closed")
  }

  @Test func whatComesBackAfterItsExpiryHasAGrace() throws {
    var (sender, _) = pair()
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    sender.settle("2017-12-01")
    sender.takeBack(transfer, because: .accountClosed)
    #expect(sender.available == 40 && sender.account.lots.allSatisfy { $0.expiresAt == time("2017-12-31") })
  }

  @Test func pointsThatExpiredOnTheWayExpireAtTheRecipient() throws {
    var (sender, recipient) = pair()
    recipient.settle("2018-01-01")
    let sent = sender.send(30, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    #expect(recipient.receive(transfer) == nil)
    #expect(recipient.available == 0 && recipient.account.totals.expired == 30)
  }

  @Test func receivedPointsRepayADebtFirst() throws {
    var (sender, recipient) = pair()
    recipient.program.returns.overdraw = .negative
    recipient.buy("P", at: "2017-01-02", "10.00")
    recipient.redeem(10, "R", at: "2017-01-02")
    recipient.cancel("C", of: "P", at: "2017-01-03")
    #expect(recipient.available == -10)
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    #expect(recipient.receive(transfer) == nil && recipient.available == 30)
  }

  @Test(arguments: [
    (Int64(4), "M-2", "below-minimum"), (0, "M-2", "amount-out-of-range"), (51, "M-2", "transfer-limit"),
    (40, "M-1", "same-member"),
  ])
  func transfersAreRefusedWithTheirReason(points: Int64, to recipient: String, reason: String) {
    var (sender, _) = pair()
    #expect(sender.send(points, to: recipient, "T", at: "2017-01-04") == nil)
    #expect(sender.entries.last?.type == .transferRefused && sender.entries.last?.reason == reason)
    #expect(sender.available == 100)
  }

  @Test func limitsHoldForTheLocalDayAndMonth() {
    var (sender, _) = pair()
    #expect(sender.send(30, to: "M-2", "T1", at: "2017-01-30T23:00:00Z") != nil)
    #expect(sender.send(30, to: "M-2", "T2", at: "2017-01-30T23:59:59Z") == nil)
    #expect(sender.send(30, to: "M-2", "T3", at: "2017-01-31T00:00:00Z") != nil)
    #expect(sender.send(30, to: "M-2", "T4", at: "2017-01-31T01:00:00Z") == nil)
    #expect(sender.entries.last?.reason == "transfer-limit")
    #expect(sender.send(30, to: "M-2", "T5", at: "2017-02-01T00:00:00Z") != nil)
  }

  @Test func whatIsNotThereOrNotAllowedOrPausedIsRefused() {
    var (sender, _) = pair()
    sender.redeem(70, "R", at: "2017-01-04")
    sender.send(40, to: "M-2", "T1", at: "2017-01-04")
    #expect(sender.entries.last?.reason == "insufficient-points")
    sender.program.transfer = nil
    sender.send(5, to: "M-2", "T2", at: "2017-01-04")
    #expect(sender.entries.last?.reason == "transfer-not-allowed")
    sender.program.status = .paused
    sender.send(5, to: "M-2", "T3", at: "2017-01-04")
    #expect(sender.entries.last?.reason == "program-paused")
  }

  @Test func aTransferIsOfAsManyPartsAsAnAccountHasLotsAndNoMore() {
    var sender = Shop(program(expiry: .months(6), transfer: TransferPolicy()))
    for index in 0...Account.lotsMax {
      var bought = purchase("P\(index)", lines: [line("A", nil, "1.00")])
      bought.occurredAt = time("2017-01-02").advanced(byMilliseconds: Int64(index))
      sender.buy(bought)
    }
    let transfer = sender.send(Int64(Account.lotsMax) + 1, to: "M-2", "T1", at: "2017-01-03")
    #expect(transfer.map { $0.parts.count <= Account.lotsMax && $0.points == 1_001 } == true)
    var recipient = Shop(sender.program, member: "M-2")
    for index in 0...Account.lotsMax { recipient.buy("Q\(index)", at: "2017-01-02", "1.00") }
    #expect(transfer.map { recipient.receive($0) } == .some(nil))
    #expect(recipient.available == 2_002 && recipient.account.lots.count <= Account.lotsMax)
  }

  @Test func pointsOfAnErasedSenderExpireWhenTheyComeBack() throws {
    var (sender, _) = pair()
    let sent = sender.send(40, to: "M-2", "T", at: "2017-01-04")
    let transfer = try #require(sent)
    var anew = Account(memberId: "M-1", programId: "journey")
    var journal = Journal()
    anew.forfeit(transfer, bookedAt: time("2017-01-05"), into: &journal)
    #expect(anew.totals.transferred == -40 && anew.totals.expired == 40 && anew.balances == Balances())
    #expect(journal.entries.map(\.reason) == ["member-erased"])
  }
}
