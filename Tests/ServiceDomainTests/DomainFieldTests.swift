import Loyalty
import ServiceDomain
import StreamRuntime
import Testing

/// Domain values survive their rows.
@Suite(.timeLimit(.minutes(10))) struct DomainFieldTests {
  private func roundTrip<Value>(
    _ write: (RowEncoder) -> Void, _ read: (inout RowDecoder) throws -> Value
  ) throws -> Value {
    let buffer = ByteBuffer()
    write(RowEncoder(into: buffer))
    var decoder = RowDecoder(buffer.bytes)
    let value = try read(&decoder)
    #expect(decoder.isAtEnd)
    return value
  }

  private var transaction: Transaction {
    get throws {
      Transaction(
        id: "R-1", source: "pos", kind: .purchase, memberId: "M-1", programId: "journey",
        occurredAt: Instant(milliseconds: 1_500_000_000_000), currency: try #require(Currency.known("USD")))
    }
  }

  @Test func returnsAndCancelsThatWaitComeBackAsTheyWere() throws {
    var returned = Return(purchaseId: "P-1")
    returned.refund = 1_250
    returned.lines = [ReturnedLine(sku: "A", quantity: ExactDecimal(significand: 15, scale: 1), amount: nil)]
    for kind in [Transaction.Kind.cancelled(purchaseId: "P-1"), .returned(returned)] {
      var reversal = try transaction
      reversal.kind = kind
      let waiting = WaitingReturn(
        transaction: reversal, deadline: Instant(milliseconds: 1_600_000_000_000), programVersion: 3)
      let found = try roundTrip({ waiting.encode(to: $0, tellsParts: false) }) {
        try WaitingReturn(from: &$0, tellsParts: false)
      }
      #expect(found == waiting)
    }
  }

  @Test func spendComesBackAsItWas() throws {
    let spend = PurchaseSpend(
      lines: [SpendLine(sku: "A", quantity: 3, returned: 1, eligible: 900, refunded: 300)], eligible: 900,
      refunded: 300, refundedAmounts: 20)
    for tellsParts in [false, true] {
      #expect(
        try roundTrip({ $0.spend(spend, tellsParts: tellsParts) }) { try $0.spend(tellsParts: tellsParts) } == spend)
    }
  }

  @Test func instantsAndPointsComeBackAsTheyWere() throws {
    let start = Instant(milliseconds: 1_500_000_000_000)
    let later: Instant? = Instant(milliseconds: 1_500_000_000_007)
    let found = try roundTrip({
      $0.instant(start)
      $0.optionalInstant(later, after: start)
      $0.optionalInstant(nil)
      $0.points(-5)
    }) { (try $0.instant(), try $0.optionalInstant(after: start), try $0.optionalInstant(), try $0.points()) }
    #expect(found.0 == start && found.1 == later && found.2 == nil && found.3 == -5)
  }
}
