/// Why a return or cancel takes nothing of its purchase.
package struct ReversalRefusal: Error, Equatable {
  package var code: RefusalCode
  /// JSON path of what is at fault in the return.
  package var path: String?
}

extension PurchaseSpend {
  /// So many returns are taken of one purchase, as many as it may have lines. Each is remembered, so that it is taken
  /// once.
  package static let returnsMax = Transaction.linesMax

  /// Takes a return or cancel in and says how much eligible spend it newly refunded.
  ///
  /// - Parameter currency: what the purchase was paid in. What took its place at a fixed rate is converted by that.
  package mutating func take(_ reversal: Transaction, paidIn currency: Currency) -> Result<Int64, ReversalRefusal> {
    guard reversal.currency.givesBack(currency) else { return .failure(ReversalRefusal(code: .currencyMismatch)) }
    switch reversal.kind {
    case .purchase: preconditionFailure("a purchase reverses nothing")
    case .cancelled: return .success(cancel())
    case .returned(let returned):
      let rate = FixedRate(from: reversal.currency, to: currency)
      return refund(rate?.converted(returned) ?? returned, tolerance: rate?.tolerance ?? 0).mapError {
        ReversalRefusal(code: .lineNotFound, path: "$.lines[\($0.number)]")
      }
    }
  }
}

extension Transaction {
  /// By which a return or cancel is known again.
  package var returnDigest: IdDigest { IdDigest(of: Lot.id(source: source, purchaseId: id)) }
}
