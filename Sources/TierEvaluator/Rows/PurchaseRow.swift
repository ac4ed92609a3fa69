import Loyalty
import StreamRuntime

/// A row of the store `purchases`: what was counted of the purchases of one id (one, unless two sources use the same
/// id), and the returns that came before their purchase.
struct PurchaseRow: StoreRow, Equatable {
  var counted: [CountedPurchase] = []
  var waiting: [WaitingReversal] = []

  private static let format: UInt8 = 1

  init() {}

  /// When a return that waits is given up.
  var dueMs: Int64? { waiting.map(\.deadline.milliseconds).min() }

  func encode(to row: RowEncoder) {
    row.byte(PurchaseRow.format)
    row.list(counted) { $0.encode(to: row) }
    row.list(waiting) { $0.encode(to: row) }
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(PurchaseRow.format, of: "a purchase")
    counted = try row.list { try CountedPurchase(from: &$0) }
    waiting = try row.list { try WaitingReversal(from: &$0) }
  }
}

struct WaitingReversal: Equatable {
  var transaction: Transaction
  var deadline: Instant
}

extension CountedPurchase {
  fileprivate func encode(to row: RowEncoder) {
    row.string(purchaseId)
    row.string(source)
    row.optionalString(programId)
    row.instant(occurredAt)
    row.currency(currency)
    row.int(spend.eligible)
    row.int(spend.refunded)
    row.int(spend.refundedAmounts)
    row.list(spend.lines) {
      row.string($0.sku)
      row.int($0.quantity)
      row.int($0.returned)
      row.int($0.eligible)
      row.int($0.refunded)
    }
    row.list(returnIds) { row.string($0) }
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(
      purchaseId: try row.string(), source: try row.string(), programId: try row.optionalString(),
      occurredAt: try row.instant(), currency: try row.currency(),
      spend: PurchaseSpend(
        lines: [], eligible: try row.int(), refunded: try row.int(), refundedAmounts: try row.int()))
    spend.lines = try row.list {
      SpendLine(
        sku: try $0.string(), quantity: try $0.int(), returned: try $0.int(), eligible: try $0.int(),
        refunded: try $0.int())
    }
    returnIds = try row.list { try $0.string() }
  }
}

extension WaitingReversal {
  fileprivate func encode(to row: RowEncoder) {
    row.instant(deadline)
    row.string(transaction.id)
    row.string(transaction.source)
    row.string(transaction.memberId)
    row.optionalString(transaction.programId)
    row.instant(transaction.occurredAt)
    row.currency(transaction.currency)
    switch transaction.kind {
    case .purchase: preconditionFailure("a purchase waits for nothing")
    case .cancelled(let purchaseId):
      row.bool(true)
      row.string(purchaseId)
    case .returned(let returned):
      row.bool(false)
      row.string(returned.purchaseId)
      row.optionalInt(returned.refund)
      row.list(returned.lines) {
        row.string($0.sku)
        row.int($0.quantity.significand)
        row.byte($0.quantity.scale)
        row.optionalInt($0.amount)
      }
    }
  }

  fileprivate init(from row: inout RowDecoder) throws {
    deadline = try row.instant()
    transaction = Transaction(
      id: try row.string(), source: try row.string(), kind: .purchase, memberId: try row.string(),
      programId: try row.optionalString(), occurredAt: try row.instant(), currency: try row.currency())
    if try row.bool() {
      transaction.kind = .cancelled(purchaseId: try row.string())
    } else {
      var returned = Return(purchaseId: try row.string())
      returned.refund = try row.optionalInt()
      returned.lines = try row.list {
        ReturnedLine(
          sku: try $0.string(), quantity: ExactDecimal(significand: try $0.int(), scale: try $0.byte()),
          amount: try $0.optionalInt())
      }
      transaction.kind = .returned(returned)
    }
  }
}
