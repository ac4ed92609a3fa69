import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Hands a request out to the services as tasks, gathers their reports and certifies the end.
///
/// Everything hangs on ids: a request, a task or a report that comes twice changes nothing the second time.
final class PrivacyProcessor: ServiceProcessor {
  private let book: PrivacyBook
  private let requestDesk: RequestDesk
  private let reportDesk: ReportDesk

  init(_ context: ProcessorContext, _ publisher: EventPublisher, _ settings: PrivacySettings) throws {
    book = try PrivacyBook(context, publisher)
    requestDesk = RequestDesk(book, settings)
    reportDesk = ReportDesk(book)
  }

  var inputs: [ServiceInput] {
    [
      .envelopes(.privacyRequests, PrivacyRequest.init(decoding:), on: book.context.clock, unless: nil) {
        [requestDesk] in
        try requestDesk.process($0)
      },
      .events(.privacyReports, PrivacyReport.init(decoding:)) { [reportDesk] in try reportDesk.process($0) },
    ]
  }

  /// Forgets requests that were closed long ago, and reminds those who leave one open for too long.
  var sweeps: [Sweep] {
    [
      .each(book.requests) { [book, requestDesk] id, row, nowMs in
        switch row.state {
        case .closed: try book.requests.remove(id)
        case .open(let memberId, let parts, _):
          try requestDesk.remind(id, row, memberId, parts, at: Instant(milliseconds: nowMs))
        }
      }
    ]
  }

  var gauges: [Gauge] {
    [
      Gauge("stampede_privacy_requests_open", "Requests that not every service has reported on.", book.open.count),
      Gauge(
        "stampede_privacy_requests_overdue", "Open requests older than --overdue-after-hours.",
        requestDesk.overdueCount),
    ]
  }
}
