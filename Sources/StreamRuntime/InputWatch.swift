/// Looks after the inputs of a thread's tasks: asks where they begin and end, stops a partition whose input is not what
/// it was, and lets it go on when an operator has said how.
final class InputWatch {
  private let source: any RecordSource
  private let settings: WorkerSettings
  private var lastLookMs: Int64 = 0

  init(_ source: any RecordSource, settings: WorkerSettings) {
    self.source = source
    self.settings = settings
  }

  /// Between cycles. Returns whether the tasks' inputs are to be read anew.
  func lookAfter(_ tasks: [StreamTask]) throws -> Bool {
    var changes = false
    let toAsk = tasks.flatMap { $0.state == .running ? $0.positions.toAsk : [] }
    if !toAsk.isEmpty, let bounds = try source.bounds(of: toAsk) {
      changes = true
      for task in tasks where task.state == .running { task.positions.answer(bounds) }
    }
    for task in tasks where task.state == .running {
      if task.positions.stop != nil {
        changes = true
        task.halt()
      } else if task.awaitsReading {
        changes = true
        task.awaitsReading = false
      }
    }
    try resume(tasks.filter { $0.state == .stopped })
    return changes
  }

  /// A stopped partition starts again once the group has another offset for it; until it has been found to have none,
  /// the stop is not told.
  private func resume(_ stopped: [StreamTask]) throws {
    let isDue = settings.monotonicMs() - lastLookMs >= Limits.stoppedLookMs
    guard stopped.contains(where: { isDue || !$0.hasToldStop }) else { return }
    lastLookMs = settings.monotonicMs()
    guard let committed = try source.committed(stopped.flatMap(\.inputs)) else { return }
    for task in stopped {
      if task.positions.differs(from: committed) { try task.reset() } else { task.tellStop() }
    }
  }

  /// Brings what polls have met to the tasks.
  func takeNews(_ tasks: [Int32: StreamTask], _ topology: Topology) {
    for news in source.takeNews() {
      switch news {
      case .end(let place, let offset):
        guard let (task, topic) = find(place, tasks, topology) else { continue }
        task.positions.reachedEnd(topic, offset)
      case .outOfRange(let place):
        guard let (task, topic) = find(place, tasks, topology) else { continue }
        task.positions.isNotThere(topic)
      }
    }
  }

  private func find(
    _ place: TopicPartition, _ tasks: [Int32: StreamTask], _ topology: Topology
  ) -> (StreamTask, Int)? {
    guard let task = tasks[place.partition], task.state == .running,
      let topic = topology.inputTopics.firstIndex(of: place.topic)
    else { return nil }
    return (task, topic)
  }
}
