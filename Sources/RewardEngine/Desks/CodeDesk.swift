import Contracts
import Loyalty
import Rewards

/// Owns the codes whose digests hash to this partition: gives each once, and takes back what nobody has used.
struct CodeDesk {
  private let book: RewardBook
  private let vouchers: VoucherBook

  init(_ book: RewardBook, _ vouchers: VoucherBook) {
    self.book = book
    self.vouchers = vouchers
  }

  // MARK: Own codes

  /// A code was derived for a voucher: it is the voucher's, unless it is another one's already.
  func issue(_ issue: VoucherIssue, _ code: RewardMessage.IssuedCode, for message: RewardMessage) throws {
    guard try !book.erased.passOver(issue.memberId, happenedAt: message.occurredAt) else { return }
    if let known = try book.vouchers.get(code.digest.hexadecimal) {
      let isSame = known.held?.issue.voucher == issue.voucher
      return answer(
        isSame ? .codeIssued(piece: issue.piece, code) : .codeTaken(piece: issue.piece, counter: code.counter), message)
    }
    guard try vouchers.hasRoom(for: issue) else {
      return answer(.codeTaken(piece: issue.piece, counter: code.counter + Self.fullCosts), message)
    }
    try vouchers.open(issue, code)
    answer(.codeIssued(piece: issue.piece, code), message)
  }

  /// Codes that are left out where one fell on a partition with no room: a pool that is full is known after a few
  /// tries, each of which may fall elsewhere.
  private static let fullCosts: Int64 = 4

  // MARK: Imported codes

  /// The same code again counts once, whatever has become of it.
  func `import`(_ code: ImportedCode) throws {
    try book.context.clock.checkNotInTheFuture(code.occurredAt)
    let key = RecordKey.joined(code.pool, code.key)
    guard try book.vouchers.get(code.key) == nil, try book.freeCodes.get(key) == nil else {
      return book.context.counts.rejected("code-known")
    }
    try book.freeCodes.put(
      key, FreeCodeRow(sealed: code.sealed, codeEnd: code.codeEnd, validUntil: code.validUntil))
  }

  /// Gives a code of this partition's, or asks the next one, until all have been asked.
  func give(_ issue: VoucherIssue, asked: Int64, for message: RewardMessage) throws {
    guard try !book.erased.passOver(issue.memberId, happenedAt: message.occurredAt) else { return }
    if let code = try takeFree(for: issue) {
      var issue = issue
      issue.validUntil = min(issue.validUntil, code.validUntil ?? .distantFuture)
      try vouchers.open(issue, code)
      return answer(.codeIssued(piece: issue.piece, code), message)
    }
    let count = Int64(book.context.partitionCount)
    guard asked + 1 < count else { return answer(.noCodeLeft(piece: issue.piece), message) }
    let next = Int32((Int64(book.context.partition) + 1) % count)
    book.send(message.saying(.giveCode(issue, asked: asked + 1)), to: next)
  }

  /// One that is good for some of the voucher's time. Those that have ended go: no later voucher begins before.
  private func takeFree(for issue: VoucherIssue) throws -> RewardMessage.IssuedCode? {
    let prefix = issue.pool + RecordKey.separator
    while let (key, row) = try book.freeCodes.scan(prefix: prefix, limit: 1).first {
      try book.freeCodes.remove(key)
      guard let digest = CodeDigest(hexadecimal: String(key.dropFirst(prefix.count))) else { continue }
      // The same code in two pools, or one of our own that is like it, is given once.
      guard try book.vouchers.get(digest.hexadecimal) == nil else { continue }
      if let end = row.validUntil, end <= max(book.now, issue.validFrom) {
        book.context.counts.rejected("code-ended")
        continue
      }
      return RewardMessage.IssuedCode(
        digest: digest, sealed: row.sealed, codeEnd: row.codeEnd, validUntil: row.validUntil)
    }
    return nil
  }

  // MARK: Back

  /// Ends a voucher that nobody has used; what was used stays so.
  func takeBack(_ digest: CodeDigest, _ voucher: String, piece: Int64, for message: RewardMessage) throws {
    guard var held = try book.vouchers.get(digest.hexadecimal)?.held, held.issue.voucher == voucher,
      held.voucher.used == 0
    else { return answer(.notTakenBack(piece: piece), message) }
    let before = held
    _ = held.voucher.cancel(at: book.now)
    try vouchers.keep(held, before: before)
    answer(.takenBack(piece: piece), message)
  }

  private func answer(_ content: RewardMessage.Content, _ message: RewardMessage) { book.send(message.saying(content)) }
}

extension RewardMessage {
  /// Of the same redemption.
  func saying(_ content: Content) -> RewardMessage {
    RewardMessage(memberId: memberId, redemptionId: redemptionId, content: content, occurredAt: occurredAt)
  }
}
