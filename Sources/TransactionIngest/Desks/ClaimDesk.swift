import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Members' claims, in the members' own partitions: sends each to its receipt's partition, keeps the count of wrong
/// ones, and tells what became of it.
struct ClaimDesk {
  private let book: IngestBook

  init(_ book: IngestBook) { self.book = book }

  func process(_ claim: PurchaseClaim) throws {
    book.context.clock.observe(claim.occurredAt.milliseconds)
    var row = try book.claimants.get(claim.memberId) ?? ClaimantRow(forgetAtMs: 0)
    if let answer = row.answered.first(where: { $0.claimId == claim.id }) {
      return tell(claim, answer.source, answer.refusal, answer.programId)
    }
    guard !row.open.contains(claim.id) else { return book.context.counts.rejected("duplicate") }
    if let refusal = try refusal(of: claim, row) {
      // Not remembered: the same claim may be right once the lock is over, the member is enrolled or a merger is
      // mended.
      let claimed = refusal == .unknownProgramme ? nil : claim.programId
      return tell(
        claim, nil, refusal, book.teller(named: claimed, nil, at: claim.occurredAt),
        lockedUntil: refusal == .claimsLocked ? row.lockedUntilMs : nil)
    }
    row.open.append(claim.id)
    try put(claim.memberId, row, at: claim.occurredAt)
    book.send(.receiptClaimed(claim), key: claim.receipt)
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

  /// The receipt's partition has decided.
  func conclude(_ judged: JudgedClaim) throws {
    guard try !book.erased.passOver(judged.memberId, happenedAt: judged.at) else { return forget(judged) }
    var row = try book.claimants.get(judged.memberId) ?? ClaimantRow(forgetAtMs: 0)
    if let claimId = judged.claimId {
      row.open.removeAll { $0 == claimId }
      if judged.refusal != .forwardingLoop { remember(claimId, judged, &row) }
    }
    if judged.refusal == nil, let source = judged.source {
      row.booked.append(.init(receipt: judged.receipt, source: source))
      if row.booked.count > ClaimantRow.remembered { row.booked.removeFirst() }
    }
    let isLocked = judged.refusal == .receiptNotFound && noteWrong(&row, at: now(judged.at))
    try put(judged.memberId, row, at: judged.at)
    book.tell(
      ClaimStatus(
        id: judged.claimId ?? "enrolment:\(judged.source ?? ""):\(judged.receipt)", memberId: judged.memberId,
        receipt: judged.receipt, source: judged.source, outcome: judged.refusal.map { .refused($0) } ?? .accepted,
        cause: judged.claimId == nil ? .enrolment : .claim, actor: judged.actor, programId: judged.programId,
        lockedUntil: isLocked ? row.lockedUntilMs.map { Instant(milliseconds: $0) } : nil, occurredAt: judged.at))
  }

  private func remember(_ claimId: String, _ judged: JudgedClaim, _ row: inout ClaimantRow) {
    row.answered.append(
      .init(
        claimId: claimId, receipt: judged.receipt, source: judged.source, refusal: judged.refusal,
        programId: judged.programId))
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
  private func forget(_ judged: JudgedClaim) {
    guard judged.refusal == nil, let source = judged.source else { return }
    book.send(.receiptErased(ReceiptPlace(receipt: judged.receipt, source: source), for: nil), key: judged.receipt)
  }

  /// Forgets a member for an erasure; returns how many answers are under way.
  func erase(_ memberId: String, requestId: String) throws -> Int {
    guard let row = try book.claimants.get(memberId) else { return 0 }
    try book.claimants.remove(memberId)
    for booking in row.booked {
      book.send(
        .receiptErased(
          ReceiptPlace(receipt: booking.receipt, source: booking.source), for: book.erasure(requestId)),
        key: booking.receipt)
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
