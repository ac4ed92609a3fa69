import Foundation
import HTTP
import StreamKafka
import StreamRuntime
import Synchronization
import Threads

/// What a service brings to ``WorkerProcess``: its topology, and what it does around the end.
package struct WorkerService {
  package var topology: Topology
  /// Asked again and again by every stream thread after a request to stop: true when effects outside the system have
  /// ended and their results can be committed. The stop waits for it only so long (`stopWithinS`).
  package var isReadyToStop: @Sendable () -> Bool
  /// Called once, after the stream threads have ended.
  package var close: () -> Void

  package init(
    _ topology: Topology, isReadyToStop: @escaping @Sendable () -> Bool = { true }, close: @escaping () -> Void = {}
  ) {
    self.topology = topology
    self.isReadyToStop = isReadyToStop
    self.close = close
  }
}

/// What a service may use while it builds its topology.
package struct WorkerEnvironment {
  package var settings: Settings
  package var log: Log
  package var metrics: WorkerMetrics
  /// Rows that a store may keep decoded in memory, a partition.
  package var storeRowsCached: Int
  /// Tells a service of the request to stop; the callback must not block.
  package var onStop: (@escaping @Sendable () -> Void) -> Void
}

/// A worker's whole life: settings, log, signals, probes, topic check, stream threads, the exit code.
///
///     starting ──▶ running ──SIGTERM, SIGINT, or a thread's error──▶ stopping ──▶ exit 0, or 1 with one error line
package enum WorkerProcess {
  package static let version = "0.1.0"
  /// After this a stop that hangs is cut short; nothing is lost by that.
  private static let stopWithinS = 9.0

  /// Runs the service until it is told to stop, then ends the process.
  package static func run(
    _ name: String, summary: String, settings own: [any AnySetting] = [],
    make: (WorkerEnvironment) throws -> WorkerService
  ) -> Never {
    let command = CommandDeclaration(name, summary: summary, settings: own + WorkerOptions.all)
    let stop: StopSignal
    do {
      stop = try StopSignal.install()
    } catch {
      FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
      exit(1)
    }
    let settings = command.parseOrExit(version: version).settings
    let log = Log(name, to: LogOutput(level: settings[Log.levelSetting]))
    for remark in settings.remarks { log.warning(remark) }
    CrashLine.install(service: name)
    do {
      try live(name, settings, log, stop, make)
      log.info("stopped")
      exit(0)
    } catch let error as ConfigurationError {
      command.exitWith(error)
    } catch {
      log.error("\(error)")
      exit(1)
    }
  }

  private static func live(
    _ name: String, _ settings: Settings, _ log: Log, _ stop: StopSignal,
    _ make: (WorkerEnvironment) throws -> WorkerService
  ) throws {
    let metrics = WorkerMetrics(service: name)
    var streamSettings = try kafkaSettings(settings)
    // Whatever this process makes is its user's alone.
    umask(0o077)
    closeState(streamSettings.stateFolder(service: name), log)
    let service = try make(
      WorkerEnvironment(
        settings: settings, log: log, metrics: metrics, storeRowsCached: settings[WorkerOptions.storeRowsCached],
        onStop: { stop.onStop($0) }))
    defer { service.close() }
    let endpoint = try serve(settings, metrics)
    defer { endpoint.stop() }
    log.info("listening", ["httpPort": endpoint.address.port, "instance": settings[WorkerOptions.instance]])
    let threads = StreamThreads(stop) {
      log.info("stopped")
      _exit(0)
    }
    stop.onStop {
      DispatchQueue.global().asyncAfter(deadline: .now() + stopWithinS) {
        log.error("the stop took longer than \(Int(stopWithinS)) s and was cut short; the next start rolls forward")
        _exit(1)
      }
    }
    if let advice = streamSettings.cluster.authenticationAdvice { log.warning(advice) }
    let found = try TopicCheck.run(topology: service.topology, settings: streamSettings, log: log.streamLog)
    streamSettings.clusterId = found.clusterId
    try start(threads, service, settings, found, streamSettings, metrics, log.streamLog)
    let (failure, leavesSome) = threads.join()
    if leavesSome {
      // `exit` and returning from here would free what they stand on.
      service.close()
      if let failure { log.error("\(failure)") } else { log.info("stopped") }
      _exit(failure == nil ? 0 : 1)
    }
    if let failure { throw failure }
  }

  private static func closeState(_ folder: String, _ log: Log) {
    switch StateFolder.close(folder) {
    case .wasClosed: break
    case .isClosedNow:
      log.warning("the state folder was open to others; it is its owner's alone now", ["folder": folder])
    case .staysOpen:
      log.warning("the state folder is open to others, and belongs to another user than this one", ["folder": folder])
    }
  }

  private static func start(
    _ threads: StreamThreads, _ service: WorkerService, _ settings: Settings, _ found: TopicCheck.Found,
    _ streamSettings: KafkaStreamSettings, _ metrics: WorkerMetrics, _ log: @escaping StreamLog
  ) throws {
    var worker = WorkerSettings(
      clock: settings[WorkerOptions.clock], batchRecordsMax: settings[WorkerOptions.batchRecordsMax],
      commitIntervalMs: settings[WorkerOptions.commitIntervalMs],
      changelogDeleteRetentionMs: Int64(settings[WorkerOptions.changelogDeleteRetentionMs]),
      brokerPatienceMs: Int64(settings[WorkerOptions.brokerPatienceMs]), inputPartitions: found.inputPartitions,
      wallNowMs: LogOutput.wallClockMs, monotonicMs: MonotonicClock.nowMs)
    worker.outputLimits = found.outputLimits
    let shared = worker
    let topology = service.topology
    let isReadyToStop = service.isReadyToStop
    for _ in 0..<settings[WorkerOptions.threads] {
      try threads.start { index, stop, begin in
        let io = KafkaStreamIO(
          topology: topology, settings: streamSettings.forThread(index), nowMs: LogOutput.wallClockMs, log: log)
        let shouldStop = { stop.isStopping && isReadyToStop() }
        var worker = shared
        worker.atHand = CrashLine.watchThisThread()
        try WarmUp.run(
          topology: topology, settings: worker, io: io, index: index, metrics: metrics, log: log, until: shouldStop)
        try StreamThread.work(
          topology: topology, settings: worker, io: io, index: index, metrics: metrics, log: log, begin: begin,
          until: shouldStop)
      }
    }
  }

  private static func kafkaSettings(_ settings: Settings) throws -> KafkaStreamSettings {
    KafkaStreamSettings(
      cluster: try ClusterSettings.cluster(settings), instance: settings[WorkerOptions.instance], threadIndex: 0,
      threadCount: settings[WorkerOptions.threads], stateDirectory: settings[WorkerOptions.stateDirectory],
      storeCacheKiB: settings[WorkerOptions.storeCacheKiB],
      sessionTimeoutMs: settings[WorkerOptions.sessionTimeoutMs],
      startupTimeoutMs: settings[WorkerOptions.startupTimeoutMs],
      leavesGroupOnStop: settings[WorkerOptions.leaveGroupOnStop],
      isOnStreamTime: settings[WorkerOptions.clock] == .stream)
  }

  private static func serve(_ settings: Settings, _ metrics: WorkerMetrics) throws -> HTTPServer {
    let address = SocketAddress(
      host: settings[WorkerOptions.httpHost], port: UInt16(settings[WorkerOptions.httpPort]))
    let probes = Probes(
      stalledMs: { metrics.stalledMs(nowMonotonicMs: MonotonicClock.nowMs()) }, isReady: { metrics.isReady },
      exposition: { metrics.exposition() })
    return try HTTPServer(address, probes.router, settings: Probes.limits)
  }
}

extension Log {
  /// This log as the stream runtime wants it.
  package var streamLog: StreamLog {
    { level, message, fields in
      let level: LogLevel =
        switch level {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
      write(level, message, fields: fields)
    }
  }
}
