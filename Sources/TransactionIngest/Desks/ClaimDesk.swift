import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Members' claims, in the members' own partitions: sends each to its receipt's partition, keeps the count of wrong ones,
/// and tells what became of it.
struct ClaimDesk {
  private let book: IngestBook

  init(_ book: IngestBook) { self.book = book }

  func take(_ claim: PurchaseClaim, key: UnsafeRawBufferPointer?) throws {
    guard let key, key.elementsEqual(claim.memberId.utf8) else {
      throw PoisonRecord(code: "key-mismatch", "the record's key is not the id of the member who claims")
    }
    guard try !book.erased.passOver(claim.memberId, occurredAt: claim.occurredAt) else { return }
    book.context.clock.observe(claim.occurredAt.milliseconds)
    var row = try book.claimants.get(claim.memberId) ?? ClaimantRow(forgetAtMs: 0)
    if let answer = row.answered.first(where: { $0.claimId == claim.id }) {
      return tell(claim, answer.source, answer.refusal, answer.programId)
    }
    guard !row.open.contains(claim.id) else { return book.context.metrics.rejected("duplicate") }
    if let refusal = try refusal(of: claim, row) {
      // Not remembered: the same claim may be right once the lock is over, the member is enrolled or a merger is mended.
      let claimed = refusal == .unknownProgramme ? nil : claim.programId
      return tell(
        claim, nil, refusal, book.teller(named: claimed, nil, at: claim.occurredAt),
        lockedUntil: refusal == .claimsLocked ? row.lockedUntilMs : nil)
    }
    row.open.append(claim.id)
    try put(claim.memberId, row, at: claim.occurredAt)
    var message = LookupMessage(.receiptClaimed)
    message.claimId = claim.id
    message.memberId = claim.memberId
    message.receipt = claim.receipt
    message.source = claim.source
    message.total = claim.total
    message.date = claim.date
    message.actor = claim.actor
    message.programId = claim.programId
    message.at = claim.occurredAt
    book.send(message, key: claim.receipt)
  }

  private func refusal(of claim: PurchaseClaim, _ row: ClaimantRow) throws -> ClaimStatus.Refusal? {
    if let programId = claim.programId, book.programs.catalog.versions(of: programId).isEmpty {
      return .unknownProgramme
    }
    guard let profile = try book.profiles.get(claim.memberId) else { return .unknownMember }
    guard profile.isActive || profile.mergedInto != nil else { return .accountClosed }
    guard book.forwardings.resolve(claim.memberId) != nil else { return .forwardingLoop }
    if let lockedUntilMs = row.lockedUntilMs, now(claim.occurredAt) < lockedUntilMs { return .claimsLocked }
    guard row.open.count + recent(row.wrongAtMs, at: now(claim.occurredAt)).count < book.settings.claims.wrongMax else {
      return .tooManyOpenClaims
    }
    return nil
  }

  /// On wall time the machine's: whoever claims could open a lock, or close one for years, by the date of a claim.
  private func now(_ instant: Instant) -> Int64 {
    book.context.clock.mode == .wall ? book.nowMs : max(book.nowMs, instant.milliseconds)
  }

  private func recent(_ instants: [Int64], at nowMs: Int64) -> [Int64] {
    instants.filter { $0 > nowMs - book.settings.claims.windowMs }
  }

  /// The receipt's partition has decided: about a claim, or where there is no claim id, about a purchase that an enrolment
  /// found.
  func conclude(_ message: LookupMessage) throws {
    let memberId = try message.need(\.memberId, "memberId")
    let receipt = try message.need(\.receipt, "receipt")
    let at = try message.need(\.at, "at")
    guard try !book.erased.passOver(memberId, occurredAt: at) else { return forget(message, receipt) }
    var row = try book.claimants.get(memberId) ?? ClaimantRow(forgetAtMs: 0)
    if let claimId = message.claimId {
      row.open.removeAll { $0 == claimId }
      if message.code != .forwardingLoop { remember(claimId, receipt, message, &row) }
    }
    if message.code == nil, let source = message.source {
      row.booked.append(.init(receipt: receipt, source: source))
      if row.booked.count > ClaimantRow.remembered { row.booked.removeFirst() }
    }
    let isLocked = message.code == .receiptNotFound && noteWrong(&row, at: now(at))
    try put(memberId, row, at: at)
    book.tell(
      ClaimStatus(
        id: message.claimId ?? "enrolment:\(message.source ?? ""):\(receipt)", memberId: memberId, receipt: receipt,
        source: message.source, outcome: message.code.map { .refused($0) } ?? .accepted,
        cause: message.claimId == nil ? .enrolment : .claim, actor: message.actor, programId: message.programId,
        lockedUntil: isLocked ? row.lockedUntilMs.map { Instant(milliseconds: $0) } : nil, occurredAt: at))
  }

  private func remember(_ claimId: String, _ receipt: String, _ message: LookupMessage, _ row: inout ClaimantRow) {
    row.answered.append(
      .init(
        claimId: claimId, receipt: receipt, source: message.source, refusal: message.code,
        programId: message.programId))
    if row.answered.count > ClaimantRow.remembered { row.answered.removeFirst() }
  }

  /// Counts a wrong claim; says whether it was the one that locks the member's claims.
  private func noteWrong(_ row: inout ClaimantRow, at nowMs: Int64) -> Bool {
    row.wrongAtMs = recent(row.wrongAtMs, at: nowMs) + [nowMs]
    guard row.wrongAtMs.count >= book.settings.claims.wrongMax else { return false }
    row.lockedUntilMs = nowMs + book.settings.claims.lockMs
    row.wrongAtMs = []
    return true
  }

  /// The member was erased while the answer was under way: the purchase must not keep their id.
  private func forget(_ message: LookupMessage, _ receipt: String) {
    guard message.code == nil, let source = message.source else { return }
    var erase = LookupMessage(.receiptErased)
    erase.receipt = receipt
    erase.source = source
    book.send(erase, key: receipt)
  }

  /// Forgets a member for an erasure; returns how many answers are under way.
  func erase(_ memberId: String, requestId: String) throws -> Int {
    guard let row = try book.claimants.get(memberId) else { return 0 }
    try book.claimants.remove(memberId)
    for booking in row.booked {
      var message = LookupMessage(.receiptErased)
      message.receipt = booking.receipt
      message.source = booking.source
      message.requestId = requestId
      message.partition = book.context.partition
      book.send(message, key: booking.receipt)
    }
    return row.booked.count
  }

  private func put(_ memberId: String, _ row: ClaimantRow, at instant: Instant) throws {
    var row = row
    row.forgetAtMs = now(instant) + book.settings.unmatchedMs
    try book.claimants.put(memberId, row)
  }

  private func tell(
    _ claim: PurchaseClaim, _ source: String?, _ refusal: ClaimStatus.Refusal?, _ programId: String?,
    lockedUntil: Int64? = nil
  ) {
    book.tell(
      ClaimStatus(
        id: claim.id, memberId: claim.memberId, receipt: claim.receipt, source: source,
        outcome: refusal.map { .refused($0) } ?? .accepted, cause: .claim, actor: claim.actor, programId: programId,
        lockedUntil: lockedUntil.map { Instant(milliseconds: $0) }, occurredAt: claim.occurredAt))
  }
}
