import Contracts
import Loyalty
import StreamRuntime

/// A request, by its id.
///
///     open ──every part reported──▶ closed ──`forgottenAfterMs`──▶ removed
///     │  ▲
///     └──┘ overdue: reminded
///
/// Only an open request names the member. A closed one is kept so that the same request again is known as such.
struct RequestRow: StoreRow, Equatable {
  var kind: PrivacyRequest.Kind
  var requestedAt: Instant
  var state: State

  enum State: Equatable {
    case open(memberId: String, parts: [Part], overdueAt: Instant)
    case closed(at: Instant)
  }

  /// What one service has to do in one partition.
  struct Part: Equatable {
    var service: Service
    var partition: Int32
    var done: Done?

    struct Done: Equatable {
      var rowsErased: Int
      var at: Instant
    }
  }

  /// As long as `privacy.requests` keeps a record: after that the same request cannot come again by itself.
  static let forgottenAfterMs: Int64 = 90 * Instant.dayMs

  var dueMs: Int64? {
    switch state {
    case .open(_, _, let overdueAt): overdueAt.milliseconds
    case .closed(let at): at.milliseconds + Self.forgottenAfterMs
    }
  }

  init(kind: PrivacyRequest.Kind, requestedAt: Instant, state: State) {
    self.kind = kind
    self.requestedAt = requestedAt
    self.state = state
  }

  func encode(to row: RowEncoder) {
    row.byte(1)
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

  init(from row: inout RowDecoder) throws {
    let version = try row.byte()
    guard version == 1 else { throw RowFormatError("a request of the unknown version \(version)") }
    guard let kind = PrivacyRequest.Kind(rawValue: try row.string()) else {
      throw RowFormatError("a request of an unknown kind")
    }
    self.kind = kind
    requestedAt = Instant(milliseconds: try row.int())
    if try row.bool() {
      let overdueAt = Instant(milliseconds: try row.int())
      state = .open(
        memberId: try row.string(), parts: try row.list { try Part(from: &$0) }, overdueAt: overdueAt)
    } else {
      state = .closed(at: Instant(milliseconds: try row.int()))
    }
  }
}

extension RequestRow.Part {
  fileprivate init(from row: inout RowDecoder) throws {
    guard let service = Service(rawValue: try row.string()) else {
      throw RowFormatError("a part of an unknown service")
    }
    let partition = Int32(truncatingIfNeeded: try row.int())
    let rowsErased = try row.optionalInt()
    let done = try rowsErased.map { Done(rowsErased: Int($0), at: Instant(milliseconds: try row.int())) }
    self.init(service: service, partition: partition, done: done)
  }
}
