import StreamRuntime
import Testing

/// What the outbox takes of a topic that takes 1,000 bytes a record and has three partitions.
@Suite(.timeLimit(.minutes(10))) struct OutboxTests {
  private static let overhead = 128
  private static let headerOverhead = 10
  private let outbox = Outbox(limits: [OutputLimit(bytesMax: 1_000, partitions: 3)])

  private func send(value: Int, partition: Int32? = nil, header: Int? = nil, copied: Bool = false) {
    let bytes = [UInt8](repeating: 120, count: 1_200)
    bytes.withUnsafeBytes { bytes in
      outbox.begin(topic: 0, partition: partition, key: nil)
      if let header, copied {
        outbox.header(copying: .init(rebasing: bytes[..<4]), .init(rebasing: bytes[..<header]))
      } else if let header {
        outbox.header("name", .init(rebasing: bytes[..<header]))
      }
      outbox.end(value: .init(rebasing: bytes[..<value]))
    }
  }

  @Test func aRecordFitsUpToItsTopicsSize() {
    send(value: 1_000 - Self.overhead)
    #expect(outbox.misfit == nil)
    send(value: 1_000 - Self.overhead + 1)
    #expect(outbox.misfit?.cause == .size(1_001, max: 1_000))
    send(value: 1, partition: 7)
    #expect(outbox.misfit?.cause == .size(1_001, max: 1_000), "the first one is told")
    outbox.clear()
    #expect(outbox.misfit == nil)
  }

  @Test(arguments: [false, true]) func headersCountWithTheirNames(copied: Bool) {
    let room = 1_000 - Self.overhead - Self.headerOverhead - 4
    send(value: 100, header: room - 100, copied: copied)
    #expect(outbox.misfit == nil)
    send(value: 100, header: room - 99, copied: copied)
    #expect(outbox.misfit?.cause == .size(1_001, max: 1_000))
  }

  @Test func aRecordGoesToAPartitionThatIsThere() {
    for partition in [nil, 0, 2] as [Int32?] { send(value: 1, partition: partition) }
    #expect(outbox.misfit == nil)
    send(value: 1, partition: 3)
    #expect(outbox.misfit?.cause == .partition(3, of: 3))
    outbox.clear()
    send(value: 1, partition: -1)
    #expect(outbox.misfit?.cause == .partition(-1, of: 3))
  }

  @Test func rowsCountWithTheirKeys() {
    let bytes = [UInt8](repeating: 120, count: 1_200)
    bytes.withUnsafeBytes { bytes in
      func row(_ key: Int, _ image: Int) {
        outbox.changelog(
          topic: 0, partition: 0, table: 0, key: .init(rebasing: bytes[..<key]), image: .init(rebasing: bytes[..<image])
        )
      }
      row(100, 900 - Self.overhead)
      #expect(outbox.misfit == nil)
      row(101, 900 - Self.overhead)
    }
    #expect(outbox.misfit?.cause == .size(1_001, max: 1_000))
  }
}
