import Contracts
import GoldenRowChecks
import Loyalty
import ServiceDomain
import TierEvaluator

extension RowSamples {
  static func tierEvaluator() throws -> [RowSample] {
    var whole = CountedPurchaseRow()
    whole.remember(counted(programId: "coffee", returnIds: [IdDigest(of: "R-1")]), until: instant(400))
    whole.remember(counted(programId: nil, returnIds: []), until: instant(401))
    var inParts = counted(programId: nil, returnIds: [])
    inParts.spend = spendInParts()
    whole.remember(inParts, until: instant(402))
    for rounding in Rounding.allCases {
      var abroad = counted(programId: nil, returnIds: [])
      abroad.rate = TierRate(perUnit: ExactDecimal(significand: 39, scale: 6), exponent: 2, rounding: rounding)
      whole.remember(abroad, until: instant(403))
    }
    for reversal in [waitingReturn(), waitingReturnInParts(), waitingCancellation(), waitingForAll()] {
      whole.keepWaiting(reversal)
    }
    let key = CountedPurchaseKey(memberId: "M-1", programId: "coffee", purchaseId: "P-1")
    var blank = CountedPurchaseRow()
    blank.remember(
      CountedPurchase(
        purchaseId: "P-1", source: "pos", programId: nil, occurredAt: instant(1), currency: .code("EUR"),
        spend: PurchaseSpend(lines: [], eligible: 0)), until: instant(1))
    return try [
      tiers(), RowSample("tiers", "new", TierKey(memberId: "M-2", programId: "coffee"), newTier()),
      RowSample("purchases", "everything", key, whole), RowSample("purchases", "no lines", key, blank),
      RowSample("purchases", "empty", key, CountedPurchaseRow()), erasedMember(),
    ]
  }

  private static func counted(programId: String?, returnIds: [IdDigest]) -> CountedPurchase {
    CountedPurchase(
      purchaseId: "P-1", source: "pos", programId: programId, occurredAt: instant(1), currency: .code("VND"),
      spend: spend(), returnIds: returnIds)
  }
}
