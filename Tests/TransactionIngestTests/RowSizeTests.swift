import Contracts
import Loyalty
import StreamRuntime
import Testing
import TransactionIngest

/// The largest rows of ingest fit into records of their changelogs.
@Suite(.timeLimit(.minutes(10))) struct RowSizeTests {
  /// What brokers take by default, less what a batch, a key and headers take; and for receipts, whose topic says more.
  private static let recordBytesMax = 1_048_576 - 8_192
  private static let receiptBytesMax = 2 * 1_048_576 - 8_192

  private static func id(_ number: Int) -> String {
    let digits = String(number)
    return digits + String(repeating: "😀", count: 128 - digits.utf8.count)
  }

  private static func bytes(_ row: some StoreRow) -> Int {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return buffer.bytes.count
  }

  @Test func claimants() {
    var row = ClaimantRow(forgetAtMs: .max)
    // As many claims as an operator may let be wrong.
    row.open = (0..<100).map(Self.id)
    row.wrongAtMs = Array(repeating: .max, count: 100)
    row.answered = (0..<ClaimantRow.remembered).map {
      .init(
        claimId: Self.id($0), receipt: Self.id($0), source: Self.id($0), refusal: .tooManyOpenClaims,
        programId: Self.id($0))
    }
    row.booked = (0..<ClaimantRow.remembered).map { .init(receipt: Self.id($0), source: Self.id($0)) }
    #expect(Self.bytes(row) < Self.recordBytesMax, "\(Self.bytes(row))")
  }

  @Test func receipts() {
    let text = [UInt8](repeating: 0x20, count: Rejection.originalBytesMax)
    let arrival = Arrival(partition: .max, offset: .max, at: .distantFuture, seen: .max)
    // What ingest writes of an event is not twice as long.
    var row = ReceiptRow(purchase: text + text, forgetAtMs: .max)
    row.claimedBy = Self.id(1)
    for _ in 0..<200 { _ = row.add(.init(text: Array(text.prefix(100_000)), arrival: arrival)) }
    #expect(row.returns.count == 3 && Self.bytes(row) < Self.receiptBytesMax, "\(Self.bytes(row))")
  }

  @Test func contacts() {
    var row = ContactRow()
    for number in 0..<20 {
      row.add(.init(memberId: Self.id(number), since: .distantFuture, isActive: true), isNew: true)
    }
    row.enrolment = .init(memberId: Self.id(1), after: Self.id(2) + Self.id(3) + Self.id(4))
    #expect(row.owners.count == 16 && Self.bytes(row) < 20_000)
  }
}
