import Contracts
import JSON
import Loyalty
import Partners
import ServiceDomain
import StreamRuntime

/// A row of the store `orders`, under ``RedemptionKey``: what a redemption has a partner deliver. It holds no code.
package struct OrderRow: StoreRow, Equatable {
  package var memberId: String
  package var redemptionId: String
  package var delivery: PartnerDelivery
  /// It is due, and finds no room or its partner held: not to be looked at before.
  package var putOffUntil: Instant?
  /// Its call is out, in a process that holds it; who finds it out behind this asks whether one still does.
  package var leaseUntil: Instant?
  package var forgetAt: Instant?

  package static let format: UInt8 = 1

  package init(memberId: String, redemptionId: String, _ delivery: PartnerDelivery) {
    self.memberId = memberId
    self.redemptionId = redemptionId
    self.delivery = delivery
  }

  package var dueMs: Int64? {
    if let forgetAt { return forgetAt.milliseconds }
    guard let dueAt = delivery.dueAt else { return leaseUntil?.milliseconds }
    return putOffUntil.map { Instant.max(dueAt, $0) }?.milliseconds ?? dueAt.milliseconds
  }

  package func encode(to row: RowEncoder) {
    row.string(memberId)
    row.string(redemptionId)
    row.string(delivery.json.compact)
    row.optionalInstant(putOffUntil)
    row.optionalInstant(leaseUntil)
    row.optionalInstant(forgetAt)
  }

  package init(from row: inout RowDecoder) throws {
    memberId = try row.string()
    redemptionId = try row.string()
    guard let json = try? JSONValue(parsing: try row.string()), let delivery = PartnerDelivery(json: json) else {
      throw RowFormatError("an order that no release wrote")
    }
    self.delivery = delivery
    putOffUntil = try row.optionalInstant()
    leaseUntil = try row.optionalInstant()
    forgetAt = try row.optionalInstant()
  }
}

extension OrderRow {
  /// As `loyalty.orders` tells it.
  var state: OrderRecord.State {
    switch delivery.state {
    case .issued: .issued
    case .refused: .refused
    case .ready, .asking, .doubtful, .checking: delivery.inDoubtSince == nil ? .open : .inDoubt
    }
  }

  func record(at now: Instant) -> OrderRecord {
    let order = delivery.order
    var record = OrderRecord(
      id: order.id, memberId: memberId, redemptionId: redemptionId, partner: order.partner, product: order.product,
      quantity: Int64(order.quantity), reference: delivery.reference.text, day: order.day, askedAt: order.askedAt,
      state: state, occurredAt: now)
    record.code = delivery.lastCode.isEmpty ? nil : delivery.lastCode
    record.inDoubtSince = delivery.inDoubtSince
    switch delivery.state {
    case .issued(let issued): record.serials = issued.serials
    case .refused(let refusal, _): record.code = refusal.detail ?? refusal.code
    case .ready, .asking, .doubtful, .checking: break
    }
    return record
  }
}

/// Names an order by what it is for. It says nothing of the member to a partner, and no two have the same, whatever ids
/// members send.
enum OrderId {
  /// 32 hexadecimal digits.
  static func of(_ memberId: String, _ redemptionId: String) -> String {
    // Ids hold no control characters.
    String(SHA256.hexadecimal(of: "order\n\(memberId)\n\(redemptionId)").prefix(32))
  }
}
