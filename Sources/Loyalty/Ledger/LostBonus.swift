/// A bonus that its purchase keeps in part or not at all, because another purchase of its period or day was returned.
package struct LostBonus: Equatable, Sendable {
  /// The lot of the purchase that holds it, see `Lot.shortId`.
  package var lotId: String
  package var rule: String
  package var timesLeft: Int64
  package var after: Event

  /// What took it away: a return, or a late tier change.
  package struct Event: Equatable, Sendable {
    package var source: String
    package var id: String
    package var occurredAt: Instant

    init(_ reversal: Transaction) {
      source = reversal.source
      id = reversal.id
      occurredAt = reversal.occurredAt
    }

    init(source: String, id: String, occurredAt: Instant) {
      self.source = source
      self.id = id
      self.occurredAt = occurredAt
    }
  }

  init(lotId: String, rule: String, timesLeft: Int64, after event: Event) {
    self.lotId = lotId
    self.rule = rule
    self.timesLeft = timesLeft
    after = event
  }
}
