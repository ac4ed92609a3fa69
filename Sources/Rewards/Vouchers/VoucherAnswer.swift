/// What a till hears. A command that comes again hears the same and moves nothing.
package enum VoucherAnswer: Equatable, Sendable {
  /// It could be held now: so much is left of it.
  case usable(left: Int64)
  case held(VoucherHold)
  case committed(VoucherRedemption, left: Int64)
  case released
  case givenBack(VoucherRedemption, Voucher.State)
  case cancelled
  case refused(VoucherRefusal)

  package var refusal: VoucherRefusal? {
    if case .refused(let refusal) = self { return refusal }
    return nil
  }
}
