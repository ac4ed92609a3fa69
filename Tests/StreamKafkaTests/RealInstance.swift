import Foundation
import StreamKafka
import StreamRuntime
import Synchronization

/// One running instance of the counting service: a stream thread on a thread of its own.
final class RealInstance: Sendable {
  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)
  let metrics: WorkerMetrics

  private struct State {
    var isStopping = false
    var failure: (any Error)?
  }

  init(_ cluster: RealCluster, _ name: String, stateDirectory: String? = nil) {
    metrics = WorkerMetrics(service: cluster.service)
    let settings = WorkerSettings(
      clock: .stream, batchRecordsMax: 50, commitIntervalMs: 20, changelogDeleteRetentionMs: .max,
      wallNowMs: { Int64(Date().timeIntervalSince1970 * 1000) },
      monotonicMs: { Int64(ProcessInfo.processInfo.systemUptime * 1000) })
    let thread = Thread { [self] in
      do {
        var kafka = cluster.settings(instance: name)
        if let stateDirectory { kafka.stateDirectory = stateDirectory }
        let io = KafkaStreamIO(
          topology: cluster.topology, settings: kafka, nowMs: settings.wallNowMs,
          log: { _, _, _ in })
        let stream = try StreamThread(
          topology: cluster.topology, settings: settings, io: io, index: 0, metrics: metrics, log: { _, _, _ in })
        try stream.run { state.withLock { $0.isStopping } }
      } catch {
        state.withLock { $0.failure = error }
      }
      done.signal()
    }
    thread.stackSize = 4 << 20
    thread.start()
  }

  /// Asks it to stop and waits; throws what it died of.
  func stop() throws {
    state.withLock { $0.isStopping = true }
    done.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}

/// Waits, on the calling thread, until a condition holds.
func eventually(_ what: String, withinS seconds: Double = 30, _ condition: () throws -> Bool) throws {
  let deadline = Date(timeIntervalSinceNow: seconds)
  while try !condition() {
    guard Date() < deadline else { throw Timeout(description: "not within \(seconds) s: \(what)") }
    usleep(20_000)
  }
}

struct Timeout: Error, CustomStringConvertible {
  let description: String
}
