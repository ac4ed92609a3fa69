/// What a rule or factor worked on.
package enum Basis: Equatable, Sendable {
  /// Eligible spend in the currency's own unit.
  case spend(ExactDecimal)
  case quantity(ExactDecimal)
  /// Whole points that a factor worked on.
  case points(Points)
  /// Visits, or times that an activity happened.
  case count(Int64)
  /// An activity's attribute.
  case value(ExactDecimal)
}
