/// How many awards a purchase or activity counts against one limit by number.
package struct AwardCount: Equatable, Sendable {
  /// The rule's or multiplier's id; empty: the programme's own limits.
  package var scope: String
  package var times: Int64

  package init(scope: String, times: Int64) {
    self.scope = scope
    self.times = times
  }
}
