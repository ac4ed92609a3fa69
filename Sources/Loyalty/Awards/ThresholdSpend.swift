/// Eligible spend of a purchase, minor units, that counts towards one `threshold` rule; refunds take it off.
package struct ThresholdSpend: Equatable, Sendable {
  package var rule: String
  /// What the rule saw when the purchase was booked.
  package var seen: Int64
  /// What still counts of it.
  package var spend: Int64

  package init(rule: String, seen: Int64, spend: Int64) {
    self.rule = rule
    self.seen = seen
    self.spend = spend
  }
}
