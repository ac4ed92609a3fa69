import StreamRuntime
import Testing

@Suite(.timeLimit(.minutes(10))) struct RangeAssignmentTests {
  /// As Kafka's own assignor: the first members have one more where it does not come out even.
  @Test(arguments: zip([1, 3, 3, 4], [8, 8, 9, 2])) func everyPartitionHasOneOwner(members: Int, partitionCount: Int) {
    let shares = (0..<members).map {
      RangeAssignment.partitions(of: $0, members: members, partitionCount: partitionCount)
    }
    #expect(shares.flatMap { $0 } == (0..<Int32(partitionCount)).map { $0 })
    #expect(shares.map(\.count) == shares.map(\.count).sorted(by: >))
    #expect((shares.first?.count ?? 0) - (shares.last?.count ?? 0) <= 1)
  }
}
