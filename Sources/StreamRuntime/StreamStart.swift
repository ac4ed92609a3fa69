extension StreamThread {
  /// Works until told to stop, as one thread after another of the same name where the group says that another instance
  /// has it. That is no proof: a member that has not heard of its coordinator for a session's time joins anew, without
  /// its member id, and what it had asked under the old one is answered as if a double had come. Of two instances of
  /// one name each is told so again and again, and the first to hear it too often ends.
  ///
  /// - Parameter begin: asked before each of them works; false: it is too late.
  package static func work(
    topology: Topology, settings: WorkerSettings, io: any StreamIO, index: Int, metrics: WorkerMetrics,
    log: @escaping StreamLog, begin: () -> Bool, until shouldStop: () -> Bool
  ) throws {
    var fencedMs: [Int64] = []
    while true {
      do {
        let made = try start(
          topology: topology, settings: settings, io: io, index: index, metrics: metrics, log: log, until: shouldStop)
        guard let thread = made else { return }
        guard begin() else { return thread.close() }
        return try thread.run(until: shouldStop)
      } catch let error as StreamError where error.response == .fenced {
        let nowMs = settings.monotonicMs()
        fencedMs.removeAll { nowMs - $0 > Limits.fencesWithinMs }
        fencedMs.append(nowMs)
        guard fencedMs.count <= Limits.fencesMax else { throw error }
        metrics.update { $0.threads[index]?.hasAssignment = false }
        log(.warning, "joining the group again, to see whose this name is", [("reason", error.description)])
      }
    }
  }

  /// Makes a stream thread, and waits for a cluster in motion meanwhile. Nil when told to stop before it came about.
  package static func start(
    topology: Topology, settings: WorkerSettings, io: any StreamIO, index: Int, metrics: WorkerMetrics,
    log: @escaping StreamLog, until shouldStop: () -> Bool
  ) throws -> StreamThread? {
    var patience = Patience(
      limitMs: settings.brokerPatienceMs, seed: index, nowMs: settings.monotonicMs, log: log)
    while !shouldStop() {
      do {
        let thread = try StreamThread(
          topology: topology, settings: settings, io: io, index: index, metrics: metrics, log: log)
        patience.end()
        return thread
      } catch let error as StreamError where error.response.waits {
        try patience.meet(error)
        metrics.update { $0.threads[index, default: .init()].lastStepMs = settings.monotonicMs() }
        patience.rest(until: shouldStop)
      }
    }
    return nil
  }
}
