import GoldenRowChecks
import Notifier
import ServiceKit
import StreamRuntime
import Testing

/// The service's rows outlive a release.
@Suite(.timeLimit(.minutes(10))) struct GoldenRowTests {
  private static func rows() throws -> GoldenRows {
    GoldenRows(
      of: .notifier, stores: try notifierStores(), samples: try RowSamples.notifier(),
      cases: ["MessageRow": 5, "Announcement.news": 10, "Announcement.news.notice": 9, "Announcement.news.claim": 4])
  }

  @Test(arguments: GoldenRows.Check.allCases) func rowsOutliveARelease(_ check: GoldenRows.Check) throws {
    let problems = try Self.rows().problems(check)
    #expect(problems == [])
  }

  /// `make golden RELEASE=x`.
  @Test(.enabled(if: GoldenRows.releaseToWrite != nil)) func writeGoldenRows() throws { try Self.rows().write() }

  /// The notifier's topology asks for settings and for somebody to send.
  private static func notifierStores() throws -> [Topology.StoreSpec] {
    let command = CommandDeclaration("notifier", summary: "", settings: NotifierSettings.all)
    let flags = ["--smtp-url", "smtp://unused:25", "--mail-from", "points@example.com"]
    guard case .run(_, let settings) = try command.parse(flags, environment: [:], version: "0") else {
      throw Unreadable(description: "the notifier's flags are no run")
    }
    let pools = try SenderPools { channel in
      try SenderPool(
        channel, threadCount: 1, slotsMax: 1, breaker: ChannelBreaker(firstPauseMs: 1, pauseMsMax: 1),
        log: Log("test", to: LogOutput(level: .error)), makeSender: { NobodySends() })
    }
    let stores = NotifierTopology.make(try NotifierSettings(settings), pools: pools, storeRowsCached: 1).stores
    try pools.stop()
    return stores
  }
}

private final class NobodySends: MessageSender {
  func send(_ message: OutgoingMessage) throws -> SendOutcome { preconditionFailure("no message is made here") }
  func close() {}
}
