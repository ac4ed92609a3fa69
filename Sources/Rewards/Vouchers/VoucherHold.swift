import Loyalty

/// Who stands at which till with a voucher.
package struct VoucherCaller: Equatable, Sendable {
  /// The shop's own id of the sale. A hold belongs to it.
  package var bill: String
  package var store: String?
  package var member: String?

  package init(bill: String, store: String? = nil, member: String? = nil) {
    self.bill = bill
    self.store = store
    self.member = member
  }
}

/// A voucher is kept for a bill until an instant. It ends by its time; whoever commits it later gets the voucher only
/// if it is still free.
package struct VoucherHold: Equatable, Sendable {
  package var id: String
  package var caller: VoucherCaller
  package var madeAt: Instant
  package var until: Instant
  /// Of a gift card: what is kept. Of others: what it is said to take off.
  package var amount: Int64

  package init(id: String, caller: VoucherCaller, madeAt: Instant, until: Instant, amount: Int64) {
    self.id = id
    self.caller = caller
    self.madeAt = madeAt
    self.until = until
    self.amount = amount
  }

  /// The longest a hold may last, and how long it does where nothing is said.
  package static let ttlMaxMs: Int64 = 15 * 60_000

  package func isOpen(at now: Instant) -> Bool { now < until }
}

/// One use of a voucher. Its id is that of the hold.
package struct VoucherRedemption: Equatable, Sendable {
  package var id: String
  package var caller: VoucherCaller
  /// Of a gift card: what was spent.
  package var amount: Int64
  package var occurredAt: Instant
  /// Sent by a till that could not ask.
  package var isOffline: Bool
  package var givenBack: GivenBack?

  package struct GivenBack: Equatable, Sendable {
    package var at: Instant
    package var reason: String

    package init(at: Instant, reason: String) {
      self.at = at
      self.reason = reason
    }
  }

  package init(
    id: String, caller: VoucherCaller, amount: Int64, occurredAt: Instant, isOffline: Bool, givenBack: GivenBack? = nil
  ) {
    self.id = id
    self.caller = caller
    self.amount = amount
    self.occurredAt = occurredAt
    self.isOffline = isOffline
    self.givenBack = givenBack
  }

  var stands: Bool { givenBack == nil }
}
