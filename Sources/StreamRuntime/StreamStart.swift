extension StreamThread {
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
