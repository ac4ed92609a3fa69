import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A request, by its id.
///
///     open ──every part reported──▶ closed ──`forgottenAfterMs`──▶ removed
///     │  ▲
///     └──┘ overdue: reminded
///
/// Only an open request names the member. A closed one is kept so that the same request again is known as such.
package struct RequestRow: StoreRow, Equatable {
  package var kind: PrivacyRequest.Kind
  package var requestedAt: Instant
  package var state: State

  package enum State: Equatable {
    case open(memberId: String, parts: [Part], overdueAt: Instant)
    case closed(at: Instant)
  }

  /// What one service has to do in one partition.
  package struct Part: Equatable {
    package var service: Service
    package var partition: Int32
    package var done: Done?

    package struct Done: Equatable {
      package var rowsErased: Int
      package var at: Instant

      package init(rowsErased: Int, at: Instant) {
        self.rowsErased = rowsErased
        self.at = at
      }
    }

    package init(service: Service, partition: Int32, done: Done? = nil) {
      self.service = service
      self.partition = partition
      self.done = done
    }
  }

  /// As long as `privacy.requests` keeps a record: after that the same request cannot come again by itself.
  static let forgottenAfterMs: Int64 = 90 * Instant.dayMs

  package static let format: UInt8 = 1

  package var dueMs: Int64? {
    switch state {
    case .open(_, _, let overdueAt): overdueAt.milliseconds
    case .closed(let at): at.milliseconds + Self.forgottenAfterMs
    }
  }

  package init(kind: PrivacyRequest.Kind, requestedAt: Instant, state: State) {
    self.kind = kind
    self.requestedAt = requestedAt
    self.state = state
  }

  package func encode(to row: RowEncoder) {
    row.string(kind.rawValue)
    row.int(requestedAt.milliseconds)
    switch state {
    case .closed(let at):
      row.bool(false)
      row.int(at.milliseconds)
    case .open(let memberId, let parts, let overdueAt):
      row.bool(true)
      row.int(overdueAt.milliseconds)
      row.string(memberId)
      row.list(parts) { part in
        row.string(part.service.rawValue)
        row.int(Int(part.partition))
        row.optionalInt(part.done.map { Int64($0.rowsErased) })
        if let done = part.done { row.int(done.at.milliseconds) }
      }
    }
  }

  package init(from row: inout RowDecoder) throws {
    guard let kind = PrivacyRequest.Kind(rawValue: try row.string()) else {
      throw RowFormatError("a request of an unknown kind")
    }
    self.kind = kind
    requestedAt = try row.instant()
    if try row.bool() {
      let overdueAt = try row.instant()
      state = .open(
        memberId: try row.string(), parts: try row.list { try Part(from: &$0) }, overdueAt: overdueAt)
    } else {
      state = .closed(at: try row.instant())
    }
  }
}

extension RequestRow.Part {
  fileprivate init(from row: inout RowDecoder) throws {
    guard let service = Service(rawValue: try row.string()) else {
      throw RowFormatError("a part of an unknown service")
    }
    guard let partition = Int32(exactly: try row.int()), partition >= 0 else {
      throw RowFormatError("a part of an impossible partition")
    }
    let done = try row.bool() ? Done(rowsErased: Int(try row.count()), at: try row.instant()) : nil
    self.init(service: service, partition: partition, done: done)
  }
}
