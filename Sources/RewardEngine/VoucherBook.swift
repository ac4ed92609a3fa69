import Contracts
import Loyalty
import Rewards
import ServiceDomain

/// Keeps the vouchers of one partition, and tells each change of them: on `loyalty.vouchers`, and to the task that
/// leads their redemption.
final class VoucherBook {
  private let book: RewardBook

  init(_ book: RewardBook) { self.book = book }

  /// A voucher has got its code.
  func open(_ issue: VoucherIssue, _ code: RewardMessage.IssuedCode) throws {
    // One that is over already, as of what came about long ago, has its end told too.
    let lookedAt = min(book.now, issue.validUntil.advanced(byMilliseconds: -1))
    let held = VoucherRow.Held(issue: issue, code: code, voucher: Voucher(issue), lookedAt: lookedAt)
    try book.vouchers.put(code.digest.hexadecimal, VoucherRow(held))
    try book.holders.put(RecordKey.joined(issue.memberId, code.digest.hexadecimal), HolderRow())
    book.count { $0.issued += 1 }
    try countLive(issue, by: 1)
    tell(held)
  }

  /// Whether one more voucher of the pool may be live in this partition. Codes fall on all of them alike, so each has
  /// its share of the pool's `codesMax`, and no owner of the pool is asked.
  func hasRoom(for issue: VoucherIssue) throws -> Bool {
    let pool = issue.pool
    guard !issue.isPartners, case .own(_, let codesMax) = book.pool(pool)?.source else { return true }
    let (count, place) = (Int64(book.context.partitionCount), Int64(book.context.partition))
    let share = codesMax / count + (place < codesMax % count ? 1 : 0)
    return try book.liveCodes.get(pool)?.count ?? 0 < share
  }

  /// Partners' vouchers are nobody's room.
  private func countLive(_ issue: VoucherIssue, by change: Int64) throws {
    guard change != 0, !issue.isPartners else { return }
    let pool = issue.pool
    let count = try book.liveCodes.get(pool)?.count ?? 0
    try book.liveCodes.put(pool, LiveCodesRow(max(0, count + change)))
  }

  /// - Parameter before: what is changed.
  func keep(_ changed: VoucherRow.Held, before: VoucherRow.Held) throws {
    var held = changed
    let now = book.now
    held.lookedAt = max(now, before.lookedAt)
    let (was, state) = (before.voucher.state(at: before.lookedAt), held.voucher.state(at: held.lookedAt))
    held.forgetAt = state.isEnd ? before.forgetAt ?? book.forgetAt : nil
    if state == .expired, !held.isEndTold {
      held.isEndTold = true
      book.count { $0.expired += 1 }
      send(.voucherExpired(piece: held.issue.piece), held)
    }
    if state == .used, was != .used { send(.voucherUsed(piece: held.issue.piece), held) }
    if was == .used, state != .used { send(.voucherGivenBack(piece: held.issue.piece), held) }
    if state == .cancelled, was != .cancelled { book.count { $0.cancelled += 1 } }
    count(held, before)
    try countLive(held.issue, by: (state.isEnd ? 0 : 1) - (was.isEnd ? 0 : 1))
    try book.vouchers.put(held.code.digest.hexadecimal, VoucherRow(held))
    tell(held)
  }

  private func count(_ held: VoucherRow.Held, _ before: VoucherRow.Held) {
    let added = held.voucher.redemptions.count - before.voucher.redemptions.count
    let back = held.voucher.backCount - before.voucher.backCount
    let open = held.voucher.openCount(at: held.lookedAt) - before.voucher.openCount(at: before.lookedAt)
    guard added != 0 || back != 0 || open != 0 else { return }
    book.count { figures in
      figures.used += Int64(added)
      figures.givenBack += Int64(back)
      figures.holdsOpen += Int64(open)
    }
  }

  /// Time has come: a hold has ended, the voucher has run out, or is to be forgotten.
  func wake(_ key: String, _ row: VoucherRow) throws {
    guard let before = row.held else { return }
    if let forgetAt = before.forgetAt, forgetAt <= book.now { return try spend(before) }
    var held = before
    // What was used or cancelled before runs out in silence.
    if book.now >= held.voucher.validUntil, [.used, .cancelled].contains(held.voucher.state(at: book.now)) {
      held.isEndTold = true
    }
    try keep(held, before: before)
  }

  /// Forgets a voucher but for its code, which is not given again.
  func spend(_ held: VoucherRow.Held) throws {
    let open = held.voucher.openCount(at: held.lookedAt)
    if open != 0 { book.count { $0.holdsOpen -= Int64(open) } }
    if !held.voucher.state(at: held.lookedAt).isEnd { try countLive(held.issue, by: -1) }
    try book.vouchers.put(held.code.digest.hexadecimal, .spent)
    try book.holders.remove(RecordKey.joined(held.issue.memberId, held.code.digest.hexadecimal))
    book.forget(voucher: held.issue.voucher)
  }

  private func send(_ content: RewardMessage.Content, _ held: VoucherRow.Held) {
    book.send(
      RewardMessage(
        memberId: held.issue.memberId, redemptionId: held.issue.redemptionId, content: content,
        occurredAt: held.lookedAt))
  }

  private func tell(_ held: VoucherRow.Held) {
    let voucher = held.voucher
    let state = voucher.state(at: held.lookedAt)
    let hold = state == .held ? voucher.holds.first { $0.isOpen(at: held.lookedAt) } : nil
    book.tell(
      VoucherRecord(
        issue: held.issue, state: state, left: voucher.left, code: held.code.sealed, codeEnd: held.code.codeEnd,
        heldBy: hold?.caller.bill, heldUntil: hold?.until, occurredAt: held.lookedAt))
  }
}

extension Voucher {
  fileprivate var backCount: Int { redemptions.count { $0.givenBack != nil } }
  fileprivate func openCount(at now: Instant) -> Int { holds.count { $0.isOpen(at: now) } }
}

extension Voucher.State {
  /// Unless a use is undone.
  var isEnd: Bool {
    switch self {
    case .used, .expired, .cancelled: true
    case .active, .held: false
    }
  }
}
