import Dispatch
import Foundation
import HTTP
import Kafka
import ServiceKit
import Synchronization

/// The server's whole life: settings, log, signals, probes, threads, the exit code.
///
///     starting ──▶ serving ──SIGTERM, SIGINT──▶ answering what is under way ──▶ exit 0, or 1 with one error line
enum WebProcess {
  static let name = "notifier-web"
  private static let stopWithinMs = 5_000
  private static let stopAtLatestS = 9.0

  /// - Parameter hooks: what other machines may tell, and where.
  static func run(hooks: @escaping (WebSettings, WebFigures, Log) -> [WebHook]) -> Never {
    let command = CommandDeclaration(
      name,
      summary: "The notifier's HTTP server: members choose which messages they get, and end them with one click.",
      settings: WebSettings.all + ClusterSettings.all + [Log.levelSetting])
    do {
      let stop = try StopSignal.install()
      let settings = command.parseOrExit(version: WorkerProcess.version).settings
      let log = Log(name, to: LogOutput(level: settings[Log.levelSetting]))
      for remark in settings.remarks { log.warning(remark) }
      do {
        try live(try WebSettings(settings), try ClusterSettings.cluster(settings), log, stop, hooks)
        log.info("stopped")
        exit(0)
      } catch let error as ConfigurationError {
        command.exitWith(error)
      } catch {
        log.error("\(error)")
        exit(1)
      }
    } catch {
      FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
      exit(1)
    }
  }

  private static func live(
    _ settings: WebSettings, _ cluster: KafkaCluster, _ log: Log, _ stop: StopSignal,
    _ hooks: (WebSettings, WebFigures, Log) -> [WebHook]
  ) throws {
    let figures = WebFigures()
    let view = PreferenceView(membersMax: settings.viewMembersMax)
    let publisher = BrokerPublisher(cluster, log, figures)
    let reader = ViewReader(cluster, view, log, figures, stop)
    let routes = WebRoutes(
      preferences: PreferenceRoutes(settings.seal, view, brand: settings.brand, nowMs: LogOutput.wallClockMs),
      hooks: hooks(settings, figures, log), publisher: publisher)
    let tls = try settings.tls.map { try ServerTLS(certificateFile: $0.certificateFile, keyFile: $0.keyFile) }
    let probes = try HTTPServer(settings.probes, self.probes(view, figures).router, settings: Probes.limits)
    defer { probes.stop() }
    try reader.start()
    defer {
      stop.request()
      reader.join()
    }
    try publisher.start()
    defer { publisher.stop() }
    // It stops first: what is under way is still published and answered.
    let server = try HTTPServer(
      settings.address, routes.router, settings: settings.server, tls: tls, hooks: serverHooks(log, figures))
    defer { server.stop(withinMs: stopWithinMs) }
    if let advice = cluster.authenticationAdvice { log.warning(advice) }
    log.info("listening", ["httpPort": probes.address.port, "webPort": server.address.port, "tls": tls != nil])
    let asked = DispatchSemaphore(value: 0)
    stop.onStop {
      asked.signal()
      DispatchQueue.global().asyncAfter(deadline: .now() + stopAtLatestS) {
        log.error(
          "the stop took longer than \(Int(stopAtLatestS)) s and was cut short; nothing was promised that is lost")
        _exit(1)
      }
    }
    asked.wait()
  }

  private static func probes(_ view: PreferenceView, _ figures: WebFigures) -> Probes {
    Probes(
      stalledMs: { figures.stalledMs }, isReady: { view.wasCurrent }, exposition: { figures.exposition(view) })
  }

  private static func serverHooks(_ log: Log, _ figures: WebFigures) -> ServerHooks {
    var hooks = ServerHooks()
    hooks.access = { figures.answered($0) }
    hooks.failed = { failure in
      log.error("a request failed", ["route": failure.route ?? "none", "reason": "\(failure.error)"])
    }
    return hooks
  }
}
