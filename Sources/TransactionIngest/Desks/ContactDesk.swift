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

  func add(_ digest: ContactDigest, _ owner: ContactRow.Owner, isNew: Bool) throws {
    var row = try book.contacts.get(digest) ?? ContactRow()
    row.add(owner, isNew: isNew)
    // Where several share the contact, nobody can tell whose the earlier purchases were.
    if isNew, owner.isActive, row.unnamed == 0, row.holders == [owner.memberId], book.waiting.count > 0 {
      row.enrolment = .init(memberId: owner.memberId, after: WaitingRow.prefix(digest))
      _ = try offer(digest, &row, limit: Self.offeredAtOnceMax)
    }
    try book.contacts.put(digest, row)
  }

  /// Goes on with enrolments that found many purchases: counts what it offers.
  var sweep: Sweep {
    Sweep { [self] nowMs, limit in
      var count = 0
      for (digest, row) in try book.contacts.due(upToMs: nowMs, limit: limit) {
        var row = row
        if count < limit { count += try offer(digest, &row, limit: min(limit - count, Self.offeredAtOnceMax)) }
        try book.contacts.put(digest, row)
      }
      return count
    }
  }

  /// Offers the next kept purchases to who enrolled, and notes how far it came.
  private func offer(_ digest: ContactDigest, _ row: inout ContactRow, limit: Int) throws -> Int {
    guard let enrolment = row.enrolment, let owner = row.owners.first(where: { $0.memberId == enrolment.memberId })
    else { preconditionFailure("an enrolment ends when its owner goes") }
    let found = try book.waiting.scan(prefix: WaitingRow.prefix(digest), after: enrolment.after, limit: limit)
    for (_, waiting) in found {
      book.send(
        .purchaseEnrolled(
          ReceiptPlace(receipt: waiting.receipt, source: waiting.source), memberId: owner.memberId, since: owner.since),
        key: waiting.receipt)
    }
    if let last = found.last, found.count == limit {
      row.enrolment?.after = last.key
    } else {
      row.enrolment = nil
    }
    return found.count
  }

  func remove(_ digest: ContactDigest, of memberId: String, for erasure: ErasureInWait?) throws {
    if var row = try book.contacts.get(digest) {
      row.remove(memberId)
      if row.isEmpty { try book.contacts.remove(digest) } else { try book.contacts.put(digest, row) }
    }
    book.answer(erasure)
  }

  func find(_ digest: ContactDigest, _ purchase: ArrivedPurchase, otherwise further: ContactDigest?) throws {
    let transaction = purchase.transaction
    let contact = try book.contacts.get(digest) ?? ContactRow()
    var members: Set<String> = []
    for holder in contact.holders {
      guard let member = book.forwardings.resolve(holder) else {
        return book.refuse(transaction, .forwardingLoop, arrived: purchase.arrival)
      }
      members.insert(member)
    }
    guard members.count <= 1, contact.unnamed == 0 else {
      return book.refuse(transaction, .severalMembers, arrived: purchase.arrival)
    }
    if let member = members.first {
      _ = book.passOn(transaction, to: member)
    } else if let further {
      book.send(.purchaseLookup(further, purchase), key: further.hexadecimal)
    } else {
      try keep(digest, purchase)
    }
  }

  private func keep(_ digest: ContactDigest, _ purchase: ArrivedPurchase) throws {
    let transaction = purchase.transaction
    if transaction.kind == .purchase {
      book.context.counts.rejected("unmatched")
      try book.waiting.put(
        WaitingRow.key(digest, receipt: transaction.receipt, source: transaction.source),
        WaitingRow(
          receipt: transaction.receipt, source: transaction.source,
          forgetAtMs: book.nowMs + book.settings.unmatchedMs))
    }
    book.send(.purchaseKept(purchase), key: transaction.receipt)
  }
}
