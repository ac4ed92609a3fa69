import Inquiry
import Kafka
import LoyaltyCLI
import Testing

/// What `loyalty status` prints.
@Suite(.timeLimit(.minutes(10))) struct StatusTextTests {
  private func lag(_ partition: Int32, committed: Int64?, records: Int64) -> PartitionLag {
    PartitionLag(
      place: .init(topic: "loyalty.transactions", partition: partition), committed: committed, end: 5_000,
      records: records)
  }

  @Test func theInputsThatAreBehindAreNamedWithTheirPartitions() {
    let report = StatusReport(services: [
      .init(
        service: .pointsEngine,
        partitions: [lag(0, committed: 5_000, records: 0), lag(1, committed: nil, records: 4_000)])
    ])
    #expect(report.text.contains("points-engine  4,000  loyalty.transactions  4,000  1: 4,000"))
  }

  @Test func aServiceThatNeverCommittedIsSaidNotToHaveStarted() {
    let report = StatusReport(services: [.init(service: .notifier, partitions: [lag(0, committed: nil, records: 7)])])
    #expect(report.text.contains("has not read anything yet"))
  }
}
