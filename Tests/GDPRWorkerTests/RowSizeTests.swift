import Contracts
import GDPRWorker
import Loyalty
import StreamRuntime
import Testing

/// What is kept of one request fits into a record of the changelog: it grows with the partitions of the platform alone.
@Suite(.timeLimit(.minutes(10))) struct RowSizeTests {
  /// What brokers take by default, less what a batch, a key and headers take.
  private static let recordBytesMax = 1_048_576 - 8_192
  /// More than a cluster of hundreds of brokers gives one topic.
  private static let partitions: Int32 = 4_000

  @Test func requests() {
    let done = RequestRow.Part.Done(rowsErased: 1_000_000_000_000_000, at: .distantFuture)
    let parts = Service.allCases.flatMap { service in
      (0..<Self.partitions).map { RequestRow.Part(service: service, partition: $0, done: done) }
    }
    let row = RequestRow(
      kind: .erasure, requestedAt: .distantFuture,
      state: .open(
        memberId: String(repeating: "😀", count: FieldRules.idLengthMax), parts: parts, overdueAt: .distantFuture))
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    #expect(buffer.bytes.count < Self.recordBytesMax, "\(buffer.bytes.count)")
  }

  @Test func aPartOfAnImpossiblePartitionIsADamagedRow() throws {
    let row = RequestRow(
      kind: .erasure, requestedAt: .epoch,
      state: .open(memberId: "M-1", parts: [.init(service: .notifier, partition: -1)], overdueAt: .epoch))
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    #expect(throws: (any Error).self) { try RowImage.read(buffer.bytes, as: RequestRow.self) }
  }
}
