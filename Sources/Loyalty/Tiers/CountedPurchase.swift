/// A purchase as the tier evaluator remembers it, so that returns can lower the metric on the purchase's own day.
package struct CountedPurchase: Equatable, Sendable {
  package var purchaseId: String
  package var source: String
  /// nil: it counts in every programme that takes the currency.
  package var programId: String?
  package var occurredAt: Instant
  package var currency: Currency
  /// At which its spend counts; nil: as it is.
  package var rate: TierRate?
  package var spend: PurchaseSpend
  /// Of `<source>:<id>` of the returns and cancels counted, oldest first: ``PurchaseSpend/returnsMax`` at most.
  package var returnIds: [IdDigest]

  package init(
    purchaseId: String, source: String, programId: String?, occurredAt: Instant, currency: Currency,
    rate: TierRate? = nil, spend: PurchaseSpend, returnIds: [IdDigest] = []
  ) {
    self.purchaseId = purchaseId
    self.source = source
    self.programId = programId
    self.occurredAt = occurredAt
    self.currency = currency
    self.rate = rate
    self.spend = spend
    self.returnIds = returnIds
  }

  package init(of purchase: Transaction, rate: TierRate? = nil) {
    self.init(
      purchaseId: purchase.id, source: purchase.source, programId: purchase.programId, occurredAt: purchase.occurredAt,
      currency: purchase.currency, rate: rate, spend: PurchaseSpend(of: purchase))
  }

  /// What the purchase itself adds to the metric.
  package var activity: TierActivity {
    TierActivity(purchasedAt: occurredAt, spend: counted(spend.eligible), visits: spend.eligible > 0 ? 1 : 0)
  }

  private func counted(_ minorUnits: Int64) -> Int64 {
    rate?.converted(minorUnits, of: currency) ?? minorUnits
  }

  /// Takes a return or cancel in and says what it changes; nil when it changes nothing: it was counted before, names
  /// another currency or lines that were not bought, or is one return too many.
  package mutating func apply(_ reversal: Transaction) -> TierActivity? {
    let key = reversal.returnDigest
    guard reversal.kind != .purchase, !returnIds.contains(key) else { return nil }
    // The points engine refuses it, and tells so.
    guard returnIds.count < PurchaseSpend.returnsMax else { return nil }
    let wasVisit = spend.isVisit
    let before = spend.eligible - spend.refunded
    guard case .success(let refunded) = spend.take(reversal, paidIn: currency) else { return nil }
    returnIds.append(key)
    guard refunded > 0 else { return nil }
    // What is left is converted, not what came back: returns in parts take no more and no less than one of the whole.
    return TierActivity(
      purchasedAt: occurredAt, spend: counted(before - refunded) - counted(before),
      visits: wasVisit && !spend.isVisit ? -1 : 0)
  }
}
