import Foundation
import StreamKafka
import StreamRuntime
import Synchronization

/// A stream thread on a thread of its own.
final class ThreadedWorker: RunningWorker, Sendable {
  let metrics: WorkerMetrics
  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)

  private struct State {
    var isStopping = false
    var failure: (any Error)?
  }

  init(_ topology: Topology, _ kafka: KafkaStreamSettings) {
    metrics = WorkerMetrics(service: topology.service)
    let settings = WorkerSettings(
      clock: .stream, batchRecordsMax: 50, commitIntervalMs: 20, changelogDeleteRetentionMs: .max,
      wallNowMs: { Int64(Date().timeIntervalSince1970 * 1000) },
      monotonicMs: { Int64(ProcessInfo.processInfo.systemUptime * 1000) })
    let thread = Thread { [self] in
      do {
        let io = KafkaStreamIO(topology: topology, settings: kafka, nowMs: settings.wallNowMs, log: { _, _, _ in })
        let stream = try StreamThread(
          topology: topology, settings: settings, io: io, index: 0, metrics: metrics, log: { _, _, _ in })
        try stream.run { state.withLock { $0.isStopping } }
      } catch {
        state.withLock { $0.failure = error }
      }
      done.signal()
    }
    thread.stackSize = 4 << 20
    thread.start()
  }

  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  func stop() throws {
    state.withLock { $0.isStopping = true }
    done.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
