/// What messages are about, as far as members choose among them. Every template belongs to one.
package enum MessageTopic: String, CaseIterable, Sendable {
  /// Points earned, used, given, and claims of them.
  case points
  /// Levels reached, about to end, lost.
  case tier
  /// Points that will run out.
  case expiry
  /// What is offered, beside the account itself.
  case offers
}
