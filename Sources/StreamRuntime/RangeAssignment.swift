/// Kafka's range assignor, for topics with the same number of partitions.
package enum RangeAssignment {
  /// The partitions of the member at `index` of `members`, which are in order of their instance names.
  ///
  /// Source: `org.apache.kafka.clients.consumer.RangeAssignor`.
  package static func partitions(of index: Int, members: Int, partitionCount: Int) -> [Int32] {
    let (share, extra) = partitionCount.quotientAndRemainder(dividingBy: members)
    let start = index * share + min(index, extra)
    return (start..<start + share + (index < extra ? 1 : 0)).map(Int32.init)
  }
}
