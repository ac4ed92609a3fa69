import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// Hands a request out to the services as tasks, gathers their reports and certifies the end.
///
/// Everything hangs on ids: a request, a task or a report that comes twice changes nothing the second time.
final class PrivacyProcessor: Processor {
  private let context: ProcessorContext
  private let inputs = Service.gdprWorker.inputTopics
  private let settings: PrivacySettings
  private let requests: Store<String, RequestRow>
  private var writer = JSONWriter()
  /// Open requests and when each was asked for.
  private var open: [String: Instant] = [:]

  private static let source: StaticString = "gdpr-worker"

  init(_ context: ProcessorContext, _ settings: PrivacySettings) throws {
    self.context = context
    self.settings = settings
    requests = try context.store(PrivacyTopology.requestStore)
    for (id, row) in try requests.scan(prefix: "") {
      if case .open = row.state { open[id] = row.requestedAt }
    }
  }

  var gauges: [Gauge] {
    let overdue = open.values.count { $0.milliseconds + settings.overdueAfterMs <= context.clock.nowMs }
    return [
      Gauge("stampede_privacy_requests_open", "Requests that not every service has reported on.", open.count),
      Gauge("stampede_privacy_requests_overdue", "Open requests older than --overdue-after-hours.", overdue),
    ]
  }

  func process(_ record: InputRecord) throws {
    guard let value = record.value, !value.isEmpty else {
      throw PoisonRecord(code: ContractViolation.Code.emptyValue.rawValue, "The record has no value.")
    }
    do {
      switch inputs[record.topic] {
      case .privacyRequests:
        let envelope = try EventEnvelope(value: value) { record.headers.header($0) }
        try processRequest(try PrivacyRequest(decoding: envelope), record)
      case .privacyReports:
        try processReport(try PrivacyReport(decoding: value), record)
      default: preconditionFailure("a record of a topic that the worker does not read")
      }
    } catch let violation as ContractViolation {
      throw PoisonRecord(code: violation.code.rawValue, violation.message)
    }
  }

