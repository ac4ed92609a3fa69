import Contracts
import Loyalty
import Partners
import Rewards
import StreamRuntime

/// What a partner delivers: the order, and what its outbox tells of it.
extension RedemptionDesk {
  /// Whether the partner of a reward can be ordered from, as far as is known here.
  func canOrder(from partner: String) -> Bool {
    guard let partner = book.partner(partner), partner.status == .active else { return false }
    return book.partnerPool?.accounts(partner) != nil
  }

  /// The order is stored, and goes out when that is committed.
  func order(from id: String, _ product: String, _ row: inout RedemptionRow) throws {
    let redemption = row.redemption
    guard let partner = book.partner(id), partner.status == .active, let adapter = book.partnerPool?.accounts(partner),
      PartnerOrder.quantities.contains(Int(redemption.quantity))
    else { return try fail("no-partner", &row) }
    let now = book.machineNow
    let day = calendar(of: row, at: now).day(of: now)
    let order = PartnerOrder(
      id: OrderId.of(redemption.memberId, redemption.id), partner: id, product: product,
      quantity: Int(redemption.quantity), day: day, validUntil: day.adding(days: partner.validForDays), askedAt: now)
    switch PartnerDelivery.start(order, with: adapter) {
    case .failure(let never): try fail(never.rawValue, &row)
    case .success(let delivery):
      let made = OrderRow(memberId: redemption.memberId, redemptionId: redemption.id, delivery)
      try book.orders.put(RedemptionKey.of(redemption.memberId, redemption.id), made)
      book.tell(made.record(at: book.now))
      book.count { $0.ordersOpen += 1 }
      row.reference = delivery.reference.text
      try put(row)
      tell(row, .delivering, id: redemption.id + "/delivering")
    }
  }

  private func calendar(of row: RedemptionRow, at now: Instant) -> ZoneCalendar {
    row.programId.flatMap { book.program($0, at: now) }?.calendar ?? Self.utc
  }

  /// What the outbox says of an order.
  func take(_ news: PartnerNews, of order: OrderRow) throws {
    guard var row = try book.redemptions.get(RedemptionKey.of(order.memberId, order.redemptionId)) else { return }
    switch news {
    case .inDoubt: try take(.deliveryUnknown, by: &row)
    case .refused(let refusal): try take(.deliveryFailed("partner-" + refusal.code), by: &row)
    case .issued(let vouchers): try take(vouchers, order.delivery.order, by: &row)
    }
  }

  /// Codes go to their owners, sealed, which give each once.
  private func take(_ vouchers: [PartnerVoucher], _ order: PartnerOrder, by row: inout RedemptionRow) throws {
    guard row.redemption.state.awaitsDelivery, row.pieces.isEmpty else { return }
    let calendar = calendar(of: row, at: order.askedAt)
    let from = max(book.now, row.redemption.askedAt)
    row.pieces = vouchers.map { voucher in
      let last = voucher.validUntil ?? order.validUntil
      return .init(validFrom: from, validUntil: max(calendar.start(of: last.adding(days: 1)), from))
    }
    try put(row)
    for (piece, voucher) in vouchers.enumerated() {
      let kept = row.pieces[piece]
      let issue = VoucherIssue(
        voucher: VoucherId.of(row.redemption.memberId, row.redemption.id, piece: Int64(piece)),
        memberId: row.redemption.memberId, redemptionId: row.redemption.id, piece: Int64(piece), pool: order.partner,
        terms: .ofPartners, uses: .times(1), validFrom: kept.validFrom, validUntil: kept.validUntil, isPartners: true)
      send(.issueCode(issue, book.settings.key.issuedCode(voucher, of: order.partner)), row.redemption)
    }
  }
}

extension LocalDate {
  fileprivate func adding(days: Int64) -> LocalDate { LocalDate(daysSinceEpoch: daysSinceEpoch + Int32(days)) }
}

extension Redemption.State {
  fileprivate var awaitsDelivery: Bool {
    switch self {
    case .delivering, .unknown: true
    case .asked, .stockHeld, .issued, .used, .expired, .cancelling, .cancelled, .refused: false
    }
  }
}
