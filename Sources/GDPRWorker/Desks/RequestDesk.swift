import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Takes requests in: a task for every service that may hold rows of the member.
struct RequestDesk {
  private let book: PrivacyBook
  private let settings: PrivacySettings

  init(_ book: PrivacyBook, _ settings: PrivacySettings) {
    self.book = book
    self.settings = settings
  }

  var overdueCount: Int {
    book.open.values.count { $0.milliseconds + settings.overdueAfterMs <= book.context.clock.nowMs }
  }

  /// A request that came before its time is one of now: what the services erase by its instant lies behind them.
  func process(_ request: PrivacyRequest) throws {
    var request = request
    request.occurredAt = book.context.clock.atMostNow(request.occurredAt)
    book.context.clock.observe(request.occurredAt.milliseconds)
    if let known = try book.requests.get(request.id) {
      if case .open(let memberId, _, _) = known.state, memberId != request.memberId {
        throw PoisonRecord(
          code: ContractViolation.Code.conflictingDuplicate.rawValue,
          "The request's id belongs to an open request of another member; send it under an id of its own.")
      }
      return book.context.counts.rejected("duplicate")
    }
    guard request.kind == .erasure else { return try refuse(request) }
    let parts = expectedParts()
    let overdueAt = book.now(notBefore: request.occurredAt).advanced(byMilliseconds: settings.overdueAfterMs)
    try book.put(
      request.id,
      RequestRow(
        kind: request.kind, requestedAt: request.occurredAt,
        state: .open(memberId: request.memberId, parts: parts, overdueAt: overdueAt)))
    sendTasks(request.id, request.memberId, parts, at: request.occurredAt)
    book.context.log(
      .info, "erasure begun", [("request", PersonalText.shown(request.id)), ("parts", "\(parts.count)")])
  }

  /// Tasks are durable, so a service that is merely down does its own when it is up: the log line is for the operator.
  /// A task that was dead-lettered, or outlived its topic's retention, is healed by sending it again, which harms
  /// nobody.
  func remind(
    _ requestId: String, _ row: RequestRow, _ memberId: String, _ parts: [RequestRow.Part], at now: Instant
  ) throws {
    let missing = parts.filter { $0.done == nil }
    let places = missing.map { "\($0.service.name)[\($0.partition)]" }.joined(separator: " ")
    book.context.log(
      .warning, "a request is overdue; its tasks are sent again",
      [("request", PersonalText.shown(requestId)), ("requestedAt", row.requestedAt.rfc3339), ("waitingFor", places)])
    sendTasks(requestId, memberId, missing, at: now)
    var row = row
    let overdueAt = now.advanced(byMilliseconds: settings.overdueAfterMs)
    row.state = .open(memberId: memberId, parts: parts, overdueAt: overdueAt)
    try book.put(requestId, row)
  }

  /// Every service that may hold rows of a member, once for each partition that has to look.
  private func expectedParts() -> [RequestRow.Part] {
    Service.allCases.flatMap { service -> [RequestRow.Part] in
      switch service.privacyTasks {
      case .byMember: [RequestRow.Part(service: service, partition: book.context.partition)]
      case .everyPartition:
        (0..<Int32(book.context.partitionCount)).map { RequestRow.Part(service: service, partition: $0) }
      case .none: []
      }
    }
  }

  /// One task for all services that keep rows by member, in the member's partition, and one for each other part. A task
  /// keeps its id when it is sent again.
  private func sendTasks(_ requestId: String, _ memberId: String, _ parts: [RequestRow.Part], at instant: Instant) {
    let byMember = parts.filter { $0.service.privacyTasks == .byMember }.map(\.service)
    if !byMember.isEmpty {
      book.send(
        PrivacyTask(
          id: "\(requestId):members", kind: .erase, requestId: requestId, memberId: memberId, services: byMember,
          occurredAt: instant), to: book.context.partition)
    }
    for part in parts where part.service.privacyTasks == .everyPartition {
      book.send(
        PrivacyTask(
          id: "\(requestId):\(part.service.name):\(part.partition)", kind: .erase, requestId: requestId,
          memberId: memberId, services: [part.service], occurredAt: instant), to: part.partition)
    }
  }

  private func refuse(_ request: PrivacyRequest) throws {
    let now = book.now(notBefore: request.occurredAt)
    let row = RequestRow(kind: request.kind, requestedAt: request.occurredAt, state: .closed(at: now))
    try book.put(request.id, row)
    book.context.counts.rejected("not-supported")
    book.certify(
      request.id, row,
      .refused(code: "not-supported", message: "Only erasure is carried out here; answer this request by hand."),
      at: now)
  }
}
