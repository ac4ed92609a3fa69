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

  /// A return and a purchase in one event. Only shops send it: it is accepted as the two events that it is.
  static let exchange: StaticString = "purchase.exchanged"
  /// The return of an exchange is known by the exchange's id with this behind it.
  package static let exchangeReturnSuffix = "/returned"

  /// Of all types that shops send, the one that a text names.
  func kind(named type: (StaticString) -> Bool) -> TransactionKind? {
    if type(self.type(of: .purchase)) { return .purchase }
    if type(self.type(of: .returned)) { return .returned }
    if type(self.type(of: .cancelled)) { return .cancelled }
    return self == .commerce && type(Self.exchange) ? .exchanged : nil
  }

  /// The types that are taken, for a sentence.
  var types: String {
    let types =
      [type(of: .purchase), type(of: .returned), type(of: .cancelled)] + (self == .commerce ? [Self.exchange] : [])
    return types.map { "\($0)" }.joined(separator: ", ")
  }
}

/// What an event of either form tells.
enum TransactionKind { case purchase, returned, cancelled, exchanged }
