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

  /// The longest a hold may last, and how long it does where nothing is said.
  package static let ttlMaxMs: Int64 = 15 * 60_000

  func isOpen(at now: Instant) -> Bool { now < until }
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
  }

  var stands: Bool { givenBack == nil }
}
