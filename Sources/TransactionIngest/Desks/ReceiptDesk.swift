import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// Purchases without a member, for the receipts of this partition: keeps them, and hands them out once.
final class ReceiptDesk {
  private let book: IngestBook
  private let decoder = TransactionDecoder(.accepted)
  private var writer = JSONWriter()

  /// Of shops that use one receipt id, so many are looked at where a claim names none.
  private static let sourcesMax = 100

  init(_ book: IngestBook) { self.book = book }

  func keep(_ arrived: ArrivedPurchase) throws {
    let transaction = arrived.transaction
    let key = ReceiptRow.key(receipt: transaction.receipt, source: transaction.source)
    var row = try book.receipts.get(key) ?? ReceiptRow(forgetAtMs: book.nowMs + book.settings.unmatchedMs)
    if let member = row.claimedBy {
      // A return of what was claimed since.
      guard !book.passOn(transaction, to: member) else { return }
      return book.refuse(transaction, .forwardingLoop, arrived: arrived.arrival)
    }
    writer.reset()
    transaction.encode(to: &writer)
    if transaction.kind == .purchase {
      row.purchase = writer.bytes
    } else {
      guard row.add(.init(text: writer.bytes, arrival: arrived.arrival)) else {
        return book.refuse(transaction, .tooManyReturns, arrived: arrived.arrival)
      }
    }
    try book.receipts.put(key, row)
  }

  /// Somebody enrolled with the contact of a kept purchase: it is theirs if they had the contact already when they
  /// bought, or bought so few days before that every programme it counts for looks back that far.
  func enrol(_ memberId: String, since: Instant, at place: ReceiptPlace) throws {
    let key = ReceiptRow.key(receipt: place.receipt, source: place.source)
    guard let row = try book.receipts.get(key), row.claimedBy == nil, let purchase = try self.purchase(row) else {
      return
    }
    if purchase.occurredAt < since {
      let earliest = book.programs(for: purchase).map {
        $0.calendar.adding(days: -$0.intake.enrolmentDays, to: since)
      }.max()
      guard let earliest, purchase.occurredAt >= earliest else { return }
    }
    // Kept where the member's mergers go round in a circle: it can be claimed once they are mended.
    guard try handOut(row, purchase, key, to: memberId) else { return }
    book.send(
      .claimJudged(
        JudgedClaim(
          memberId: memberId, receipt: place.receipt, source: place.source,
          programId: book.teller(named: nil, purchase, at: since), at: max(since, purchase.occurredAt))),
      key: memberId)
  }

  func judge(_ claim: PurchaseClaim) throws {
    let found = try candidates(claim)
    var judged = JudgedClaim(
      claimId: claim.id, memberId: claim.memberId, receipt: claim.receipt, source: claim.source, actor: claim.actor,
      programId: book.teller(named: claim.programId, found.first?.purchase, at: claim.occurredAt),
      at: claim.occurredAt)
    let open = found.filter { $0.row.claimedBy == nil }
    switch (open.count, found.isEmpty) {
    case (1, _):
      if try handOut(open[0].row, open[0].purchase, open[0].key, to: claim.memberId) {
        judged.source = open[0].purchase.source
      } else {
        judged.refusal = .forwardingLoop
      }
    case (0, true): judged.refusal = .receiptNotFound
    case (0, false): judged.refusal = .alreadyClaimed
    default: judged.refusal = .severalReceipts
    }
    book.send(.claimJudged(judged), key: claim.memberId)
  }

  /// Forgets what has had its time. Where no purchase ever came, its returns are refused: what they take back was
  /// booked without asking here, or never sent.
  var sweep: Sweep {
    .each(book.receipts) { [self] key, row, _ in
      try book.receipts.remove(key)
      guard row.purchase == nil else { return }
      for returned in row.returns {
        book.refuse(try transaction(returned.text), .purchaseNotFound, arrived: returned.arrival)
      }
    }
  }

  /// Forgets who claimed a purchase, and with that the purchase.
  func erase(_ place: ReceiptPlace, for erasure: ErasureInWait?) throws {
    try book.receipts.remove(ReceiptRow.key(receipt: place.receipt, source: place.source))
    book.answer(erasure)
  }

  private typealias Candidate = (key: String, row: ReceiptRow, purchase: Transaction)

  /// The kept purchases that a claim describes.
  private func candidates(_ claim: PurchaseClaim) throws -> [Candidate] {
    var found: [Candidate] = []
    for (key, row) in try rows(claim) {
      guard let purchase = try purchase(row),
        claim.total.minorUnits(exponent: purchase.currency.exponent) == purchase.total, isDay(claim.date, of: purchase)
      else { continue }
      found.append((key, row, purchase))
    }
    return found
  }

  private func rows(_ claim: PurchaseClaim) throws -> [(key: String, row: ReceiptRow)] {
    guard let source = claim.source else {
      return try book.receipts.scan(prefix: ReceiptRow.prefix(claim.receipt), limit: Self.sourcesMax)
    }
    let key = ReceiptRow.key(receipt: claim.receipt, source: source)
    return try book.receipts.get(key).map { [(key, $0)] } ?? []
  }

  /// The receipt shows the shop's own day: that of the zone of a programme which the purchase counts for, or UTC's.
  private func isDay(_ date: LocalDate, of purchase: Transaction) -> Bool {
    let programs = book.programs(for: purchase)
    guard !programs.isEmpty else {
      return Int64(date.daysSinceEpoch) == Self.utcDay(of: purchase.occurredAt)
    }
    return programs.contains { $0.calendar.day(of: purchase.occurredAt) == date }
  }

  private static func utcDay(of instant: Instant) -> Int64 {
    instant.milliseconds.flooredDivision(by: Instant.dayMs).quotient
  }

  /// Passes a kept purchase on with its returns. False, and nothing is done, where the member's forwardings go round in
  /// a circle.
  private func handOut(
    _ row: ReceiptRow, _ purchase: Transaction, _ key: String, to memberId: String
  ) throws -> Bool {
    var row = row
    guard book.passOn(purchase, to: memberId) else { return false }
    for returned in row.returns {
      let isPassedOn = book.passOn(try transaction(returned.text), to: memberId)
      precondition(isPassedOn, "forwardings change between records only")
    }
    row.returns = []
    row.claimedBy = memberId
    // What is returned comes later than what is bought.
    row.forgetAtMs = max(row.forgetAtMs, book.nowMs + book.settings.unmatchedMs)
    try book.receipts.put(key, row)
    return true
  }

  private func purchase(_ row: ReceiptRow) throws -> Transaction? { try row.purchase.map { try transaction($0) } }

  private func transaction(_ text: [UInt8]) throws -> Transaction {
    try text.withUnsafeBytes { try decoder.decode($0) }
  }
}
