import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The index of contacts, for those whose digests belong to this partition: finds the member of a purchase.
struct ContactDesk {
  private let book: IngestBook

  /// Kept purchases offered to an owner at once. More follow by a timer, so that no cycle grows with their number.
  static let offeredAtOnceMax = 1_000

  init(_ book: IngestBook) { self.book = book }

  func add(_ message: LookupMessage) throws {
    let digest = try message.need(\.digest, "digest")
    let owner = ContactRow.Owner(
      memberId: try message.need(\.memberId, "memberId"), since: try message.need(\.at, "at"),
      isActive: try message.need(\.isActive, "isActive"))
    let isNew = try message.need(\.isNew, "isNew")
    var row = try book.contacts.get(digest) ?? ContactRow()
    row.add(owner, isNew: isNew)
    // Where several share the contact, nobody can tell whose the earlier purchases were.
    if isNew, owner.isActive, row.unnamed == 0, row.holders == [owner.memberId], book.waiting.count > 0 {
      row.enrolment = .init(memberId: owner.memberId, after: WaitingRow.prefix(digest))
      _ = try offer(digest, &row, limit: Self.offeredAtOnceMax)
    }
    try book.contacts.put(digest, row)
  }

  /// Goes on with enrolments that found many purchases; returns how many it offered, at most `limit`.
  func goOn(upToMs nowMs: Int64, limit: Int) throws -> Int {
    var count = 0
    for (digest, row) in try book.contacts.due(upToMs: nowMs, limit: limit) {
      var row = row
      if count < limit { count += try offer(digest, &row, limit: min(limit - count, Self.offeredAtOnceMax)) }
      try book.contacts.put(digest, row)
    }
    return count
  }

  /// Offers the next kept purchases to who enrolled, and notes how far it came.
  private func offer(_ digest: ContactDigest, _ row: inout ContactRow, limit: Int) throws -> Int {
    guard let enrolment = row.enrolment, let owner = row.owners.first(where: { $0.memberId == enrolment.memberId })
    else { preconditionFailure("an enrolment ends when its owner goes") }
    let found = try book.waiting.scan(prefix: WaitingRow.prefix(digest), after: enrolment.after, limit: limit)
    for (_, waiting) in found {
      var message = LookupMessage(.purchaseEnrolled)
      message.receipt = waiting.receipt
      message.source = waiting.source
      message.memberId = owner.memberId
      message.at = owner.since
      book.send(message, key: waiting.receipt)
    }
    if let last = found.last, found.count == limit {
      row.enrolment?.after = last.key
    } else {
      row.enrolment = nil
    }
    return found.count
  }

  func remove(_ message: LookupMessage) throws {
    let digest = try message.need(\.digest, "digest")
    let memberId = try message.need(\.memberId, "memberId")
    if var row = try book.contacts.get(digest) {
      row.remove(memberId)
      if row.isEmpty { try book.contacts.remove(digest) } else { try book.contacts.put(digest, row) }
    }
    try answer(message)
  }

  /// Says to the partition that waits with an erasure that this one has done its part.
  func answer(_ message: LookupMessage) throws {
    guard let requestId = message.requestId else { return }
    var answer = LookupMessage(.rowErased)
    answer.requestId = requestId
    book.send(answer, key: requestId, partition: try message.need(\.partition, "partition"))
  }

  func find(_ message: LookupMessage) throws {
    let digest = try message.need(\.digest, "digest")
    let transaction = try message.need(\.transaction, "transaction")
    let contact = try book.contacts.get(digest) ?? ContactRow()
    var members: Set<String> = []
    for holder in contact.holders {
      guard let member = book.forwardings.resolve(holder) else {
        return book.refuse(transaction, .forwardingLoop, arrived: try Arrival(message))
      }
      members.insert(member)
    }
    guard members.count <= 1, contact.unnamed == 0 else {
      return book.refuse(transaction, .severalMembers, arrived: try Arrival(message))
    }
    if let member = members.first {
      _ = book.passOn(transaction, to: member)
    } else {
      try keep(message, digest, transaction)
    }
  }

  private func keep(_ message: LookupMessage, _ digest: ContactDigest, _ transaction: Transaction) throws {
    if transaction.kind == .purchase {
      book.context.metrics.rejected("unmatched")
      try book.waiting.put(
        WaitingRow.key(digest, receipt: transaction.receipt, source: transaction.source),
        WaitingRow(
          receipt: transaction.receipt, source: transaction.source,
          forgetAtMs: book.nowMs + book.settings.unmatchedMs))
    }
    var kept = message
    kept.kind = .purchaseKept
    kept.digest = nil
    book.send(kept, key: transaction.receipt)
  }
}
