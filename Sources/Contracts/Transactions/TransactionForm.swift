/// The two places a purchase, a return or a cancel is written down; they differ in their type names and in how they
/// name the member.
package enum TransactionForm: Sendable {
  /// `commerce.purchases`: as a shop sent it, the member in an object.
  case commerce
  /// `loyalty.transactions`: accepted and normalised, the member resolved to an id.
  case accepted

  package enum Event: Sendable { case purchase, returned, cancelled }

  package func type(of event: Event) -> StaticString {
    switch (self, event) {
    case (.commerce, .purchase): "purchase.completed"
    case (.commerce, .returned): "purchase.returned"
    case (.commerce, .cancelled): "purchase.cancelled"
    case (.accepted, .purchase): "purchase.accepted"
    case (.accepted, .returned): "return.accepted"
    case (.accepted, .cancelled): "cancel.accepted"
    }
  }
}
