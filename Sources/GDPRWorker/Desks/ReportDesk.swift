import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Gathers the services' reports, and closes a request when the last has come.
struct ReportDesk {
  private let book: PrivacyBook

  init(_ book: PrivacyBook) { self.book = book }

  func process(_ report: PrivacyReport) throws {
    try book.context.clock.checkNotInTheFuture(report.occurredAt)
    book.context.clock.observe(report.occurredAt.milliseconds)
    guard var row = try book.requests.get(report.requestId),
      case .open(let memberId, var parts, let overdueAt) = row.state
    else {
      // The request is closed, or closed so long ago that it is forgotten.
      return book.context.counts.rejected("late-report")
    }
    guard
      let index = parts.firstIndex(where: { $0.service == report.service && $0.partition == report.partition })
    else { return book.context.counts.rejected("unexpected-report") }
    guard parts[index].done == nil else { return book.context.counts.rejected("duplicate") }
    parts[index].done = RequestRow.Part.Done(rowsErased: report.rowsErased, at: report.occurredAt)
    let finished = parts.compactMap { part in
      part.done.map {
        PrivacyCertificate.Part(
          service: part.service, partition: part.partition, rowsErased: $0.rowsErased, completedAt: $0.at)
      }
    }
    guard finished.count == parts.count else {
      row.state = .open(memberId: memberId, parts: parts, overdueAt: overdueAt)
      return try book.put(report.requestId, row)
    }
    let now = book.now(notBefore: report.occurredAt)
    row.state = .closed(at: now)
    try book.put(report.requestId, row)
    book.deleteProfile(of: memberId)
    book.certify(report.requestId, row, .completed(finished), at: now)
    book.context.log(.info, "erasure completed", [("request", PersonalText.shown(report.requestId))])
  }
}
