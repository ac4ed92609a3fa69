import Loyalty
import StreamRuntime

/// A return that waits for its purchase, as part of a row: all that a return or cancel says.
extension WaitingReturn {
  /// - Parameter tellsParts: whether the row's format has names of lines, and what of a refund is shipping and tax.
  package func encode(to row: RowEncoder, tellsParts: Bool) {
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
        row.decimal($0.quantity)
        row.optionalInt($0.amount)
        if tellsParts { row.optionalString($0.lineId) }
      }
      guard tellsParts else { return }
      row.optionalInt(returned.shipping)
      row.optionalInt(returned.tax)
    }
  }

  package init(from row: inout RowDecoder, tellsParts: Bool) throws {
    let deadline = try row.instant()
    let programVersion = Int(try row.int())
    var transaction = Transaction(
      id: try row.string(), source: try row.string(), kind: .purchase, memberId: try row.string(),
      programId: try row.optionalString(), occurredAt: try row.instant(), currency: try row.currency())
    if try row.bool() {
      transaction.kind = .cancelled(purchaseId: try row.string())
    } else {
      var returned = Return(purchaseId: try row.string())
      returned.refund = try row.optionalAmount()
      returned.lines = try row.list {
        var line = ReturnedLine(sku: try $0.string(), quantity: try $0.decimal(), amount: try $0.optionalAmount())
        if tellsParts { line.lineId = try $0.optionalString() }
        return line
      }
      if tellsParts {
        returned.shipping = try row.optionalAmount()
        returned.tax = try row.optionalAmount()
      }
      transaction.kind = .returned(returned)
    }
    self.init(transaction: transaction, deadline: deadline, programVersion: programVersion)
  }
}
