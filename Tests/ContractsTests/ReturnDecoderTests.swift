import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReturnDecoderTests {
  private let head = """
    "id":"R-1","occurredAt":"2026-11-23T10:00:00Z","source":"pos","member":{"id":"M-1"}
    """

  @Test func returnNamesLinesOrARefund() throws {
    let byLines = try Sample.decode(
      """
      {"type":"purchase.returned",\(head),"purchaseId":"P-1","currency":"USD",\
      "lines":[{"sku":"A","quantity":1,"amount":"2.50"},{"sku":"B","quantity":0.5}]}
      """)
    #expect(
      byLines.kind
        == .returned(
          Return(
            purchaseId: "P-1",
            lines: [
              ReturnedLine(sku: "A", quantity: .one, amount: 250),
              ReturnedLine(sku: "B", quantity: ExactDecimal(significand: 5, scale: 1), amount: nil),
            ])))
    let byRefund = try Sample.decode(
      "{\"type\":\"purchase.returned\",\(head),\"purchaseId\":\"P-1\",\"currency\":\"USD\",\"refund\":\"2.50\"}")
    #expect(byRefund.kind == .returned(Return(purchaseId: "P-1", refund: 250)))
  }

  @Test func returnOfNothingIsRefused() {
    let text = "{\"type\":\"purchase.returned\",\(head),\"purchaseId\":\"P-1\",\"currency\":\"USD\"}"
    #expect(Sample.violation(text)?.code == .noLines)
  }

  @Test func negativeRefundIsRefused() {
    let text =
      "{\"type\":\"purchase.returned\",\(head),\"purchaseId\":\"P-1\",\"currency\":\"USD\",\"refund\":\"-1\"}"
    #expect(Sample.violation(text)?.code == .negativeAmount)
  }

  @Test func refundNeedsACurrency() {
    let text = "{\"type\":\"purchase.returned\",\(head),\"purchaseId\":\"P-1\",\"refund\":\"1\"}"
    #expect(Sample.violation(text)?.path == "$.currency")
  }

  @Test func cancelNeedsThePurchaseAndNoCurrency() throws {
    let cancel = try Sample.decode("{\"type\":\"purchase.cancelled\",\(head),\"purchaseId\":\"P-1\"}")
    #expect(cancel.kind == .cancelled(purchaseId: "P-1"))
    #expect(cancel.currency == .unspecified)
    #expect(Sample.violation("{\"type\":\"purchase.cancelled\",\(head)}")?.path == "$.purchaseId")
    let encoded = Sample.encoded { cancel.encode(to: &$0) }
    #expect(try Sample.decode(encoded, .accepted) == cancel)
  }
}
