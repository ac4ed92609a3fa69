/// What a cycle has counted. It becomes part of the worker's figures when the cycle is committed, and is forgotten with
/// a cycle that is not: what is done again must not be counted twice. Used on the stream thread only.
package final class CycleCounts {
  /// Records consumed, by input topic.
  var recordsIn: [Int64]
  /// Strays sent on, by input topic.
  private(set) var forwarded: [Int64]
  private(set) var rejected: [String: Int64] = [:]
  private(set) var deadLettered: Int64 = 0
  private(set) var traceparentsDropped: Int64 = 0

  package init(topics: Int) {
    recordsIn = Array(repeating: 0, count: topics)
    forwarded = recordsIn
  }

  /// Counts a record that the service refused, by stable code.
  package func rejected(_ code: String) { rejected[code, default: 0] += 1 }

  /// Counts a record whose `traceparent` is none.
  package func droppedTraceparent() { traceparentsDropped += 1 }

  func countDeadLetter() { deadLettered += 1 }

  func countForwarded(topic: Int) { forwarded[topic] += 1 }

  /// What has been counted, for a cycle that is on its way while the next one counts.
  func copy() -> CycleCounts {
    let copy = CycleCounts(topics: recordsIn.count)
    copy.recordsIn = recordsIn
    copy.forwarded = forwarded
    copy.rejected = rejected
    copy.deadLettered = deadLettered
    copy.traceparentsDropped = traceparentsDropped
    return copy
  }

  func clear() {
    for topic in recordsIn.indices {
      recordsIn[topic] = 0
      forwarded[topic] = 0
    }
    rejected.removeAll(keepingCapacity: true)
    deadLettered = 0
    traceparentsDropped = 0
  }
}
