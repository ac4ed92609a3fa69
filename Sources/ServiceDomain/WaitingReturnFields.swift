import Loyalty
import StreamRuntime

/// A return that waits for its purchase, as part of a row: all that a return or cancel says.
extension WaitingReturn {
  package func encode(to row: RowEncoder) {
    row.instant(deadline)
    row.int(programVersion)
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

  package init(from row: inout RowDecoder) throws {
    let deadline = try row.instant()
    let programVersion = Int(try row.int())
    var transaction = Transaction(
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
    self.init(transaction: transaction, deadline: deadline, programVersion: programVersion)
  }
}
