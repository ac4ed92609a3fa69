import HTTP

/// What an orchestrator and a metrics collector ask a worker: `/livez`, `/readyz` and `/metrics`. All are answered on
/// the server's own thread, so that no other request can make them wait.
package struct Probes: Sendable {
  /// Milliseconds since the slowest stream thread last finished a step.
  package var stalledMs: @Sendable () -> Int64
  package var isReady: @Sendable () -> Bool
  /// Prometheus text exposition format 0.0.4.
  package var exposition: @Sendable () -> String

  /// What a server of probes takes on. They are short and come from a few; who is slow gives way to who comes, so that
  /// nobody's open connections keep an orchestrator from its answer.
  package static var limits: ServerSettings {
    var settings = ServerSettings()
    settings.connectionsMax = 64
    settings.connectionsPerAddressMax = 32
    settings.evictableAfterMs = 100
    settings.headBytesMax = 16 * 1024
    settings.bodyBytesMax = 1024
    settings.bodiesBytesMax = 64 * 1024
    settings.requestMs = 5_000
    settings.answerMs = 5_000
    return settings
  }

  /// A thread that has not finished a step for longer is reported as dead.
  package static let stalledAfterMs: Int64 = 120_000

  package init(
    stalledMs: @escaping @Sendable () -> Int64, isReady: @escaping @Sendable () -> Bool,
    exposition: @escaping @Sendable () -> String
  ) {
    self.stalledMs = stalledMs
    self.isReady = isReady
    self.exposition = exposition
  }

  package var router: Router {
    var router = Router()
    router.get("/livez", runs: .loop) { [stalledMs] _ in
      let stalledMs = stalledMs()
      guard stalledMs < Self.stalledAfterMs else {
        return .text("a stream thread has not moved for \(stalledMs / 1000) s\n", status: 503)
      }
      return .text("ok\n")
    }
    router.get("/readyz", runs: .loop) { [isReady] _ in
      isReady()
        ? .text("ready\n")
        : .text("waiting for the group, restoring stores, or a partition is stopped (see the log)\n", status: 503)
    }
    router.get("/metrics", runs: .loop) { [exposition] _ in
      Response(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(exposition().utf8))
    }
    router.refuse = { refusal in
      refusal.status == 404
        ? .text("Not found. There is: /livez, /metrics, /readyz\n") : .text(refusal.reason + "\n")
    }
    return router
  }
}
