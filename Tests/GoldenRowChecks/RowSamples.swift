import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Values and rows that several services keep, in every form that their fields may have. Each service's tests add its
/// own.
package enum RowSamples {
  package static func instant(_ day: Int64) -> Instant { Instant(milliseconds: 1_790_000_000_123 + day * 86_400_000) }

  package static func day(_ number: Int32) -> LocalDate { LocalDate(daysSinceEpoch: 20_700 + number) }

  package static func spend() -> PurchaseSpend {
    PurchaseSpend(
      lines: [
        SpendLine(sku: "A1", quantity: 2_000, returned: 1_000, eligible: 90_000, refunded: 45_000),
        SpendLine(sku: "Ä2", quantity: 500, eligible: 9_000),
      ],
      eligible: 99_000, refunded: 45_000, refundedAmounts: 1_500)
  }

  /// With names of lines, and what was paid beside the lines.
  package static func spendInParts() -> PurchaseSpend {
    var spend = spend()
    spend.lineIds = ["L1", ""]
    spend.extras = PurchaseExtras(
      shipping: 15_000, tax: 9_900, paid: 123_900, refundedWithBoth: 1_000, refundedWithShipping: 2_000,
      refundedWithTax: 3_000)
    return spend
  }

  package static func waitingReturn() -> WaitingReturn {
    let returned = Return(
      purchaseId: "P-9",
      lines: [
        ReturnedLine(sku: "A1", quantity: ExactDecimal(significand: 15, scale: 1), amount: 45_000),
        ReturnedLine(sku: "A2", quantity: ExactDecimal(significand: 1, scale: 0)),
      ], refund: 46_500)
    return WaitingReturn(
      transaction: Transaction(
        id: "R-9", source: "pos", kind: .returned(returned), memberId: "M-1", programId: "coffee",
        occurredAt: instant(2), currency: .code("VND")), deadline: instant(32), programVersion: 2)
  }

  /// With the name of a line, and what of the refund is shipping and tax.
  package static func waitingReturnInParts() -> WaitingReturn {
    let returned = Return(
      purchaseId: "P-9",
      lines: [ReturnedLine(sku: "A1", lineId: "L1", quantity: ExactDecimal(significand: 1, scale: 0))], refund: 46_500,
      shipping: 1_000, tax: 0)
    return WaitingReturn(
      transaction: Transaction(
        id: "R-10", source: "pos", kind: .returned(returned), memberId: "M-1", programId: "coffee",
        occurredAt: instant(2), currency: .code("VND")), deadline: instant(32), programVersion: 2)
  }

  package static func waitingCancellation() -> WaitingReturn {
    WaitingReturn(
      transaction: Transaction(
        id: "X-9", source: "pos", kind: .cancelled(purchaseId: "P-8"), memberId: "M-1", programId: nil,
        occurredAt: instant(2), currency: .code("USD")), deadline: instant(33), programVersion: 1)
  }

  package static func waitingForAll() -> WaitingReturn {
    WaitingReturn(
      transaction: Transaction(
        id: "R-8", source: "pos", kind: .returned(Return(purchaseId: "P-7")), memberId: "M-1", programId: nil,
        occurredAt: instant(2), currency: .code("EUR")), deadline: instant(34), programVersion: 1)
  }

  package static func traits() throws -> RowSample {
    try RowSample(
      "traits", "everything", "M-1",
      MemberTraits(
        joinedAt: instant(0), locale: "vi-VN", segments: ["staff", "früh"], birthday: .init(month: 2, day: 29)))
  }

  package static func tiers() throws -> RowSample {
    var state = TierState(memberId: "M-1", programId: "coffee")
    state.level = "silver"
    state.since = instant(1)
    state.nextJudgement = instant(300)
    state.pinnedUntil = instant(200)
    state.firstDay = day(-5)
    state.validFrom = day(1)
    state.clock = instant(3)
    state.toldAsOf = instant(4)
    state.tellAgain = instant(5)
    state.commands = [.init(id: "T-1", digest: nil), .init(id: "T-2", digest: 0x0123_4567_89AB_CDEF)]
    state.waitingReturns = [waitingReturn(), waitingCancellation()].map(\.mark)
    state.days = [
      TierDay(day: day(-5), amounts: TierAmounts(spend: 99_000, visits: 1, points: 99, basePoints: 90)),
      TierDay(day: day(2), amounts: TierAmounts(spend: -1_000, visits: -1, points: -10, basePoints: -9)),
      TierDay(day: day(3), amounts: TierAmounts(activities: 750_250_000)),
    ]
    return try RowSample("tiers", "everything", TierKey(memberId: "M-1", programId: "coffee"), state)
  }

  package static func newTier() -> TierState { TierState(memberId: "M-2", programId: "coffee") }

  package static func erasedMember() throws -> RowSample {
    try RowSample(
      "erased-members", "one", SHA256.hexadecimal(of: "M-1"),
      ErasedMemberRow(erasedAt: instant(3), forgetAt: instant(93)))
  }
}

extension Currency {
  package static func code(_ text: String) -> Currency {
    guard let currency = Currency.known(text) else { preconditionFailure("\(text) is a currency") }
    return currency
  }
}
