import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// Keeps of members what rewards' conditions ask, and forgets members.
struct RewardMemberDesk {
  private let book: RewardBook
  private let vouchers: VoucherBook

  init(_ book: RewardBook, _ vouchers: VoucherBook) {
    self.book = book
    self.vouchers = vouchers
  }

  func process(_ profile: MemberProfile) throws {
    let traits = profile.traits
    guard try book.traits.get(profile.id) != traits else { return }
    try book.traits.put(profile.id, traits)
  }

  /// The member's profile is gone.
  func forget(_ memberId: String) throws { try book.traits.remove(memberId) }

  func process(_ change: TierChange) throws {
    let key = RecordKey.joined(change.memberId, change.programId)
    guard try book.levels.get(key)?.level != change.level else { return }
    try book.levels.put(key, LevelRow(change.level))
  }

  /// A task comes to every partition: in the member's own lie their redemptions, in any their vouchers.
  func erase(_ task: PrivacyTask) throws {
    guard task.isFor(.rewardEngine), task.kind == .erase else { return }
    try book.context.clock.checkNotInTheFuture(task.occurredAt)
    let prefix = task.memberId + RecordKey.separator
    var rows = try eraseRedemptions(prefix)
    rows += try eraseOrders(prefix)
    rows += try remove(prefix, from: book.uses)
    rows += try remove(prefix, from: book.levels)
    rows += try remove(prefix, from: book.grants)
    rows += try remove(prefix, from: book.conversions)
    if try book.birthdays.get(task.memberId) != nil {
      try book.birthdays.remove(task.memberId)
      rows += 1
    }
    if try book.traits.get(task.memberId) != nil {
      try book.traits.remove(task.memberId)
      rows += 1
    }
    for (key, _) in try book.holders.scan(prefix: prefix) {
      guard let held = try book.vouchers.get(String(key.dropFirst(prefix.count)))?.held else { continue }
      try vouchers.spend(held)
      rows += 1
    }
    try book.erased.remember(task)
    book.report(task, rowsErased: rows)
  }

  /// What was held for those under way is free again.
  private func eraseRedemptions(_ prefix: String) throws -> Int {
    let rows = try book.redemptions.scan(prefix: prefix)
    for (key, row) in rows {
      let redemption = row.redemption
      if redemption.hasStock, redemption.isUnderWay {
        book.send(
          RewardMessage(
            memberId: redemption.memberId, redemptionId: redemption.id,
            content: .returnStock(reward: redemption.reward), occurredAt: redemption.askedAt))
      }
      if redemption.state == .stockHeld { book.count { $0.waiting -= 1 } }
      try book.redemptions.remove(key)
    }
    return rows.count
  }

  /// What partners delivered, or may have, is told on without whose it was: it is to be paid all the same.
  private func eraseOrders(_ prefix: String) throws -> Int {
    let rows = try book.orders.scan(prefix: prefix)
    for (key, row) in rows {
      var record = row.record(at: book.now)
      (record.memberId, record.redemptionId) = (nil, nil)
      book.tell(record)
      book.count { figures in
        if row.state.isOpen { figures.ordersOpen -= 1 }
        if row.state == .inDoubt { figures.ordersInDoubt -= 1 }
      }
      try book.orders.remove(key)
    }
    return rows.count
  }

  private func remove<Row: StoreRow>(_ prefix: String, from store: Store<String, Row>) throws -> Int {
    let rows = try store.scan(prefix: prefix)
    for (key, _) in rows { try store.remove(key) }
    return rows.count
  }
}

extension Redemption {
  /// Nothing was issued yet.
  fileprivate var isUnderWay: Bool {
    switch state {
    case .asked, .stockHeld, .delivering, .unknown: true
    case .issued, .used, .expired, .cancelling, .cancelled, .refused: false
    }
  }
}
