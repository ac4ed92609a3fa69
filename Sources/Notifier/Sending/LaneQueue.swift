/// Messages that wait for a sender: those of security first, then service, then marketing; of one class in the order in
/// which they came.
struct LaneQueue {
  private var lanes: [MessageClass: [SendJob]] = [:]

  private(set) var count = 0
  var isEmpty: Bool { count == 0 }

  mutating func append(_ job: SendJob) {
    lanes[job.messageClass, default: []].append(job)
    count += 1
  }

  /// - Parameter takesOrdinary: whether others than those of security may be taken.
  mutating func popFirst(takesOrdinary: Bool) -> SendJob? {
    for messageClass in MessageClass.allCases where takesOrdinary || messageClass == .security {
      guard let lane = lanes[messageClass], !lane.isEmpty else { continue }
      count -= 1
      return lanes[messageClass]?.removeFirst()
    }
    return nil
  }

  /// Takes out those that `isMeant`, and returns them.
  mutating func remove(where isMeant: (SendJob) -> Bool) -> [SendJob] {
    let removed = lanes.values.flatMap { $0.filter(isMeant) }
    for messageClass in MessageClass.allCases { lanes[messageClass]?.removeAll(where: isMeant) }
    count -= removed.count
    return removed
  }
}
