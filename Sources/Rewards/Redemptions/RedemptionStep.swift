/// What a redemption asks of others. Each step is a message whose id is made of the redemption's and the step: whoever
/// takes it moves nothing when it comes again.
package enum RedemptionStep: String, Sendable, CaseIterable {
  // Of the stock's owner.
  case holdStock = "hold-stock"
  case giveStock = "give-stock"
  case returnStock = "return-stock"
  // Of the points engine. Points come back to their lots.
  case takePoints = "take-points"
  case returnPoints = "return-points"
  // Of whoever delivers: the pool's owner, the partner's outbox, people.
  case deliver
  /// First where it stands, then the same delivery again under the same reference.
  case askDelivery = "ask-delivery"
  case takeBack = "take-back"

  package func id(of redemption: String) -> String { redemption + "/" + rawValue }
}

/// What others told a redemption.
package enum RedemptionNews: Equatable, Sendable {
  case stockHeld
  case stockRefused(left: Int64)
  case pointsTaken
  case pointsRefused(RedemptionRefusal)
  /// What was issued: a voucher's id, a partner's reference.
  case delivered(String)
  case deliveryUnknown
  case deliveryFailed(String)
  case used
  /// A use was undone: the sale did not come about.
  case givenBack
  case expired
  /// What a cancel asked back is back, or was used before.
  case takenBack
  case notTakenBack
}