  /// Forgets requests that were closed long ago, and reminds those who leave one open for too long.
  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    let due = try requests.due(upToMs: nowMs, limit: limit)
    for (id, row) in due {
      switch row.state {
      case .closed: try requests.remove(id)
      case .open(let memberId, let parts, _):
        try remind(id, row, memberId, parts, at: Instant(milliseconds: nowMs))
      }
    }
    return due.count
  }

  // MARK: Requests

  private func processRequest(_ request: PrivacyRequest, _ record: InputRecord) throws {
    guard let key = record.key, key.elementsEqual(request.memberId.utf8) else {
      throw PoisonRecord(
        code: "wrong-key", "The record's key must be the member id, so that the reports come to the same partition.")
    }
    context.clock.observe(request.occurredAt.milliseconds)
    if let known = try requests.get(request.id) {
      if case .open(let memberId, _, _) = known.state, memberId != request.memberId {
        throw PoisonRecord(
          code: ContractViolation.Code.conflictingDuplicate.rawValue,
          "The request's id belongs to an open request of another member; send it under an id of its own.")
      }
      return context.metrics.rejected("duplicate")
    }
    guard request.kind == .erasure else { return try refuse(request, record) }
    let parts = expectedParts()
    let overdueAt = now(notBefore: request.occurredAt).advanced(byMilliseconds: settings.overdueAfterMs)
    try requests.put(
      request.id,
      RequestRow(
        kind: request.kind, requestedAt: request.occurredAt,
        state: .open(memberId: request.memberId, parts: parts, overdueAt: overdueAt)))
    open[request.id] = request.occurredAt
    sendTasks(request.id, request.memberId, parts, at: request.occurredAt, record)
    context.log(.info, "erasure begun", [("request", request.id), ("parts", "\(parts.count)")])
  }

  /// Every service that may hold rows of a member, once for each partition that has to look.
  private func expectedParts() -> [RequestRow.Part] {
    Service.allCases.flatMap { service -> [RequestRow.Part] in
      switch service.privacyTasks {
      case .byMember: [RequestRow.Part(service: service, partition: context.partition)]
      case .everyPartition:
        (0..<Int32(context.partitionCount)).map { RequestRow.Part(service: service, partition: $0) }
      case .none: []
      }
    }
  }

  /// One task for all services that keep rows by member, in the member's partition, and one for each other part. A task
  /// keeps its id when it is sent again.
  private func sendTasks(
    _ requestId: String, _ memberId: String, _ parts: [RequestRow.Part], at instant: Instant, _ record: InputRecord?
  ) {
    let byMember = parts.filter { $0.service.privacyTasks == .byMember }.map(\.service)
    if !byMember.isEmpty {
      sendTask(
        PrivacyTask(
          id: "\(requestId):members", kind: .erase, requestId: requestId, memberId: memberId, services: byMember,
          occurredAt: instant), partition: context.partition, record)
    }
    for part in parts where part.service.privacyTasks == .everyPartition {
      sendTask(
        PrivacyTask(
          id: "\(requestId):\(part.service.name):\(part.partition)", kind: .erase, requestId: requestId,
          memberId: memberId, services: [part.service], occurredAt: instant), partition: part.partition, record)
    }
  }

  private func sendTask(_ task: PrivacyTask, partition: Int32, _ record: InputRecord?) {
    writer.reset()
    task.encode(to: &writer)
    context.outbox.send(
      EventAttributes(id: task.id, type: task.kind.rawValue, source: Self.source, occurredAt: task.occurredAt),
      topic: PrivacyTopology.Output.tasks.rawValue, partition: partition, key: task.memberId,
      traceparent: record?.headers.header("traceparent"), value: writer)
  }

  /// Tasks are durable, so a service that is merely down does its own when it is up: the log line is for the operator. A
  /// task that was dead-lettered, or outlived its topic's retention, is healed by sending it again, which harms nobody.
  private func remind(
    _ requestId: String, _ row: RequestRow, _ memberId: String, _ parts: [RequestRow.Part], at now: Instant
  ) throws {
    let missing = parts.filter { $0.done == nil }
    let places = missing.map { "\($0.service.name)[\($0.partition)]" }.joined(separator: " ")
    context.log(
      .warning, "a request is overdue; its tasks are sent again",
      [("request", requestId), ("requestedAt", row.requestedAt.rfc3339), ("waitingFor", places)])
    sendTasks(requestId, memberId, missing, at: now, nil)
    var row = row
    let overdueAt = now.advanced(byMilliseconds: settings.overdueAfterMs)
    row.state = .open(memberId: memberId, parts: parts, overdueAt: overdueAt)
    try requests.put(requestId, row)
  }

  private func refuse(_ request: PrivacyRequest, _ record: InputRecord) throws {
    let now = now(notBefore: request.occurredAt)
    let row = RequestRow(kind: request.kind, requestedAt: request.occurredAt, state: .closed(at: now))
    try requests.put(request.id, row)
    context.metrics.rejected("not-supported")
    certify(
      request.id, row,
      .refused(code: "not-supported", message: "Only erasure is carried out here; answer this request by hand."),
      at: now, record)
  }

  // MARK: Reports

  private func processReport(_ report: PrivacyReport, _ record: InputRecord) throws {
    context.clock.observe(report.occurredAt.milliseconds)
    guard var row = try requests.get(report.requestId), case .open(let memberId, var parts, let overdueAt) = row.state
    else {
      // The request is closed, or closed so long ago that it is forgotten.
      return context.metrics.rejected("late-report")
    }
    guard
      let index = parts.firstIndex(where: { $0.service == report.service && $0.partition == report.partition })
    else { return context.metrics.rejected("unexpected-report") }
    guard parts[index].done == nil else { return context.metrics.rejected("duplicate") }
    parts[index].done = RequestRow.Part.Done(rowsErased: report.rowsErased, at: report.occurredAt)
    let finished = parts.compactMap { part in
      part.done.map {
        PrivacyCertificate.Part(
          service: part.service, partition: part.partition, rowsErased: $0.rowsErased, completedAt: $0.at)
      }
    }
    guard finished.count == parts.count else {
      row.state = .open(memberId: memberId, parts: parts, overdueAt: overdueAt)
      return try requests.put(report.requestId, row)
    }
    let now = now(notBefore: report.occurredAt)
    row.state = .closed(at: now)
    try requests.put(report.requestId, row)
    open[report.requestId] = nil
    context.outbox.sendTombstone(
      topic: PrivacyTopology.Output.members.rawValue, partition: context.partition, key: memberId)
    certify(report.requestId, row, .completed(finished), at: now, record)
    context.log(.info, "erasure completed", [("request", report.requestId)])
  }

  private func certify(
    _ requestId: String, _ row: RequestRow, _ outcome: PrivacyCertificate.Outcome, at now: Instant,
    _ record: InputRecord
  ) {
    let certificate = PrivacyCertificate(
      requestId: requestId, kind: row.kind, requestedAt: row.requestedAt, outcome: outcome, occurredAt: now)
    writer.reset()
    certificate.encode(to: &writer)
    context.outbox.send(
      EventAttributes(id: certificate.id, type: certificate.type, source: Self.source, occurredAt: now),
      topic: PrivacyTopology.Output.certificates.rawValue, key: requestId,
      traceparent: record.headers.header("traceparent"), value: writer)
  }

  private func now(notBefore instant: Instant) -> Instant {
    Instant.max(instant, Instant(milliseconds: context.clock.nowMs))
  }
}
