import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The index of contacts, for those whose digests belong to this partition: finds the member of a purchase.
struct ContactDesk {
  private let book: IngestBook

  init(_ book: IngestBook) { self.book = book }

  func add(_ message: LookupMessage) throws {
    let digest = try message.need(\.digest, "digest")
    let owner = ContactRow.Owner(
      memberId: try message.need(\.memberId, "memberId"), since: try message.need(\.at, "at"),
      isActive: try message.need(\.isActive, "isActive"))
    var row = try book.contacts.get(digest) ?? ContactRow()
    let isNew = row.add(owner)
    try book.contacts.put(digest, row)
    // Where several share the contact, nobody can tell whose the earlier purchases were.
    guard isNew, owner.isActive, row.holders == [owner.memberId] else { return }
    for (_, waiting) in try book.waiting.scan(prefix: WaitingRow.prefix(digest)) {
      var enrolment = LookupMessage(.purchaseEnrolled)
      enrolment.receipt = waiting.receipt
      enrolment.source = waiting.source
      enrolment.memberId = owner.memberId
      enrolment.at = owner.since
      book.send(enrolment, key: waiting.receipt)
    }
  }

  func remove(_ message: LookupMessage) throws {
    let digest = try message.need(\.digest, "digest")
    let memberId = try message.need(\.memberId, "memberId")
    if var row = try book.contacts.get(digest) {
      row.owners.removeAll { $0.memberId == memberId }
      if row.owners.isEmpty { try book.contacts.remove(digest) } else { try book.contacts.put(digest, row) }
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
    var members: Set<String> = []
    for holder in try book.contacts.get(digest)?.holders ?? [] {
      guard let member = book.forwardings.resolve(holder) else {
        return book.refuse(transaction, .forwardingLoop, arrived: try Arrival(message))
      }
      members.insert(member)
    }
    guard members.count <= 1 else {
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
