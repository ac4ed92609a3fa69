import Contracts
import Inquiry
import JSON
import Kafka
import Testing

@Suite(.timeLimit(.minutes(10))) struct StatusTests {
  private func tail(_ start: Int64, _ offsets: [Int64]) -> PartitionTail {
    var tail = PartitionTail(start: start)
    tail.offsets = offsets
    return tail
  }

  @Test func markersBehindTheLastRecordAreNoLag() {
    // Records up to 40, markers at 41 and 42; the group committed 41.
    let position = GroupPosition(committed: 41, low: 0, end: 43)
    #expect(position.span == 2)
    #expect(position.records(in: tail(41, [])) == 0)
  }

  @Test func fewRecordsAreCountedOneByOne() {
    let position = GroupPosition(committed: 10, low: 0, end: 20)
    #expect(position.records(in: tail(5, [6, 9, 10, 12, 18])) == 3)
  }

  @Test func manyAreEstimatedByTheSpanOfOffsets() {
    let position = GroupPosition(committed: 10, low: 0, end: 5_010)
    #expect(position.records(in: tail(4_010, [4_500])) == 5_000)
  }

  @Test func emptyTailThatDoesNotReachTheGroupDecidesNothing() {
    let position = GroupPosition(committed: 10, low: 0, end: 5_010)
    #expect(position.records(in: tail(4_010, [])) == nil)
    #expect(position.records(in: tail(10, [])) == 0)
  }

  @Test func groupThatNeverCommittedStartsAtTheLogsFirstOffset() {
    #expect(GroupPosition(committed: nil, low: 7, end: 20).span == 13)
    // What it had not read is gone: it goes on at what is left.
    #expect(GroupPosition(committed: 3, low: 7, end: 20).span == 13)
    #expect(GroupPosition(committed: 30, low: 7, end: 20).span == 0)
  }

  @Test func reportNamesEveryServiceAndPartition() {
    let report = StatusReport(services: [
      .init(
        service: .pointsEngine,
        partitions: [
          PartitionLag(place: .init(topic: "loyalty.transactions", partition: 0), committed: 12, end: 13, records: 0),
          PartitionLag(place: .init(topic: "loyalty.transactions", partition: 1), committed: nil, end: 4, records: 4),
        ])
    ])
    #expect(
      report.json.compact
        == #"{"services":[{"service":"points-engine","lag":4,"partitions":{"#
        + #""loyalty.transactions/0":{"committed":12,"end":13,"lag":0},"#
        + #""loyalty.transactions/1":{"committed":null,"end":4,"lag":4}}}]}"#)
  }
}
