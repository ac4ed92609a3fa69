import Contracts
import Loyalty
import StreamRuntime
import TestValues
import Testing
import TierEvaluator

/// The rows of one purchase id fit into a record of the changelog, whatever shops send under it.
@Suite(.timeLimit(.minutes(10))) struct RowSizeTests {
  /// What brokers take by default, less what a batch, a key and headers take.
  private static let recordBytesMax = 1_048_576 - 8_192

  private static func id(_ number: Int) -> String {
    let digits = String(number)
    return digits + String(repeating: "😀", count: 128 - digits.utf8.count)
  }

  private static func bytes(_ row: CountedPurchaseRow) -> Int {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return buffer.bytes.count
  }

  /// As large as an event may be.
  private static func counted(_ source: Int) -> CountedPurchase {
    let lines = (0..<480).map {
      SpendLine(
        sku: id($0), quantity: 1_000_000_000_000_000, returned: 1_000_000_000_000_000,
        eligible: -Money.largestOfLine, refunded: Money.largestOfLine)
    }
    var purchase = CountedPurchase(
      purchaseId: id(0), source: id(source), programId: id(0), occurredAt: .distantFuture, currency: usd,
      spend: PurchaseSpend(lines: lines, eligible: Money.largestSum))
    purchase.returnIds = Array(repeating: IdDigest(high: 1 << 63, low: 1 << 63), count: PurchaseSpend.returnsMax)
    return purchase
  }

  @Test func purchasesOfOneIdAndTheirReturnsTakeBoundedBytes() {
    var row = CountedPurchaseRow()
    for source in 0..<20 where row.canRemember(Self.counted(source)) {
      row.remember(Self.counted(source), until: .distantFuture)
    }
    #expect(row.counted.count == 2)
    var state = TierState(memberId: "M-1", programId: "p")
    for number in 0..<20 {
      let lines = (0..<470).map { ReturnedLine(sku: Self.id($0), quantity: .one) }
      let returned = Return(purchaseId: Self.id(0), lines: lines)
      let waiting = WaitingReturn(
        transaction: Transaction(
          id: Self.id(number), source: "pos", kind: .returned(returned), memberId: "M-1",
          occurredAt: .distantFuture, currency: usd), deadline: .distantFuture, programVersion: 1)
      if state.noteWaiting(waiting, at: .distantPast) { row.keepWaiting(waiting) }
    }
    #expect(row.waiting.count == 1 && Self.bytes(row) < Self.recordBytesMax, "\(Self.bytes(row))")
  }

  @Test func theSeventeenthSourceOfAnIdDoesNotCount() throws {
    let evaluator = try EvaluatorFixture()
    defer { evaluator.driver.close() }
    for source in 0..<17 { evaluator.buy("P", 20, at: "2017-02-01", source: "pos-\(source)") }
    try evaluator.driver.run()
    let told = try evaluator.driver.values(of: Topic.tiers.name) { try TierChange(decoding: $0) }
    #expect(told.last?.metric == ExactDecimal(320))
  }
}
